"""llama.cpp's own server from the `xllamacpp` wheel, as a child: it stands for the GPU server.

Reads one line of JSON (model, key, port, slots, context), prints a line when it is ready, and ends
with its standard input."""

import json
import os
import sys

import xllamacpp


def main() -> None:
    told = json.loads(sys.stdin.readline())
    chosen = xllamacpp.CommonParams()
    chosen.model.path = told["model"]
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = told["port"]
    chosen.api_keys = [told["key"]]
    chosen.n_parallel = told["slots"]
    chosen.n_ctx = told["slots"] * told["context"]
    chosen.cpuparams.n_threads = chosen.cpuparams_batch.n_threads = told["threads"]
    chosen.swa_full = True
    chosen.ui = False
    chosen.verbosity = 1
    server = xllamacpp.Server(chosen)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
