"""An operator's word beats the feed, is marked, ends, and stays on record."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.cli.address import Address, announced
from services.cli.errors import CommandFailed
from services.cli.overriding import KST, until
from services.sync.domain.records import Override
from services.sync.domain.telling import told
from shared.contracts.nmc import Status
from shared.settings import DEV_SERVICE_KEY
from tests.service.sync_service import RunningSync, Stores, sync_with
from tests.support.fakes.nmc import BEDS, DIRECTORY, SEVERE, FakeNmc
from tests.support.nmc_rows import bed_row, directory_row, severe_row
from tests.support.places import ROOT
from tests.support.waiting import until as until_true

SEOUL, BUSAN = "A1100001", "A1200003"


@pytest.fixture
def stores(database: str, redis_url: str) -> Stores:
    return Stores(database, redis_url)


@pytest.fixture
def fake() -> FakeNmc:
    now = datetime.now(UTC)
    return FakeNmc(
        rows={
            DIRECTORY: [directory_row(SEOUL), directory_row(BUSAN)],
            BEDS: [
                bed_row(SEOUL, at=now, hvs60="2"),
                bed_row(BUSAN, at=now - timedelta(days=900), hvec="12312"),
            ],
            SEVERE: [severe_row(SEOUL), severe_row(BUSAN)],
        }
    )


def a_request(**changed: object) -> dict[str, Any]:
    request = {
        "hpid": SEOUL,
        "field": "MKioskTy1",
        "status": "unavailable",
        "until": (datetime.now(UTC) + timedelta(hours=6)).isoformat(),
        "reason": "전화로 확인",
        "by": "김상황",
    }
    return {**request, **changed}


async def make(sync: RunningSync, **changed: object) -> dict[str, Any]:
    answer = await sync.client.post("/v1/overrides", json=a_request(**changed))
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.json()
    return entry


@pytest.mark.parametrize(
    ("code", "raw", "status", "expected"),
    [
        ("hvec", "5", "available", "5"),
        ("hvec", "-2", "available", "1"),
        ("hvec", None, "available", "1"),
        ("hvec", "-2", "unavailable", "-2"),
        ("hvec", "5", "unavailable", "0"),
        ("hvec", "5", "unknown", None),
        ("hvctayn", "Y", "unavailable", "N"),
        ("hvctayn", "N1", "available", "Y"),
        ("MKioskTy1", "Y", "unavailable", "불가능"),
        ("MKioskTy28", None, "available", "Y"),
    ],
)
def test_the_value_says_what_the_operator_says(
    code: str, raw: str | None, status: str, expected: str | None
) -> None:
    now = datetime.now(UTC)
    word = Override(1, SEOUL, code, Status(status), now + timedelta(hours=1), "x", "y", now)
    values = {} if raw is None else {code: raw}
    assert told(values, {code: word}, now).values.get(code) == expected
    after = told(values, {code: word}, now + timedelta(hours=1))
    assert (after.values.get(code), after.overrides) == (raw, {})


async def test_it_beats_the_feed_in_snapshot_and_answers(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        made = await make(sync)
        await make(sync, hpid=BUSAN, field="hvec", status="available")
        await sync.refresh()  # the feed still says the contrary
        known = {h.hpid: h for h in (await sync.snapshot()).hospitals}
        detail = (await sync.client.get(f"/v1/hospitals/{SEOUL}")).json()
        old = (await sync.client.get(f"/v1/hospitals/{BUSAN}")).json()
        state = await sync.state()
    assert (made["in_force"], made["by"]) == (True, "김상황")
    mark = known[SEOUL].overrides["MKioskTy1"]
    assert (mark.status, mark.reported) == (Status.UNAVAILABLE, "Y")
    assert known[SEOUL].values["MKioskTy1"] == "불가능"
    field = detail["fields"]["MKioskTy1"]
    assert (field["status"], field["value"]) == ("unavailable", "Y")
    assert field["override"]["reported"] == "Y"
    assert detail["fields"]["MKioskTy2"]["override"] is None
    assert old["fields"]["hvec"]["status"] == "available"  # though its report expired long ago
    assert (old["fields"]["hvec"]["flagged"], old["beds"]["available"]) == (True, 1)
    assert known[BUSAN].flagged == {"hvec": "12312"}
    assert state.overrides == 2
    public = (detail, [h.model_dump_json() for h in known.values()])
    assert "김상황" not in str(public)
    assert "전화로" not in str(public)


async def test_test_values_and_hints_are_told_apart(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        known = {h.hpid: h for h in (await sync.snapshot()).hospitals}
        found = {h.hpid: h for h in (await sync.search()).hospitals}
        points = (await sync.client.get(f"/v1/hospitals/{BUSAN}/history")).json()["points"]
    assert known[SEOUL].designation_proxies == ["trauma_center"]
    assert (known[SEOUL].designations, found[SEOUL].designations) == ([], [])
    assert found[SEOUL].designation_proxies == ["trauma_center"]
    assert "hvec" not in known[BUSAN].values
    assert found[BUSAN].beds.available is None
    assert [p["value"] for p in points if p["field"] == "hvec"] == [12312]


async def test_it_ends_by_itself(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        await make(sync, until=(datetime.now(UTC) + timedelta(seconds=2)).isoformat())

        async def is_over() -> bool:
            known = {h.hpid: h for h in (await sync.snapshot()).hospitals}
            return known[SEOUL].values["MKioskTy1"] == "Y" and not known[SEOUL].overrides

        assert not await is_over()
        await until_true(is_over, seconds=8)


async def test_an_operator_ends_it_and_the_audit_keeps_everything(
    fake: FakeNmc, stores: Stores
) -> None:
    async with sync_with(fake, stores) as sync:
        first = await make(sync)
        second = await make(sync, status="unknown", reason="아직 확인 중")
        late = await sync.client.post(
            f"/v1/overrides/{first['id']}/end", json={"reason": "잘못 눌렀다", "by": "이"}
        )
        ended = await sync.client.post(
            f"/v1/overrides/{second['id']}/end", json={"reason": "회복", "by": "이"}
        )
        current = (await sync.client.get("/v1/overrides")).json()["overrides"]
        audit = (await sync.client.get("/v1/overrides?ended=true")).json()["overrides"]
        known = {h.hpid: h for h in (await sync.snapshot()).hospitals}
    assert late.status_code == 404
    assert (ended.status_code, ended.json()["in_force"]) == (200, False)
    assert current == []
    assert [(e["status"], e["by"], e["in_force"]) for e in audit] == [
        (None, "이", False),
        ("unknown", "김상황", False),
        ("unavailable", "김상황", False),
    ]
    assert known[SEOUL].values["MKioskTy1"] == "Y"


async def test_the_audit_takes_additions_only(fake: FakeNmc, stores: Stores) -> None:
    async with sync_with(fake, stores) as sync:
        await make(sync)
    connection = await asyncpg.connect(stores.database)
    for statement in ("UPDATE sync.overrides SET reason = ''", "DELETE FROM sync.overrides"):
        with pytest.raises(asyncpg.RaiseError, match="audit"):
            await connection.execute(statement)
    await connection.close()


async def test_what_does_not_fit(fake: FakeNmc, stores: Stores) -> None:
    wrong: list[tuple[dict[str, str], int, str]] = [
        ({"field": "designation:burn"}, 422, "/field"),
        ({"field": "hv999"}, 422, "/field"),
        ({"until": "2020-01-01T00:00:00Z"}, 422, "/until"),
        ({"until": "2099-01-01T00:00:00Z"}, 422, "/until"),
        ({"status": "maybe"}, 422, "/status"),
        ({"reason": ""}, 422, "/reason"),
        ({"hpid": "x"}, 422, "/hpid"),
        ({"hpid": "A9999999"}, 404, "hospital-not-found"),
    ]
    async with sync_with(fake, stores) as sync:
        for changed, status, told_of in wrong:
            answer = await sync.client.post("/v1/overrides", json=a_request(**changed))
            assert (answer.status_code, told_of in answer.text) == (status, True)


def test_times_of_the_command_line() -> None:
    now = datetime(2026, 11, 23, 3, tzinfo=UTC)
    assert until("+90m", now) - now == timedelta(minutes=90)
    assert until("+2d", now) - now == timedelta(days=2)
    assert until("2026-11-23T18:00", now) == datetime(2026, 11, 23, 18, tzinfo=KST)
    assert until("2026-11-23T18:00Z", now) == datetime(2026, 11, 23, 18, tzinfo=UTC)
    with pytest.raises(CommandFailed, match="no time"):
        until("tomorrow", now)


async def er(state: Path, *words: str) -> tuple[int, str]:
    """`./er override` as an operator calls it: what it returned, and what it wrote."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli", "override", *words, "--state", str(state),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await child.communicate()
    assert child.returncode is not None
    return child.returncode, told.decode()


