"""The main job on the whole system, as a user and as an operator see it."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from redis.asyncio import Redis

from services.cli.state import Secrets, read_json
from tests.support.places import replay_script
from tests.support.systems import System, er, processes_of, system
from tests.support.traces import holds, redis_content, traces

STEMI = "아버지가 갑자기 가슴을 쥐어짜듯 아파하고 식은땀을 흘려요 72세"
CITY_HALL = {"latitude": 37.5665, "longitude": 126.978}
SENTINELS = {
    "text": "붉은여우가달린다 가슴이 아파요",
    "outcome": "보라코끼리이유",
    "place": "126.97831",
    "token": "sentinel-token-1234567890",
    "name": "초록기린병원",
    "chat": "노란하마가웃는다 배가 아파요",
    "street": "하늘부엉이골목",
    "key": "sentinel-idempotency-key-77",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with system(tmp_path_factory.mktemp("demo"), "--demo") as running:
        yield running


def test_a_sentence_becomes_advice_and_ranked_hospitals(demo: System) -> None:
    with demo.client() as client:
        answer = client.post("/v1/recommendations", json={"text": STEMI, **CITY_HALL})
    told = answer.json()
    assert answer.status_code == 200, told
    assert (told["triage"]["ktas"], told["advice"]["call_119"]) == (2, True)
    assert told["triage"]["patient"] == {
        "age_years": 72, "age_days": None, "age_band": None, "gender": "M", "is_self": False,
        "pregnancy_weeks": None,
    }  # fmt: skip
    assert told["needs"][0]["field"] == "MKioskTy1"
    assert told["needs"][0]["role"] == "decisive"
    assert told["policy"]["transport"] == "capable"
    assert [entry["rank"] for entry in told["hospitals"]] == list(range(1, 11))
    assert told["hospitals"][0]["tier"] == "recommended"
    assert all(entry["hpid"].startswith("Z") for entry in told["hospitals"])
    assert told["degraded"] == []


def test_an_answer_may_be_sent_back_as_the_patient(demo: System) -> None:
    with demo.client() as client:
        triage = client.post("/v1/triage", json={"text": STEMI}).json()
        by_text = client.post("/v1/recommendations", json={"text": STEMI, **CITY_HALL}).json()
        by_facts = client.post("/v1/recommendations", json={"patient": triage, **CITY_HALL}).json()
    assert by_facts["needs"] == by_text["needs"]
    assert by_facts["triage"]["ktas"] == by_text["triage"]["ktas"]
    assert by_facts["advice"] == by_text["advice"]


def test_own_needs_do_not_push_out_what_a_red_flag_demands(demo: System) -> None:
    own = [{"field": field} for field in ("hvgc", "hv28", "hvoc", "hvicc", "hv2", "hv3", "hv6",
                                          "hvcc", "hvncc", "hvccc")]  # fmt: skip
    with demo.client() as client:
        body = {"text": STEMI, "needs": own, **CITY_HALL}
        told = client.post("/v1/recommendations", json=body).json()
    fields = [need["field"] for need in told["needs"]]
    assert len(fields) == len(set(fields)) == 10
    assert fields[0] == "MKioskTy1"
    assert told["needs"][0]["role"] == "decisive"


def test_a_refusal_sinks_the_hospital(demo: System) -> None:
    with demo.client() as client:
        first = client.post("/v1/recommendations", json={"text": STEMI, **CITY_HALL}).json()
        refused = [{"hpid": first["hospitals"][0]["hpid"], "reason": "만실"}]
        body = {"text": STEMI, "refused": refused, **CITY_HALL}
        again = client.post("/v1/recommendations", json=body).json()
    assert again["hospitals"][0]["hpid"] != refused[0]["hpid"]
    sunk = [e for e in again["hospitals"] if e["hpid"] == refused[0]["hpid"]]
    assert all(entry["tier"] == "not_recommended" for entry in sunk)


def test_a_recommendation_is_made_again_by_its_id(demo: System) -> None:
    with demo.client() as client:
        told = client.post("/v1/recommendations", json={"text": STEMI, **CITY_HALL}).json()
        going = {"hpid": told["hospitals"][0]["hpid"], "event": "going"}
        path = f"/v1/recommendations/{told['request_id']}/outcome"
        assert client.post(path, json=going).status_code == 204
        stranger = client.post("/v1/recommendations/AAAAAAAAAAAAAAAAAAAAAA/outcome", json=going)
    again = demo.er("replay", told["request_id"])
    nobody = demo.er("replay", "AAAAAAAAAAAAAAAAAAAAAA")
    assert again.returncode == 0, again.stderr
    assert "the same list" in again.stdout
    assert told["hospitals"][0]["hpid"] in again.stdout
    assert stranger.status_code == 404
    assert (nobody.returncode, "no recommendation has this id" in nobody.stderr) == (1, True)


def test_the_third_refusal_advises_to_let_119_assign(demo: System) -> None:
    body = {"text": STEMI, **CITY_HALL}
    with demo.client() as client:
        first = client.post("/v1/recommendations", json=body).json()
        refused = [{"hpid": hospital["hpid"]} for hospital in first["hospitals"][:3]]
        third = client.post("/v1/recommendations", json={**body, "refused": refused}).json()
    assert first["notices"] == []
    assert [notice["code"] for notice in third["notices"]] == ["refused_often"]
    assert third["hospitals"][0]["hpid"] not in {entry["hpid"] for entry in refused}
    place = ["--lat", str(CITY_HALL["latitude"]), "--lon", str(CITY_HALL["longitude"])]
    names = [word for one in first["hospitals"][:3] for word in ("--refused", one["name"])]
    shown = demo.er("ask", STEMI, *place, *names)
    assert shown.returncode == 0, shown.stderr
    assert f"! {third['notices'][0]['text']}"[:20] in shown.stdout


def test_a_dialogue_ends_in_a_list_without_the_hospital_that_said_no(demo: System) -> None:
    with demo.client() as client:
        token = client.post("/v1/auth/guest", json={}).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        session = client.post("/v1/chat/sessions", json={}).json()["session_id"]
        path = f"/v1/chat/sessions/{session}/messages"
        first = client.post(path, json={"text": "가슴을 쥐어짜듯 아프고 식은땀이 나요"}).json()
        listed = client.post(path, json={"text": "서울 종로구요"}).json()
        best = listed["recommendation"]["hospitals"][0]
        said = f"{best['name'].removesuffix('(모의)')}에서 안 받아준대요"
        again = client.post(path, json={"text": said}).json()
        by_id = client.post("/v1/recommendations", json={"session_id": session, **CITY_HALL})
    assert (first["ktas"], first["recommendation"], first["asked"]) == (2, None, "location")
    assert listed["advice"]["call_119"] is True
    assert [entry["hpid"] for entry in again["collected"]["refused"]] == [best["hpid"]]
    for hospitals in (again["recommendation"]["hospitals"], by_id.json()["hospitals"]):
        sunk = [entry["tier"] for entry in hospitals if entry["hpid"] == best["hpid"]]
        assert hospitals[0]["hpid"] != best["hpid"]
        assert set(sunk) <= {"not_recommended"}
    assert again["degraded"] == []


def test_blank_text_finds_nothing_and_is_no_error(demo: System) -> None:
    with demo.client() as client:
        told = client.post("/v1/triage", json={"text": "  "}).json()
    assert (told["symptoms"], told["ktas"], told["advice"]["call_119"]) == ([], None, False)


def test_english_is_answered_in_english(demo: System) -> None:
    with demo.client() as client:
        body = {"text": "My father has crushing chest pain and cold sweat, he is 72", **CITY_HALL}
        told = client.post(
            "/v1/recommendations", json=body, headers={"accept-language": "en-US,en"}
        ).json()
    said = [told["advice"]["message"], *(n["reason"] for n in told["needs"])]
    said += [reason["text"] for entry in told["hospitals"] for reason in entry["reasons"]]
    assert all(text.isascii() for text in said), said


def test_hospitals_are_found_by_place_by_name_and_one_by_one(demo: System) -> None:
    with demo.client() as client:
        near = client.post("/v1/hospitals/search", json={**CITY_HALL, "radius_km": 5}).json()
        one = client.get(f"/v1/hospitals/{near['hospitals'][0]['hpid']}").json()
        named = client.post("/v1/hospitals/search", json={"query": one["name"]}).json()
        absent = client.get("/v1/hospitals/Z9999999")
        history = client.get(f"/v1/hospitals/{one['hpid']}/history").json()
    distances = [entry["distance_m"] for entry in near["hospitals"]]
    assert distances == sorted(distances)
    assert max(distances) <= 5000
    assert one["fields"]["hvec"]["total"] == one["beds"]["total"]
    assert one["hpid"] in {entry["hpid"] for entry in named["hospitals"]}
    assert (absent.status_code, absent.json()["type"]) == (404, "urn:er:hospital-not-found")
    assert history["hpid"] == one["hpid"]


def test_half_a_place_is_named(demo: System) -> None:
    with demo.client() as client:
        answer = client.post("/v1/hospitals/search", json={"latitude": 37.5})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/longitude"]


def test_unknown_codes_are_named_by_their_place(demo: System) -> None:
    with demo.client() as client:
        answer = client.post("/v1/needs", json={"symptoms": ["chest_pain", "made_up"]})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/symptoms/1"]


def test_every_public_answer_is_marked_as_simulated(demo: System) -> None:
    with demo.client() as client:
        answers = [
            client.get("/v1/status"),
            client.get("/nowhere"),
            client.post("/v1/triage", json={}),
            client.post("/v1/auth/guest", json={}),
            client.get("/.well-known/jwks.json"),
            client.get("/livez"),
        ]
        status = answers[0].json()
    assert [answer.headers.get("x-er-simulated") for answer in answers] == ["1"] * 6
    assert status["simulated"] is True
    assert (status["status"], status["degraded"]) == ("ok", [])


def test_the_command_line_tells_the_same(demo: System) -> None:
    asked = demo.er("ask", STEMI)
    assert asked.returncode == 0, asked.stderr
    assert "119에 전화하세요" in asked.stdout
    assert "SIMULATED" in asked.stdout
    assert "(모의)" in asked.stdout
    told = demo.er("status")
    assert told.returncode == 0, told.stderr
    assert "institutions 423 · with a place 423" in told.stdout
    refreshed = demo.er("refresh")
    assert "directory=423" in refreshed.stdout


@pytest.mark.parametrize("option", [[], ["--detach"]])
def test_a_second_up_on_the_same_folder_is_refused(demo: System, option: list[str]) -> None:
    before = demo.log
    done = demo.er("up", "--demo", "--port", "0", *option)
    assert demo.log.startswith(before)
    assert done.returncode == 1
    assert f"is in use by process {demo.address.pid}" in done.stderr.splitlines()[-1]


def test_status_tells_that_redis_hangs_and_where_to_look(demo: System) -> None:
    redis = int((demo.state / "redis/redis.pid").read_text())
    os.kill(redis, signal.SIGSTOP)
    try:
        told = demo.er("status")
    finally:
        os.kill(redis, signal.SIGCONT)
    assert told.returncode == 1
    assert "no: redis" in told.stdout
    assert "redis.log; ./er down and ./er up start it again" in told.stdout
    assert "engine rules: ready" in told.stdout
    with demo.client() as client:
        for _ in range(100):
            if client.get("/v1/status").json()["status"] == "ok":
                return
            time.sleep(0.1)
    raise AssertionError("Redis is back and nobody noticed")


def test_a_busy_port_is_named(demo: System, tmp_path: Path) -> None:
    port = demo.address.gateway.rsplit(":", 1)[1]
    done = er(
        "up", "--demo", "--port", port, "--state", str(tmp_path / "other"),
        environment=demo.environment,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 is busy" in done.stderr.splitlines()[-1]


async def test_what_a_patient_sends_is_found_nowhere_afterwards(demo: System) -> None:
    """Every public flow at once, in which everything that a person may send is a sentinel."""
    async with httpx.AsyncClient(base_url=demo.address.gateway, trust_env=False) as client:
        place = {"latitude": 37.5665, "longitude": float(SENTINELS["place"])}
        body = {"text": SENTINELS["text"], **place}
        found = (await client.post("/v1/recommendations", json=body)).json()
        await _wrongly(client)
        await client.post("/v1/hospitals/search", json={"query": SENTINELS["name"], **place})
        opened = (await client.post("/v1/subscriptions", json={**place, "radius_km": 50})).json()
        async with client.stream("GET", f"/v1/events/{opened['id']}") as stream:
            assert stream.status_code == 200
        form = {"text": SENTINELS["text"], "place": SENTINELS["name"]}
        page = await client.post("/", data=form)
        assert "text=" not in str(page.url)
        outcome = {"hpid": found["hospitals"][0]["hpid"], "event": "refused"}
        path = f"/v1/recommendations/{found['request_id']}/outcome"
        told = await client.post(path, json={**outcome, "reason": SENTINELS["outcome"]})
        answers = await _dialogue_with_sentinels(client, place)
    assert told.status_code == 204
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    places = await traces(demo)
    assert all(len(content) > 100 for content in places.values())
    allowed = {("database", "outcome")}  # kept for learning, and nowhere else
    seen = {
        (where, what)
        for where, content in places.items()
        for what, sentinel in SENTINELS.items()
        if holds(content, sentinel.split()[0][:18])
    }
    assert seen == allowed


async def _wrongly(client: httpx.AsyncClient) -> None:
    """What the contract refuses is not written down either."""
    text, name = SENTINELS["text"], SENTINELS["name"]
    bearer = {"authorization": f"Bearer {SENTINELS['token']}"}
    refused = [
        await client.post("/v1/triage", json={"text": text, "x": name}),
        await client.post("/v1/triage", content=text.encode()),
        await client.post("/v1/needs", json={"symptoms": [name]}),
        await client.get(f"/v1/hospitals/{name}"),
        await client.get("/v1/status", headers=bearer),
        await client.get("/v1/status", headers={"x-api-key": SENTINELS["token"]}),
        await client.get(f"/v1/nowhere?text={text}"),
    ]
    assert [answer.is_client_error for answer in refused] == [True] * len(refused)
    assert not [answer for answer in refused if text in answer.text or name in answer.text]


async def test_the_search_would_see_what_lies_there(demo: System) -> None:
    port = read_json(demo.state / "ports.json")["redis"]
    secret = Secrets(demo.state).get("redis")
    long = f"{SENTINELS['chat']} " * 100
    async with Redis.from_url(f"redis://:{secret}@127.0.0.1:{port}/0") as redis:
        await redis.set("sentinel", long)
        assert holds(await redis_content(demo), SENTINELS["chat"])
        await redis.delete("sentinel")
    for form in (long, long.encode().hex(), json.dumps(long), repr(long.encode()), quote(long)):
        assert holds(form.encode(), SENTINELS["chat"].split()[0])


async def _dialogue_with_sentinels(
    client: httpx.AsyncClient, place: dict[str, float]
) -> list[httpx.Response]:
    """A guest's dialogue in which everything that a person may send is a sentinel."""
    token = (await client.post("/v1/auth/guest", json={})).json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    consent = {"sensitive": True, "location": True}
    opened = await client.post("/v1/chat/sessions", json={"consent": consent}, headers=headers)
    session = opened.json()["session_id"]
    path = f"/v1/chat/sessions/{session}"
    key = {**headers, "idempotency-key": SENTINELS["key"]}
    refused = f"{SENTINELS['name']}에서 안 받아준대요"
    here = {**place, "text": SENTINELS["street"]}
    return [
        await client.post(f"{path}/messages", json={"text": SENTINELS["chat"]}, headers=key),
        await client.put(f"{path}/location", json=here, headers=headers),
        await client.post(f"{path}/messages", json={"text": refused}, headers=headers),
        await client.post(f"{path}/messages", json={"text": "그냥 병원 알려줘"}, headers=headers),
        await client.get(path, headers=headers),
        await client.post(
            "/v1/recommendations", json={"session_id": session, **place}, headers=headers
        ),
    ]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_one_process_leaves_nothing_behind(how: signal.Signals, tmp_path: Path) -> None:
    with system(tmp_path, "--demo") as running:
        os.kill(running.address.pid, how)
        if how is signal.SIGTERM:
            assert _gone(tmp_path)
            assert "er: stopped" in running.log.splitlines()[-1]
            return
    # Killed outright it could not stop its servers: the next start finds and uses the data.
    with system(tmp_path, "--demo") as again, again.client() as client:
        assert client.get("/v1/status").json()["status"] == "ok"
    assert _gone(tmp_path)


