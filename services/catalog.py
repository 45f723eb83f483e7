"""The services: what runs, from which factory, on which port, and what each one owns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from shared.settings import CommonSettings, load

if TYPE_CHECKING:  # commands that only ask a running system read the table and need no framework
    from fastapi import FastAPI


@dataclass(frozen=True, slots=True)
class Service:
    """One service. `package` is imported only when the service is to run."""

    name: str
    package: str
    default_port: int
    owns_schema: bool = True

    @property
    def url_variable(self) -> str:
        """Where its peers look for its address."""
        return f"ER_{self.name.upper()}_URL"

    @property
    def port_variable(self) -> str:
        return f"ER_{self.name.upper()}_PORT"

    @property
    def database_variable(self) -> str:
        return f"ER_{self.name.upper()}_DATABASE_URL"

    def port(self, environ: Mapping[str, str]) -> int:
        """The port it listens on; ValueError where the variable is no number."""
        return int(environ.get(self.port_variable) or self.default_port)

    def create(self) -> "FastAPI":
        """The application with settings from the environment; raises SettingsError."""
        settings_class: type[CommonSettings] = import_module(f"{self.package}.settings").Settings
        factory: Callable[[CommonSettings], FastAPI] = import_module(
            f"{self.package}.app"
        ).create_app
        return factory(load(settings_class))


SERVICES = {
    service.name: service
    for service in (
        Service("auth", "services.auth", 8101),
        Service("sync", "services.sync", 8102),
        Service("triage", "services.triage", 8103),
        Service("matching", "services.matching", 8104),
        Service("gateway", "services.gateway", 8000, owns_schema=False),
    )
}
"""In the order in which they start; the public face comes last."""

OWNERS = tuple(service.name for service in SERVICES.values() if service.owns_schema)

GATEWAY_INNER_PORT = ("ER_GATEWAY_INNER_PORT", 8100)
"""The gateway's second listener: metrics and health for operators, not for the public."""
