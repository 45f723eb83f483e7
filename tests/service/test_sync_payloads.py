"""Raw answers of rounds: kept whole, without what must not be kept, and good to run again."""

import gzip
import json
import os
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.cli.replaying import Replay
from services.sync.payloads import INDEX, Archive, Payload, cleaned, read, write
from services.sync.settings import Settings
from shared.settings import SettingsError
from tests.service.sync_process import replica
from tests.service.sync_service import Stores, settings_for
from tests.support.fakes.nmc import BEDS, DIRECTORY, MESSAGES, SEVERE, FakeNmc, Fault
from tests.support.nmc_rows import bed_row, directory_row, message_row, severe_row
from tests.support.running import running
from tests.support.waiting import until

SEOUL = "A1100001"
SIMULATOR_PATH = "/B552657/ErmctInfoInqireService"
BEGAN = datetime(2026, 11, 23, 1, 2, 3, 4000, tzinfo=UTC)


@pytest.fixture
def stores(database: str, redis_url: str) -> Stores:
    return Stores(database, redis_url)


@pytest.fixture
def fake() -> FakeNmc:
    now = datetime.now(UTC)
    return FakeNmc(
        rows={
            DIRECTORY: [directory_row(SEOUL, wgs84Lon="127.0101234567")],
            BEDS: [bed_row(SEOUL, at=now, hvdnm="김의사", hv1="010-9999-8888")],
            SEVERE: [severe_row(SEOUL)],
            MESSAGES: [message_row(SEOUL, begins=now, symBlkMsg="당직 010-1234-5678 문의")],
        }
    )


def payload(body: bytes, **changed: object) -> Payload:
    told = {"path": BEDS, "page": 1, "status": 200, "headers": {}, **changed}
    return Payload(body=body, **told)  # type: ignore[arg-type]


def kept(folder: Path, body: bytes, **changed: object) -> Payload:
    """What is read of what was written."""
    file = folder / "one.zip"
    write(file, [payload(body, **changed)], BEGAN)
    (found,) = read(file)
    return found


async def test_a_round_is_kept_whole_without_numbers_and_key(
    fake: FakeNmc, stores: Stores, tmp_path: Path
) -> None:
    async with (
        running(fake.app) as url,
        replica(url + fake.base, stores, payload_dir=tmp_path / "kept") as sync,
    ):
        fake.fail(Fault(500, "Unexpected errors"), SEVERE)
        fake.fail(Fault(cut=True), BEDS)
        await sync.refresh()
    first, second = Archive(tmp_path / "kept").rounds()
    told = {p.path: p for p in read(first)}
    assert set(told) == {DIRECTORY, BEDS, SEVERE, MESSAGES}
    assert b"<wgs84Lon>127.0101234567</wgs84Lon>" in told[DIRECTORY].body
    assert "당직 [번호 삭제] 문의" in told[MESSAGES].body.decode()
    assert b"<hvdnm></hvdnm><hv1></hv1>" in told[BEDS].body
    with zipfile.ZipFile(first) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"sentinel-nmc-key" not in everything
    assert "김의사".encode() not in everything
    later = {p.path: p for p in read(second)}
    assert (later[SEVERE].status, later[SEVERE].body) == (500, b"Unexpected errors")
    assert (later[BEDS].complete, later[MESSAGES].complete) == (False, True)
    assert later[BEDS].body.startswith(b"<?xml")


