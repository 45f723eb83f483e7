"""Failures that are told in one line."""

from services.cli.programs import ProgramMissing
from services.cli.serving import ServerFailed
from services.cli.state import StateBusy
from services.host import PortBusy
from shared.health import Unusable
from shared.settings import SettingsError


class CommandFailed(Exception):
    """A command cannot go on; the text tells why and what to do."""


OneLine = (
    CommandFailed,
    PortBusy,
    ProgramMissing,
    ServerFailed,
    SettingsError,
    StateBusy,
    Unusable,
)
