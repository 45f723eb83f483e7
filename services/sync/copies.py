"""Stored rounds copied to S3, for those who want them longer or elsewhere."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class CopyFailed(Exception):
    """S3 did not take a round; the text is the error's class."""


@dataclass(frozen=True, slots=True)
class Copies:
    """`address` is `s3://bucket/prefix`; region, endpoint and credentials come from the usual
    variables of AWS. What is kept there, and how long, is the bucket's own rule."""

    address: str

    @property
    def bucket(self) -> str:
        return urlsplit(self.address).netloc

    def key(self, file: Path) -> str:
        prefix = urlsplit(self.address).path.strip("/")
        return f"{prefix}/{file.name}" if prefix else file.name

    async def put(self, file: Path) -> None:
        """Copy one round; raises CopyFailed."""
        import aioboto3  # here: heavy, and needed only where copies are asked for
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError, ClientError

        limits = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 2})
        client: Any = aioboto3.Session().client("s3", config=limits)
        body = await asyncio.to_thread(file.read_bytes)
        try:
            async with client as s3:
                await s3.put_object(Bucket=self.bucket, Key=self.key(file), Body=body)
        except (BotoCoreError, ClientError, OSError) as error:
            raise CopyFailed(type(error).__name__) from error
