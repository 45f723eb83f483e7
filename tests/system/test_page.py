"""The page on the running system in a real browser: the journey of somebody with a phone."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browsing import DESK, PHONE, Visit, browser, violations, visit
from tests.support.places import replay_script
from tests.support.systems import System, system

GRAVE = "아버지가 한 시간 전부터 가슴이 쥐어짜듯 아프고 식은땀을 흘려요 72세"
MILD = "5살 아이가 손가락을 베어서 피가 조금 나요"
SEOUL = "서울 종로구"
PATH = "/B552657/ErmctInfoInqireService"


@contextmanager
def feed() -> Iterator[dict[str, str]]:
    """Settings of the replay of real captures where it lies beside the checkout."""
    script = replay_script()
    assert script is not None
    port = 18397
    command = [sys.executable, str(script), "--port", str(port), "--fill", "--live"]
    replay = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert replay.stdout is not None
        assert "getEgytListInfoInqire" in replay.stdout.readline()
        yield {"ER_SYNC_NMC_URL": f"http://127.0.0.1:{port}{PATH}", "ER_SYNC_NMC_KEY": "replay"}
    finally:
        replay.terminate()
        replay.wait()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """On the replay of real captures where there is one, else on the simulator."""
    state = tmp_path_factory.mktemp("page")
    if replay_script() is None:
        with system(state, "--demo") as running:
            yield running
        return
    with feed() as variables, system(state, **variables) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(house: System) -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@contextmanager
def somebody(
    chromium: Browser, house: System, size: dict[str, int] = PHONE, **options: Any
) -> Iterator[Visit]:
    with visit(chromium, house.address.gateway, size=size, **options) as person:
        yield person
        assert person.errors == []
        assert person.strangers() == set()
        assert not person.overflows()


def fill_up(house: System, hpid: str, free: int) -> None:
    """Somebody else's beds: publish a change as sync would, outside the browser's own loop."""
    code = (
        "import asyncio, sys; from pathlib import Path;"
        "from services.cli.address import Address;"
        "from tests.support.live_changes import change;"
        "from tests.support.systems import System;"
        "state, address, hpid, free = sys.argv[1:];"
        "import json; system = System(Path(state), Address(**json.loads(address)), {});"
        "asyncio.run(change(system, hpid, {'hvec': free}))"
    )
    address = (house.state / "up.json").read_text()
    subprocess.run(
        [sys.executable, "-c", code, str(house.state), address, hpid, str(free)], check=True
    )


def test_the_journey_on_a_phone(chromium: Browser, house: System) -> None:
    with somebody(chromium, house) as person:
        page = person.page
        person.open()
        person.shot("360-home")
        held: list[Route] = []
        page.route("**/v1/recommendations", lambda route: held.append(route))  # noqa: PLW0108
        person.tell(GRAVE, SEOUL)
        # First words before anything else: the list is still being held back.
        expect(page.locator("#first-words .lead")).to_contain_text("119")
        expect(page.locator("#first-words a[href='tel:119']")).to_be_in_viewport()
        expect(page.locator("#results")).to_contain_text("견주고")
        held[0].continue_()
        page.unroute("**/v1/recommendations")
        first = person.cards()
        person.shot("360-grave")
        assert len(first) == 3
        # At KTAS 1 and 2 the way is 119's: nobody is sent driving or phoning around.
        assert page.locator("#results .card a").count() == 0
        expect(page.locator("#results h2").first).to_have_text("구급대원에게 보여 주세요")

        page.locator(f"[data-hpid={first[0]}] .refuse").click()
        expect(page.locator("#results .told").first).to_contain_text("빼고 다시")
        assert first[0] not in person.cards()
        person.shot("360-refused")

        watched = person.cards()[0]
        fill_up(house, watched, 0)
        expect(page.locator(f"[data-hpid={watched}] .live")).to_contain_text("만실")
        expect(page.locator("#results .is-live")).to_be_visible()
        person.shot("360-live")
        page.locator("#results .is-live button").click()
        expect(page.locator("#results .is-live")).to_have_count(0)

        page.locator(f"[data-hpid={person.cards()[0]}]").get_by_text("이미 응급실로").click()
        expect(page.locator("#results .told")).to_contain_text("가는 중으로")
        page.locator("#results .more").click()
        assert len(person.cards()) >= 5


def test_a_mild_case_may_phone_and_drive(chromium: Browser, house: System) -> None:
    with somebody(chromium, house) as person:
        person.open()
        person.tell(MILD, None)
        expect(person.page.locator("#first-words .lead")).to_be_visible()
        expect(person.page.locator("#results")).to_contain_text("계신 곳")
        person.page.fill("#place", "중구")
        assert person.page.locator("#place-options button").count() > 4
        person.page.get_by_role("button", name="부산광역시 중구").click()
        hpid = person.cards()[0]
        card = person.page.locator(f"[data-hpid={hpid}]")
        assert (card.locator("a[href^='tel:']").get_attribute("href") or "").count(":") == 1
        link = card.locator("a[href^='https://map.kakao.com/link/to/']")
        assert "noreferrer" in (link.get_attribute("rel") or "")
        card.get_by_text("정보가 틀려요").click()
        expect(card.locator(".told")).to_be_visible()


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("size", "lang"), [(PHONE, "ko"), (DESK, "ko"), (PHONE, "en"), (DESK, "en")]
)
def test_nothing_is_out_of_reach_for_anybody(
    chromium: Browser, house: System, size: dict[str, int], lang: str, scheme: str
) -> None:
    options = {"color_scheme": scheme, "bypass_csp": True, "reduced_motion": "reduce"}
    with somebody(chromium, house, size, **options) as person:
        person.open(f"/?lang={lang}")
        name = f"{size['width']}-{lang}-{scheme}"
        assert violations(person.page) == []
        person.shot(f"{name}-home")
        for kind, text in (("grave", GRAVE), ("mild", MILD)):
            person.tell(text, SEOUL)
            expect(person.page.locator("#first-words .lead")).to_be_visible()
            person.cards()
            person.page.locator("#results summary").first.click()
            assert violations(person.page) == []
            person.shot(f"{name}-{kind}")


@pytest.mark.full
def test_with_large_type_everything_still_fits(chromium: Browser, house: System) -> None:
    with somebody(chromium, house) as person:
        person.open()
        person.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert not person.overflows()
        person.tell(MILD, SEOUL)
        person.cards()
        person.shot("360-large")


@pytest.mark.full
def test_the_whole_journey_by_keyboard(chromium: Browser, house: System) -> None:
    with somebody(chromium, house, DESK) as person:
        person.open()
        page = person.page
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.locator("#text").focus()
        page.keyboard.type(MILD)
        page.locator("#place").focus()
        page.keyboard.type("종로구")
        page.keyboard.press("Enter")
        person.cards()


@pytest.mark.full
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
def test_without_a_script_a_form_gives_the_same_answer(
    chromium: Browser, house: System, size: dict[str, int]
) -> None:
    with visit(chromium, house.address.gateway, size=size, java_script_enabled=False) as person:
        page = person.page
        page.goto(person.base)
        person.tell(GRAVE, SEOUL)
        expect(page.locator(".first-words .lead")).to_contain_text("119")
        assert page.locator("#results .card").count() >= 5
        assert page.locator("#results .card a").count() == 0
        person.shot(f"{size['width']}-noscript-grave")
        person.tell(MILD, "중구")
        expect(page.locator("#place-note")).to_contain_text("어느 곳인가요?")
        person.tell(MILD, "부산 중구")
        expect(page.locator("#results .card a").first).to_be_visible()
        assert page.locator("#results .card a[href^='tel:']").count() >= 5
        person.shot(f"{size['width']}-noscript-mild")
        assert person.strangers() == set()


@pytest.mark.full
def test_without_a_network_119_first_words_and_the_last_phones(
    chromium: Browser, house: System
) -> None:
    with somebody(chromium, house) as person:
        page = person.page
        person.open()
        person.wait_until("navigator.serviceWorker.controller !== null")
        person.tell(MILD, SEOUL)
        names = [page.locator("#results .card h3").first.inner_text() for _ in person.cards()][:1]
        page.context.set_offline(True)
        expect(page.locator("#offline a[href='tel:119']")).to_be_visible()
        page.reload()
        page.wait_for_selector("html[data-ready]")
        offline = page.locator("#offline")
        expect(offline.locator("a[href='tel:119']")).to_be_visible()
        expect(offline).to_contain_text("전 정보")
        expect(offline).to_contain_text(names[0])
        expect(offline).to_contain_text("가슴을 압박")
        assert page.locator(".rank").count() == 0
        assert not re.search(r"\d+~\d+분", offline.inner_text())
        person.shot("360-offline")
        page.get_by_role("button", name="이 기기에서 지우기").click()
        assert page.locator("#offline .last").count() == 0
        page.context.set_offline(False)


@pytest.mark.full
def test_after_fifteen_minutes_no_rank_and_no_minutes(chromium: Browser, house: System) -> None:
    with somebody(chromium, house) as person:
        person.page.clock.install()
        person.open()
        person.tell(MILD, SEOUL)
        person.cards()
        assert person.page.locator(".rank").count() == 3
        person.page.clock.fast_forward(16 * 60 * 1000)
        expect(person.page.locator("#results .notice").last).to_contain_text("15분이 지나")
        assert person.page.locator(".rank").count() == 0
        assert not re.search(r"\d+~\d+분", person.page.locator(".cards").inner_text())


@pytest.mark.full
def test_by_the_device_and_by_the_map(chromium: Browser, house: System) -> None:
    options = {
        "geolocation": {"latitude": 35.1796, "longitude": 129.0756},
        "permissions": ["geolocation"],
    }
    with somebody(chromium, house, DESK, **options) as person:
        page = person.page
        person.open()
        page.click("#gps")
        expect(page.locator("#place-row")).to_have_class(re.compile("is-chosen"))
        person.tell(MILD, None)
        near_busan = person.cards()
        page.click("#show-map")
        page.wait_for_selector("#map-panel .pin")
        page.wait_for_timeout(1500)
        person.shot("1280-map")
        page.click("#by-map")
        page.wait_for_selector("#pick-map-canvas canvas")
        page.wait_for_timeout(1500)
        person.shot("1280-pick")
        # Somewhere in the middle of the drawn country: far enough for another list.
        page.locator("#pick-map-canvas").click(position={"x": 190, "y": 190})
        expect(page.locator("#pick-map")).to_be_hidden()
        page.wait_for_timeout(1500)
        assert person.cards() != near_busan
        page.context.set_geolocation({"latitude": 48.85, "longitude": 2.35})
        page.click("#gps")
        expect(page.locator("#place-note")).to_contain_text("대한민국")


@pytest.mark.full
def test_the_language_changes_and_nothing_typed_is_lost(chromium: Browser, house: System) -> None:
    with somebody(chromium, house, DESK) as person:
        person.open()
        person.tell(MILD, SEOUL)
        person.cards()
        person.page.click("#language")
        person.page.wait_for_selector("html[lang=en][data-ready]")
        expect(person.page.locator("#text")).to_have_value(MILD)
        person.cards()
        assert person.page.evaluate("Object.keys(sessionStorage).length") == 0
        person.page.click("#exit")
        person.page.wait_for_url("about:blank")


@pytest.mark.full
def test_when_the_list_fails_the_words_stay(chromium: Browser, house: System) -> None:
    with somebody(chromium, house) as person:
        person.open()
        person.page.route("**/v1/recommendations", lambda route: route.abort())
        person.tell(GRAVE, SEOUL)
        expect(person.page.locator("#results [role=alert]")).to_be_visible()
        expect(person.page.locator("#first-words .lead")).to_contain_text("119")
        person.page.unroute("**/v1/recommendations")
        person.page.locator("#results [role=alert] button").click()
        person.cards()
        person.page.route("**/v1/triage", lambda route: route.abort())
        person.tell(GRAVE, SEOUL)
        expect(person.page.locator("#first-words .lead")).to_contain_text("119")
        person.shot("360-failed")


def answered_to_the_end(page: Page) -> list[str]:
    """Answer every question of the dialogue by its buttons; the questions."""
    asked: list[str] = []
    lead = page.locator("#question .lead")
    said = page.locator("#chat .me")
    for _ in range(10):
        expect(lead.or_(page.locator("#chat-text"))).to_be_visible()
        if not lead.is_visible():
            return asked
        asked.append(lead.inner_text())
        words = next((w for part, w in ANSWERS.items() if part in asked[-1]), "아니요")
        before = page.locator("#chat .er").count()
        page.locator("#question").get_by_role("button", name=words, exact=True).click()
        expect(said.last).to_have_text(words)
        expect(page.locator("#chat .er")).to_have_count(max(before, 1) + 1)
    raise AssertionError(f"the dialogue does not end: {asked}")


ANSWERS = {"맞나요?": "예", "남자인가요": "여자예요", "병이나": "없어요", "나이가": "모르겠어요"}


@pytest.mark.full
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_dialogue_to_its_end_moves_the_list(
    chromium: Browser, house: System, size: dict[str, int], scheme: str
) -> None:
    options = {"color_scheme": scheme, "bypass_csp": True, "reduced_motion": "reduce"}
    with somebody(chromium, house, size, **options) as person:
        page, name = person.page, f"{size['width']}-{scheme}"
        person.open()
        person.tell(MILD, SEOUL)
        expect(page.locator("#question .lead")).to_contain_text("?")
        person.cards()
        assert violations(page) == []
        person.shot(f"{name}-question")
        asked = answered_to_the_end(page)
        assert len(asked) == len(set(asked)) > 1
        assert "맞나요?" in asked[-1]
        expect(page.locator("#chat .er").last).to_contain_text("다 들었어요")
        first = person.cards()[0]
        refused = page.locator(f"[data-hpid={first}] h3").inner_text()
        page.fill("#chat-text", f"{refused}에서 안 받아준대요")
        page.press("#chat-text", "Enter")
        expect(page.locator("#chat .me").last).to_contain_text("안 받아준대요")
        expect(page.locator(f"[data-hpid={first}]")).to_have_count(0)
        assert first not in person.cards()
        # A refusal that a button tells comes on top of what the dialogue knows.
        second = person.cards()[0]
        page.locator(f"[data-hpid={second}] .refuse").click()
        expect(page.locator(f"[data-hpid={second}]")).to_have_count(0)
        assert {first, second}.isdisjoint(person.cards())
        # After the third, 119 is to be asked to assign one.
        expect(page.locator("#results .of-list")).to_have_count(0)
        third = person.cards()[0]
        page.locator(f"[data-hpid={third}] .refuse").click()
        expect(page.locator(f"[data-hpid={third}]")).to_have_count(0)
        expect(page.locator("#results .of-list")).to_contain_text("구급상황관리센터")
        assert violations(page) == []
        person.shot(f"{name}-chat")


@pytest.mark.full
def test_a_place_named_in_the_dialogue_brings_the_list(chromium: Browser, house: System) -> None:
    with somebody(chromium, house) as person:
        page = person.page
        person.open()
        person.tell(GRAVE, None)
        question = page.locator("#question")
        expect(question.locator(".lead")).to_contain_text("어디에 계신가요")
        assert question.locator(".quick").count() == 0
        assert question.get_by_role("button", name="내 위치 쓰기").is_visible()
        expect(page.locator("#results")).to_be_hidden()
        person.shot("360-where")
        page.fill("#question-text", "부산 해운대구")
        page.press("#question-text", "Enter")
        assert len(person.cards()) == 3
        expect(page.locator("#place")).to_have_value(re.compile("해운대구"))
        expect(page.locator("#first-words a[href='tel:119']")).to_be_visible()
        assert page.locator("#results .card a").count() == 0
        # A place that comes by the page leaves the question that stands.
        standing = question.locator(".lead").inner_text()
        page.fill("#place", "수원시 영통구")
        page.locator("#place-options button").first.click()
        expect(page.locator("#chat .er").last).to_contain_text("위치를 확인")
        assert question.locator(".lead").inner_text() == standing
        # Whatever is taken back later: 119 was said and stays.
        page.fill("#question-text", "다시 보니 가슴은 안 아프고 식은땀도 안 나요")
        page.press("#question-text", "Enter")
        expect(page.locator("#chat .me").last).to_contain_text("다시 보니")
        expect(page.locator("#chat .er").last).not_to_contain_text("위치를 확인")
        expect(page.locator("#first-words a[href='tel:119']")).to_be_visible()


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system whose dialogues expire after three seconds instead of five minutes."""
    state = tmp_path_factory.mktemp("hasty")
    with system(state, "--demo", ER_CHAT_TIME_OUT_S="3") as running:
        yield running


