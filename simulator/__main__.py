"""python -m simulator --port 8098"""

import argparse

import uvicorn

from simulator.app import SERVICE_PATH, create_app


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the simulated emergency API on loopback.")
    parser.add_argument("--port", type=int, default=8098)
    parser.add_argument("--seed", type=int, default=1, help="another seed, another country")
    args = parser.parse_args()
    print(f"http://127.0.0.1:{args.port}{SERVICE_PATH}", flush=True)  # noqa: T201 - the address to use
    uvicorn.run(create_app(seed=args.seed), host="127.0.0.1", port=args.port, access_log=False)


if __name__ == "__main__":
    main()
