"""What auth holds while it runs."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from services.auth.erasing import ChatEraser
from services.auth.keyring import Keyring
from services.auth.pending import Pending
from services.auth.providers.login import Logins
from services.auth.sealing import Sealer
from services.auth.sessions import Sessions
from services.auth.settings import Settings


@dataclass(frozen=True, slots=True)
class State:
    """Opened in the lifespan, closed there too."""

    settings: Settings
    engine: AsyncEngine
    keyring: Keyring
    sessions: Sessions
    pending: Pending
    logins: Logins
    sealer: Sealer
    eraser: ChatEraser