@pytest.mark.full
def test_an_expired_dialogue_goes_on_with_what_was_said(chromium: Browser, hasty: System) -> None:
    with somebody(chromium, hasty) as person:
        page = person.page
        answers: list[int] = []
        page.on("response", lambda a: answers.append(a.status) if "/messages" in a.url else None)
        person.open()
        person.tell(MILD, SEOUL)
        lead = page.locator("#question .lead")
        expect(lead).to_be_visible()
        first = lead.inner_text()
        page.wait_for_timeout(3500)
        page.locator("#question").get_by_role("button", name="아니요").click()
        expect(page.locator("#chat")).to_contain_text("새로 이어서")
        assert answers == [200, 410, 200]
        # The answer counted for the question that stood, and the child of five is still known.
        assert lead.inner_text() != first
        asked = answered_to_the_end(page)
        assert first not in asked
        assert "5세" in asked[-1]
        person.shot("360-resumed")


@pytest.mark.full
def test_words_that_were_not_sent_can_be_sent_again(chromium: Browser, house: System) -> None:
    with somebody(chromium, house) as person:
        page = person.page
        person.open()
        person.tell(MILD, SEOUL)
        expect(page.locator("#question .lead")).to_be_visible()
        keys: list[str] = []

        def lose(route: Route) -> None:
            keys.append(route.request.headers["idempotency-key"])
            route.abort()

        page.route("**/messages", lose)
        page.locator("#question").get_by_role("button", name="아니요").click()
        expect(page.locator("#chat .er").last).to_contain_text("전하지 못했습니다")
        page.unroute("**/messages")
        with page.expect_request("**/messages") as sent:
            page.locator("#chat .er").last.get_by_role("button").click()
        assert {*keys, sent.value.headers["idempotency-key"]} == {keys[0]}
        expect(page.locator("#chat .er").last).not_to_contain_text("전하지 못했습니다")
        assert page.locator("#chat .me").count() == 1
