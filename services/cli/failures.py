"""Failures that are told in one line."""

from services.cli.errors import CommandFailed
from services.cli.programs import ProgramMissing
from services.cli.serving import ServerFailed
from services.cli.state import StateBusy
from services.host import PortBusy
from shared.health import Unusable
from shared.settings import SettingsError

OneLine = (
    CommandFailed,
    PortBusy,
    ProgramMissing,
    ServerFailed,
    SettingsError,
    StateBusy,
    Unusable,
)
