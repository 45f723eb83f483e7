"""The plain way to extract with llama-cpp-python, as a control: the whole prompt is read for every
text, and the grammar masks the whole vocabulary at every step. Reads JSON lines, prints seconds."""

import json
import os
import sys
import time

import llama_cpp

CONTEXT = 8192


def main(model: str) -> None:
    threads = int(os.environ.get("ER_TRIAGE_CPU_THREADS") or os.cpu_count() or 1)
    llama = llama_cpp.Llama(
        model, n_ctx=CONTEXT, n_threads=threads, n_threads_batch=threads, verbose=False
    )
    for line in sys.stdin:
        asked = json.loads(line)
        grammar = llama_cpp.LlamaGrammar.from_string(asked["grammar"], verbose=False)
        llama.reset()
        memory = llama_cpp.llama_get_memory(llama.ctx)
        llama_cpp.llama_memory_clear(memory, True)
        began = time.perf_counter()
        llama(asked["prompt"], grammar=grammar, max_tokens=asked["n_predict"], temperature=0.0)
        print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
