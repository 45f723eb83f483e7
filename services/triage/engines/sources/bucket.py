"""Files of S3; region, endpoint and credentials come from the usual variables of AWS."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aioboto3
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from services.triage.engines.sources.address import Source, SourceError
from services.triage.engines.sources.fetching import BLOCK, BrokenOff, Described

SERVER_FAULTS = 500


@dataclass(frozen=True, slots=True)
class BucketFile:
    """One object. Its SHA-256 may stand in its metadata as `sha256`."""

    bucket: str
    key: str

    @classmethod
    def of(cls, source: Source) -> "BucketFile":
        bucket, _, key = source.place.partition("/")
        return cls(bucket, key)

    async def describe(self) -> Described:
        try:
            async with aioboto3.Session().client("s3") as client:
                told = await client.head_object(Bucket=self.bucket, Key=self.key)
        except (BotoCoreError, ClientError) as error:
            raise self._judged(error) from None
        sha256 = told.get("Metadata", {}).get("sha256")
        return Described(told["ContentLength"], sha256, told["ETag"])

    async def read(self, start: int, described: Described) -> AsyncIterator[bytes]:
        wanted: dict[str, Any] = {"Range": f"bytes={start}-"} if start else {}
        try:
            async with aioboto3.Session().client("s3") as client:
                told = await client.get_object(
                    Bucket=self.bucket, Key=self.key, IfMatch=described.version, **wanted
                )
                async for block in told["Body"].iter_chunks(BLOCK):
                    yield block
        except (BotoCoreError, ClientError) as error:
            raise self._judged(error) from None
        except Exception as error:
            # Below botocore lies aiohttp, whose errors pass unchanged while a body is read.
            if type(error).__module__.split(".")[0] != "aiohttp":
                raise
            raise BrokenOff from None

    def _judged(self, error: BotoCoreError | ClientError) -> Exception:
        if isinstance(error, ClientError):
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= SERVER_FAULTS:
                return BrokenOff()
            return SourceError(f"{self.key}: S3 refuses it ({status})", lasting=True)
        if isinstance(error, HTTPClientError | ConnectionError):
            return BrokenOff()
        return SourceError(f"{self.key}: S3 cannot be asked ({type(error).__name__})")
