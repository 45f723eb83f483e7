"""What becomes of a round's raw answers: kept on disk, copied to S3; its failures are told, and
never fail the round."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.sync.copies import Copies, CopyFailed
from services.sync.orders import Kept
from services.sync.payloads import Archive, Payload


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where raw answers go; without an archive nothing is kept."""

    archive: Archive | None
    copies: Copies | None

    async def keep(self, payloads: Sequence[Payload], began: datetime) -> Kept:
        """Keep the answers of one round."""
        if self.archive is None or not payloads:
            return Kept()
        try:
            file = await self.archive.keep(payloads, began)
        except OSError as error:
            return Kept(disk=type(error).__name__)
        if self.copies is None:
            return Kept(disk="")
        try:
            await self.copies.put(file)
        except CopyFailed as error:
            return Kept(disk="", copy=str(error))
        return Kept(disk="", copy="")
