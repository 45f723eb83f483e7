"""`python -m services NAME`: one service, as production runs it."""

import argparse
import os
import socket
import sys

import uvloop

from services import host
from services.catalog import GATEWAY_INNER_PORT, SERVICES, Service
from shared import logs
from shared.settings import CommonSettings, SettingsError, load


def main(arguments: list[str]) -> int:
    """Run the named service until a signal comes. 1 with one line on standard error if it fails."""
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.add_argument("name", choices=list(SERVICES))
    service = SERVICES[parser.parse_args(arguments).name]
    try:
        common = load(CommonSettings)
        logs.configure(profile=common.profile, level=common.log_level)
        app = service.create()
        sockets = bind_all(service)
    except (SettingsError, host.PortBusy, ValueError) as error:
        return _failed(service.name, str(error))
    ending = uvloop.run(host.serve([host.Hosted(service.name, app, sockets)]))
    return 0 if ending.failed is None else _failed(ending.failed, ending.reason or "")


def bind_all(service: Service) -> list[socket.socket]:
    """The sockets of a service on the address of ER_BIND; the gateway has an inner one too."""
    address = os.environ.get("ER_BIND") or "127.0.0.1"
    ports = [(service.port_variable, service.port(os.environ))]
    if service.name == "gateway":
        variable, default = GATEWAY_INNER_PORT
        ports.append((variable, int(os.environ.get(variable) or default)))
    return [host.bind(port, host=address, told_by=variable) for variable, port in ports]


def _failed(name: str, reason: str) -> int:
    print(f"{name}: {reason}".replace("\n", " "), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
