"""What becomes of a round's raw answers: kept on disk, copied to S3; its failures are told, and
never fail the round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.sync.copies import Copies, CopyFailed
from services.sync.payloads import Archive, Payload
from services.sync.troubles import Troubles

DISK_STEP = "check the space and the rights of ER_SYNC_PAYLOAD_DIR; rounds go on without it"
COPY_STEP = "check ER_SYNC_PAYLOAD_S3 and its credentials; the rounds stay on disk"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where raw answers go; without an archive nothing is kept."""

    archive: Archive | None
    copies: Copies | None

    async def keep(self, payloads: Sequence[Payload], began: datetime, troubles: Troubles) -> None:
        """Keep the answers of one round."""
        if self.archive is None or not payloads:
            return
        try:
            file = await self.archive.keep(payloads, began)
        except OSError as error:
            troubles.begin("payloads", "payloads not kept", DISK_STEP, began, type(error).__name__)
            return
        troubles.end("payloads")
        if self.copies is None:
            return
        try:
            await self.copies.put(file)
        except CopyFailed as error:
            troubles.begin("copies", "payloads not copied", COPY_STEP, began, str(error))
        else:
            troubles.end("copies")