@given(some.binary(max_size=300).filter(lambda body: b"1" not in body))
def test_any_body_is_kept(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    found = kept(tmp_path_factory.mktemp("kept"), body, status=502)
    assert found.body == body


def test_bodies_of_other_encodings(tmp_path: Path) -> None:
    old = "당직 010-1234-5678".encode("cp949")
    assert kept(tmp_path, old).body.decode("cp949") == "당직 [번호 삭제]"
    packed = gzip.compress(b"<a>010-1234-5678</a>")
    found = kept(tmp_path, packed, headers={"content-encoding": "gzip", "content-type": "text/xml"})
    assert found.body.decode() == "<a>[번호 삭제]</a>"
    assert found.headers == {"content-type": "text/xml"}
    broken = kept(tmp_path, b"no gzip", headers={"content-encoding": "gzip"})
    assert (broken.body, broken.complete) == (b"", False)


def test_only_what_must_go_is_taken_out() -> None:
    text = "<hvidate>20261123010203</hvidate><dutyTel3>02-1588-5700</dutyTel3><hv10>Y</hv10>"
    assert cleaned(text) == text
    assert cleaned("<HV1>01012345678</HV1><x>+82-10-1234-5678</x>") == (
        "<HV1></HV1><x>[번호 삭제]</x>"
    )


async def test_a_week_is_kept(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for days in (9, 8, 6, 0):
        await archive.keep([payload(b"x")], BEGAN - timedelta(days=days))
    (tmp_path / "20200101T000000.000000Z.new").write_bytes(b"left by a kill")
    (tmp_path / "20990101T000000.000000Z.new").write_bytes(b"being written")
    (tmp_path / "mine.txt").write_text("not of ours")
    file = await archive.keep([payload(b"x")], BEGAN)
    assert file.name == "20261123T010203.004000Z.zip"
    assert [f.name[:8] for f in archive.rounds()] == ["20261117", "20261123"]
    assert set(os.listdir(tmp_path)) - {f.name for f in archive.rounds()} == {  # noqa: PTH208
        "20990101T000000.000000Z.new",
        "mine.txt",
    }
    with zipfile.ZipFile(file) as stored:
        assert json.loads(stored.read(INDEX))["began_at"] == BEGAN.isoformat()


async def test_a_full_disk_fails_no_round(
    fake: FakeNmc, stores: Stores, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    async with (
        running(fake.app) as url,
        replica(url + fake.base, stores, payload_dir=tmp_path / "file" / "kept") as sync,
    ):
        await sync.refresh()
        (tmp_path / "file").unlink()
        await sync.refresh()
    told = "".join(capsys.readouterr())
    lines = [line for line in told.splitlines() if "payloads not kept" in line]
    assert len(lines) == 2
    assert "over" in lines[1]
    assert len(Archive(tmp_path / "file" / "kept").rounds()) == 1


async def test_stored_rounds_run_again_to_the_same_state(
    fake: FakeNmc, stores: Stores, tmp_path: Path
) -> None:
    async with (
        running(fake.app) as url,
        replica(url + fake.base, stores, payload_dir=tmp_path) as sync,
    ):

        async def is_kept() -> bool:
            return len(Archive(tmp_path).rounds()) == 1

        await until(is_kept)
        before = await sync.snapshot()
        fake.rows[BEDS] = [bed_row(SEOUL, at=datetime.now(UTC), hvec="-7")]
        fake.fail(Fault(500, "Unexpected errors"), DIRECTORY)
        await sync.refresh()
        after = await sync.snapshot()
    replay = Replay(Archive(tmp_path).rounds())
    async with running(replay.app()) as url:
        feed = url + SIMULATOR_PATH
        async with replica(feed, Stores(await emptied(stores), stores.redis)) as again:

            async def has_run() -> bool:
                (told,) = (await again.snapshot()).hospitals
                return bool(told.values)

            await until(has_run)
            first = await again.snapshot()
            await again.refresh()
            second = await again.snapshot()
            await again.refresh()
            assert (await again.snapshot()).hospitals[0].values == second.hospitals[0].values
    assert replay.begun == 2
    for replayed, former in ((first, before), (second, after)):
        assert [h.values for h in replayed.hospitals] == [h.values for h in former.hospitals]
        assert replayed.hospitals[0].reported_at == former.hospitals[0].reported_at
    assert second.hospitals[0].values["hvec"] == "-7"
    assert [m.text for m in second.hospitals[0].messages] == ["당직 [번호 삭제] 문의"]


async def emptied(stores: Stores) -> str:
    """The same database without what was stored."""
    import asyncpg

    connection = await asyncpg.connect(stores.database)
    await connection.execute(
        "TRUNCATE sync.states, sync.messages, sync.marks, sync.changes, sync.rounds"
    )
    await connection.close()
    return stores.database


@asynccontextmanager
async def s3(status: int = 200) -> AsyncIterator[tuple[str, dict[str, bytes]]]:
    """What S3 does with an object: takes it by its bucket and key."""
    objects: dict[str, bytes] = {}

    async def put(request: Request) -> Response:
        if status == 200:
            objects[request.path_params["key"]] = await request.body()
        return Response("" if status == 200 else "<Error><Code>AccessDenied</Code></Error>", status)

    app = Starlette(routes=[Route("/{key:path}", put, methods=["PUT"])])
    async with running(app) as url:
        yield url, objects


@pytest.mark.parametrize("status", [200, 403])
async def test_rounds_are_copied_to_s3(
    status: int,
    fake: FakeNmc,
    stores: Stores,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with s3(status) as (address, objects), running(fake.app) as url:
        for name, value in {
            "AWS_ENDPOINT_URL_S3": address,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "sentinel-secret",
            "AWS_REGION": "ap-northeast-2",
        }.items():
            monkeypatch.setenv(name, value)
        bucket = "s3://er-rounds/sync/live/"
        feed = url + fake.base
        async with replica(feed, stores, payload_dir=tmp_path, payload_s3=bucket) as sync:
            await sync.refresh()
    (first, second) = Archive(tmp_path).rounds()
    told = "".join(capsys.readouterr())
    assert "sentinel-secret" not in told
    if status == 200:
        assert set(objects) == {f"er-rounds/sync/live/{file.name}" for file in (first, second)}
        assert first.read_bytes() in objects[f"er-rounds/sync/live/{first.name}"]
    else:
        assert told.count("payloads not copied") == 1


def test_copies_need_a_folder_and_an_address() -> None:
    base = settings_for("http://127.0.0.1:1", Stores("postgresql://x/y", "redis://x"))
    told = base.model_dump()
    assert Settings(**{**told, "payload_dir": "", "payload_s3": ""}).payload_dir is None
    with pytest.raises(SettingsError, match="ER_SYNC_PAYLOAD_DIR"):
        Settings(**{**told, "payload_s3": "s3://bucket/x"})
    with pytest.raises(ValidationError):
        Settings(**{**told, "payload_dir": "/x", "payload_s3": "https://bucket"})
    assert Settings(**told).calls_limit is None
    assert Settings(**{**told, "nmc_url": "https://apis.data.go.kr/x"}).calls_limit == 1000
    assert Settings(**{**told, "daily_calls": 50}).calls_limit == 50
