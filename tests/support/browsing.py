"""The page in a real browser, and what a person does on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from services.cli.programs import find_chromium
from tests.support.places import ROOT

SHOTS = ROOT / "screenshots"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 860}
# Chromium refuses its sandbox to root; software WebGL draws the map where there is no GPU.
ARGUMENTS = ["--no-sandbox", "--enable-unsafe-swiftshader"]
WAIT_MS = 15_000


@contextmanager
def browser() -> Iterator[Browser]:
    """This machine's own Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


class Visit:
    """One person's visit: the page, and everything that the browser asked for or complained of."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.asked: list[str] = []
        self.errors: list[str] = []
        page.set_default_timeout(WAIT_MS)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Refused" in message.text:
            self.errors.append(message.text)

    def open(self, path: str = "/") -> None:
        self.page.goto(self.base + path)
        self.page.wait_for_selector("html[data-ready]")

    def tell(self, text: str, place: str | None) -> None:
        self.page.fill("#text", text)
        if place is not None:
            self.page.fill("#place", place)
        self.page.click("#go")

    def cards(self) -> list[str]:
        """The hpids of the shown cards, once there are some."""
        self.page.wait_for_selector("#results:not([aria-busy]) .card:not(.ghost)")
        found = self.page.locator("#results .card")
        return [found.nth(at).get_attribute("data-hpid") or "" for at in range(found.count())]

    def wait_until(self, claim: str) -> None:
        """Wait for a claim in JavaScript; the page's policy forbids what playwright does there."""
        for _ in range(WAIT_MS // 100):
            if self.page.evaluate(claim):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"waited in vain: {claim}")

    def shot(self, name: str, *, full: bool = True) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=full)

    def strangers(self) -> set[str]:
        """Addresses of anybody else that the browser turned to."""
        own = (self.base, self.base.replace("http://", "blob:http://"), "data:")
        return {url for url in self.asked if not url.startswith(own)}

    def overflows(self) -> bool:
        """Whether the page is wider than the screen."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@contextmanager
def visit(browser: Browser, base: str, *, size: dict[str, int], **options: Any) -> Iterator[Visit]:
    """A fresh browser of somebody who was never here."""
    context = browser.new_context(
        **{"viewport": size, "locale": "ko-KR", "timezone_id": "Asia/Seoul", **options}
    )
    try:
        yield Visit(context.new_page(), base)
    finally:
        context.close()


def axe_script() -> Path:
    """axe-core of `npm ci`; a clear failure where it was not run."""
    script = ROOT / "services/gateway/web/node_modules/axe-core/axe.min.js"
    assert script.is_file(), "run `npm ci` in services/gateway/web: axe-core is missing"
    return script


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA; the context must bypass the page's policy."""
    page.add_script_tag(path=axe_script())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    return [
        f"{v['id']}: {[node['target'] for node in v['nodes']][:4]}" for v in found["violations"]
    ]