def test_in_processes_the_one_that_ends_is_named_last_and_the_rest_stop(tmp_path: Path) -> None:
    with system(tmp_path, "--demo", "--processes") as running:
        with running.client() as client:
            body = {"text": STEMI, **CITY_HALL}
            assert client.post("/v1/recommendations", json=body).status_code == 200
        victim = _service_process("triage", running.address.pid)
        os.kill(victim, signal.SIGKILL)
        assert _gone(tmp_path)
        assert running.log.splitlines()[-1].startswith("er: triage: ended with code")


def _service_process(name: str, parent: int) -> int:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    wanted = f"services\0{name}\0".encode()
    return next(pid for pid, command in commands.items() if command.endswith(wanted))


def _gone(state: Path) -> bool:
    give_up = time.monotonic() + 60
    while processes_of(state):
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)
    return True


REPLAY = replay_script()

if REPLAY is not None:

    @pytest.fixture(scope="module")
    def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
        """The system on the real captures, served as the API serves them."""
        port = 18099
        replay = subprocess.Popen(
            ["python3", str(REPLAY), "--port", str(port)], stdout=subprocess.PIPE, text=True
        )
        assert replay.stdout is not None
        assert "getEgytListInfoInqire" in replay.stdout.readline()
        feed = f"http://127.0.0.1:{port}/B552657/ErmctInfoInqireService"
        try:
            state = tmp_path_factory.mktemp("live")
            with system(state, ER_SYNC_NMC_URL=feed, ER_SYNC_NMC_KEY="replay") as running:
                yield running
        finally:
            replay.terminate()
            replay.wait()

    def test_the_real_captures_are_all_there(live: System) -> None:
        told = live.er("status")
        assert "institutions 541 · with a place 521 · with live beds 418" in told.stdout
        assert "SIMULATED" not in told.stdout

    def test_a_second_round_writes_nothing(live: System) -> None:
        told = live.er("refresh").stdout
        assert "directory=541" in told
        assert "hospitals=0 states=0" in told

    def test_a_real_list_has_reasons_and_ages(live: System) -> None:
        asked = live.er("ask", STEMI)
        assert asked.returncode == 0, asked.stderr
        assert "119에 전화하세요" in asked.stdout
        assert "분 전 보고" in asked.stdout
        with live.client() as client:
            told = client.post("/v1/recommendations", json={"text": STEMI, **CITY_HALL}).json()
        assert told["simulated"] is False
        assert all(entry["age_s"] is None or entry["age_s"] >= 0 for entry in told["hospitals"])
        assert told["hospitals"][0]["reasons"]
