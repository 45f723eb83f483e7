"""The demonstration's login in a real browser: to a provider and back, and out again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from services.cli.programs import find_chromium
from tests.support.systems import System, system
from tests.system.auth_system import redis_of

PROVIDERS = ("kakao", "naver", "google")
ASKED = "아버지가 가슴이 아파요"
# As root the browser's own sandbox does not start; it meets nothing but our own pages here.
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with system(tmp_path_factory.mktemp("login"), "--demo") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=OPTIONS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, demo: System) -> Iterator[Page]:
    context = browser.new_context(base_url=demo.address.gateway, locale="ko-KR")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("/demo/login")
    yield page
    context.close()
    assert wrong == []


def log_in(page: Page, provider: str, person: str = "haneul") -> None:
    page.click(f"#{provider}")
    expect(page.locator("h1")).to_contain_text("SIMULATED")
    page.click(f"#{person}")
    expect(page.locator("#told")).to_have_text("로그인했습니다.")


@pytest.mark.full
@pytest.mark.parametrize("provider", PROVIDERS)
def test_to_the_provider_and_back_with_the_history_and_gone(
    provider: str, page: Page, demo: System
) -> None:
    expect(page.locator("[role=note]")).to_contain_text("시연용 (SIMULATED)")
    page.fill("#text", ASKED)
    page.click("#ask button")
    expect(page.locator("#history li")).to_contain_text("119")

    log_in(page, provider)
    assert page.url == f"{demo.address.gateway}/demo/login"  # no code stays in the address
    expect(page.locator("#who")).to_contain_text("김하늘 (가상)")
    expect(page.locator("#history li")).to_contain_text(ASKED)
    page.reload()
    expect(page.locator("#who")).to_contain_text("김하늘 (가상)")
    token = page.evaluate("JSON.parse(sessionStorage.getItem('tokens')).access_token")

    page.click("#withdraw")
    expect(page.locator("#told")).to_have_text("탈퇴했고 모두 지웠습니다.")
    expect(page.locator("#history li")).to_have_count(0)
    expect(page.locator("#kakao")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    with demo.client() as client:
        after = client.get("/v1/auth/me", headers={"authorization": f"Bearer {token}"})
    assert after.status_code == 401
    redis = redis_of(demo)
    assert list(redis.scan_iter("*auth:sessions:*")) == []
    redis.close()


@pytest.mark.full
def test_who_does_not_agree_comes_back_without_a_session(page: Page) -> None:
    page.click("#kakao")
    page.click("#refuse")
    expect(page.locator("#told")).to_have_text("로그인하지 않았습니다.")
    expect(page.locator("#kakao")).to_be_visible()


@pytest.mark.full
def test_logging_out_ends_the_session(page: Page) -> None:
    log_in(page, "google", "bada")
    page.click("#logout")
    expect(page.locator("#told")).to_have_text("로그아웃했습니다.")
    page.reload()
    expect(page.locator("#in")).to_be_hidden()