async def test_the_command_makes_shows_and_ends_one(
    fake: FakeNmc, stores: Stores, tmp_path: Path
) -> None:
    async with sync_with(fake, stores) as sync:
        inner = {"sync": str(sync.client.base_url)}
        nowhere = "http://127.0.0.1:1"
        address = Address(os.getpid(), "live", nowhere, inner, DEV_SERVICE_KEY)
        with announced(tmp_path, address):
            about = ("--hpid", SEOUL, "--field", "MKioskTy1", "--status", "unavailable")
            made = await er(
                tmp_path, *about, "--until", "+6h", "--reason", "전화로 확인", "--by", "김"
            )
            shut = {h.hpid: h for h in (await sync.snapshot()).hospitals}[SEOUL]
            listed = await er(tmp_path)
            number = made[1].split()[1].rstrip(":")
            ended = await er(tmp_path, "--end", number, "--reason", "회복", "--by", "이")
            open_again = {h.hpid: h for h in (await sync.snapshot()).hospitals}[SEOUL]
            empty, audit = await er(tmp_path), await er(tmp_path, "--audit")
            lacking = await er(tmp_path, *about)
            unknown = await er(tmp_path, *about[:2], "--field", "hv999", *about[4:],
                               "--until", "+6h", "--reason", "확인")  # fmt: skip
    assert made[0] == 0, made[1]
    assert f"MKioskTy1 of {SEOUL} is unavailable until" in made[1]
    assert (shut.values["MKioskTy1"], shut.overrides["MKioskTy1"].reported) == ("불가능", "Y")
    assert (listed[0], "전화로 확인" in listed[1], "김" in listed[1]) == (0, True, True)
    assert (ended[0], f"the feed speaks again of MKioskTy1 of {SEOUL}" in ended[1]) == (0, True)
    assert (open_again.values["MKioskTy1"], open_again.overrides) == ("Y", {})
    assert "전화로 확인" not in empty[1]
    assert ("전화로 확인" in audit[1], "회복" in audit[1]) == (True, True)
    assert (lacking[0], "--until, --reason" in lacking[1]) == (1, True)
    assert (unknown[0], "/field" in unknown[1]) == (1, True)


async def test_the_command_says_that_nothing_runs(tmp_path: Path) -> None:
    code, told = await er(tmp_path)
    assert (code, "nothing runs" in told) == (1, True)
