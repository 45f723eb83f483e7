"""The environment in which the services of one machine run: addresses, roles, secrets, feed."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.catalog import GATEWAY_INNER_PORT, SERVICES
from services.cli.state import Secrets
from services.host import bind
from shared.settings import SettingsError
from simulator.app import IDENTITY_PATH, SERVICE_PATH
from simulator.identity.addresses import settings as identity_settings

Dataset = Literal["live", "demo"]


@dataclass(frozen=True, slots=True)
class Listeners:
    """Sockets by service, bound before anything starts; the gateway's first one is public."""

    sockets: Mapping[str, list[socket.socket]]

    def port(self, name: str, place: int = 0) -> int:
        number: int = self.sockets[name][place].getsockname()[1]
        return number

    def close(self) -> None:
        for group in self.sockets.values():
            for listener in group:
                listener.close()


def choose_dataset(*, demo: bool, environ: Mapping[str, str]) -> Dataset:
    """Live where a feed is set, else demo; production takes no demo and needs a feed."""
    has_feed = bool(environ.get("ER_SYNC_NMC_KEY") or environ.get("ER_SYNC_NMC_URL"))
    if environ.get("ER_PROFILE") == "production":
        if demo:
            raise SettingsError("the production profile refuses --demo")
        if not has_feed:
            raise SettingsError("the production profile needs ER_SYNC_NMC_KEY")
    return "demo" if demo or not has_feed else "live"


def listen(gateway_port: int, dataset: Dataset) -> Listeners:
    """The gateway on its port, everything else on free ones, all on loopback."""
    sockets = {
        "gateway": [bind(gateway_port, told_by="--port or ER_GATEWAY_PORT"), bind(0)],
    }
    names = [name for name in SERVICES if name != "gateway"]
    for name in [*names, *(["simulator"] if dataset == "demo" else [])]:
        sockets[name] = [bind(0)]
    return Listeners(sockets)


def compose(
    dataset: Dataset,
    listeners: Listeners,
    *,
    role_urls: Mapping[str, str],
    redis_url: str,
    secrets: Secrets,
) -> dict[str, str]:
    """Variables for the services; what the operator set stays as it is."""
    variables = {
        "ER_DATASET": dataset,
        "ER_REDIS_URL": redis_url,
        "ER_SERVICE_KEY": os.environ.get("ER_SERVICE_KEY") or secrets.get("service_key"),
        **_chat_key(secrets),
        GATEWAY_INNER_PORT[0]: str(listeners.port("gateway", 1)),
    }
    for service in SERVICES.values():
        port = listeners.port(service.name)
        variables[service.port_variable] = str(port)
        variables[service.url_variable] = f"http://127.0.0.1:{port}"
        if service.owns_schema:
            variables[service.database_variable] = role_urls[service.name]
    if dataset == "demo":
        variables["ER_SYNC_NMC_URL"] = (
            f"http://127.0.0.1:{listeners.port('simulator')}{SERVICE_PATH}"
        )
        variables["ER_SYNC_NMC_KEY"] = "demo"
    return _auth(dataset, listeners, secrets) | variables


def _chat_key(secrets: Secrets) -> dict[str, str]:
    """Made in the state folder in dev; production brings its own, or triage refuses to start."""
    given = os.environ.get("ER_CHAT_KEY")
    if given or os.environ.get("ER_PROFILE") == "production":
        return {"ER_CHAT_KEY": given} if given else {}
    return {"ER_CHAT_KEY": secrets.get("chat_key")}


def _auth(dataset: Dataset, listeners: Listeners, secrets: Secrets) -> dict[str, str]:
    """Logins: in a demo with the fictional providers, and back to the demo's own page."""
    gateway = f"http://127.0.0.1:{listeners.port('gateway')}"
    variables = {"ER_PUBLIC_URL": gateway, "ER_AUTH_DATA_KEY": secrets.get("auth_data_key")}
    if dataset == "demo":
        simulator = f"http://127.0.0.1:{listeners.port('simulator')}"
        variables |= identity_settings(simulator + IDENTITY_PATH)
        variables["ER_AUTH_REDIRECT_URIS"] = f"{gateway}/demo/login"
    return {name: os.environ.get(name) or value for name, value in variables.items()}
