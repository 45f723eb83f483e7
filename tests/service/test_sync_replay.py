"""A whole country of real captures, where the reference folder is at hand."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from services.sync.failures import KeyRefused, QuotaSpent, SourceFailure
from services.sync.reading import read_page
from tests.service.sync_service import Stores, sync_over
from tests.support.places import captures_folder, replay_script


@asynccontextmanager
async def replaying(script: Path, *options: str) -> AsyncIterator[str]:
    """The replay server as a child; yields the base address of its service."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(script), "--port", str(port), *options, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        await child.stdout.readline()  # it tells its counts just before it listens
        yield f"http://127.0.0.1:{port}/B552657/ErmctInfoInqireService"
    finally:
        child.terminate()
        await child.wait()


if (SCRIPT := replay_script()) is not None:
    REPLAY = SCRIPT

    async def test_the_country_is_written_once(database: str, redis_url: str) -> None:
        async with (
            replaying(REPLAY) as feed,
            sync_over(feed, Stores(database, redis_url)) as sync,
        ):
            state, snapshot = await sync.state(), await sync.snapshot()
            again = await sync.refresh()
        assert (state.hospitals, state.with_place, state.with_beds) == (541, 521, 418)
        assert again["received"] == {"directory": 541, "beds": 418, "severe": 418, "messages": 0}
        assert set(again["written"].values()) == {0}
        told = {hospital.hpid: hospital for hospital in snapshot.hospitals}
        assert told["A2121061"].values["hvs31"] == "N"  # an odd value of the source, kept raw
        assert sum(h.reported_at is not None for h in told.values()) == 418

    async def test_a_filled_country_with_messages(database: str, redis_url: str) -> None:
        async with (
            replaying(REPLAY, "--fill") as feed,
            sync_over(feed, Stores(database, redis_url)) as sync,
        ):
            snapshot = await sync.snapshot()
            again = await sync.refresh()
        effects = {m.effect for h in snapshot.hospitals for m in h.messages}
        assert effects == {"blocks", "call", "info"}
        assert again["received"]["messages"] > 400
        assert again["written"]["hospitals"] == again["written"]["states"] == 0


if (FOLDER := captures_folder()) is not None:
    CAPTURES = FOLDER

    def test_captured_samples_are_read() -> None:
        samples = [*CAPTURES.glob("guide_samples/*.xml"), *CAPTURES.glob("skala/*.xml")]
        assert len(samples) >= 15
        for sample in samples:
            page = read_page(200, sample.read_bytes())
            assert page.rows, sample.name

    def test_captured_errors_are_told_apart() -> None:
        kinds = {
            "gateway_200_xml_key_not_registered.xml": KeyRefused,
            "gateway_200_xml_quota.xml": QuotaSpent,
            "gateway_401_unauthorized.txt": KeyRefused,
            "gateway_403_json_key_not_registered.json": KeyRefused,
            "gateway_429_quota.txt": QuotaSpent,
            "other_service_200_resultCode99_access_denied.xml": KeyRefused,
            "other_service_200_resultCode99_key_not_registered.xml": KeyRefused,
            "other_service_soap_returnCode30.xml": KeyRefused,
            "service_200_resultCode30.xml": KeyRefused,
        }
        for name, kind in kinds.items():
            with pytest.raises(SourceFailure) as caught:
                read_page(200, (CAPTURES / "errors" / name).read_bytes())
            assert type(caught.value) is kind, name
