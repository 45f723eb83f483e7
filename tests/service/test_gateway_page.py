"""The page as the gateway serves it: without a script, its headers, and what the build promises."""

import gzip
import hashlib
import html
import json
import re
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import yaml

from services.gateway.page.districts import districts, find
from services.gateway.page.routes import content_policy
from services.gateway.page.view import View
from services.gateway.page.words import age, beds, say
from services.gateway.settings import Settings
from shared.contracts.matching import Notice
from shared.contracts.triage import Advice
from tests.service.test_gateway_events import gateway
from tests.support.places import ROOT

WEB = ROOT / "services" / "gateway" / "web"
DIST = WEB / "dist"
SCRIPT_LIMIT_BYTES = 120_000
BY_VALUE = {"regional_center", "local_center", "local_institution", "registered",
            "available", "unavailable", "unknown", "not_recommended", "call_first"}  # fmt: skip
"""Words that are chosen by a value of the contract."""
TEXT = "아버지가 가슴이 쥐어짜듯 아파요"


def policy(answer: httpx.Response) -> dict[str, str]:
    parts = [part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; ")]
    return dict(parts)


async def test_the_page_asks_nobody_else_for_anything(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        answer = await client.get("/")
        addresses = re.findall(r'(?:src|href|action)="([^"]+)"', answer.text)
        files = [a for a in addresses if a.startswith("/") and a != "/" and "?" not in a]
        served = {file: await client.get(file) for file in files}
    rules = policy(answer)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert {a for a in addresses if not a.startswith(("/", "#"))} == {"tel:119"}
    assert "<script>" not in answer.text
    assert not re.search(r'\son\w+="|style="', answer.text)
    assert rules["default-src"] == "'none'"
    assert {rules[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert {file: got.status_code for file, got in served.items()} == dict.fromkeys(files, 200)
    built = next(got for file, got in served.items() if file.endswith(".js"))
    assert "immutable" in built.headers["cache-control"]
    assert "javascript" in built.headers["content-type"]


def test_tiles_open_the_policy_for_their_server_alone() -> None:
    rules = content_policy("https://tiles.example:8443/a/{z}/{x}/{y}.png")
    assert "img-src 'self' data: blob: https://tiles.example:8443;" in rules
    assert "script-src 'self';" in rules
    for bad in ("https://x.example/{z}; script-src *", "javascript:{z}", "https://x.example/1.png"):
        with pytest.raises(ValueError, match="tiles"):
            Settings.model_validate({"redis_url": "redis://x", "tiles": bad})
    assert Settings.model_validate({"redis_url": "redis://x", "tiles": ""}).tiles is None


async def test_both_languages_and_the_one_that_was_asked_for(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        korean = await client.get("/")
        english = await client.get("/", headers={"accept-language": "en-GB,en;q=0.8"})
        chosen = await client.get("/?lang=ko", headers={"accept-language": "en"})
        wrong = await client.get("/?lang=xx")
    assert '<html lang="ko">' in korean.text
    assert '<html lang="en">' in english.text
    assert '<html lang="ko">' in chosen.text
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:er:invalid-request")


async def test_a_form_is_answered_with_119_when_nothing_else_is_there(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        answer = await client.post("/", data={"text": TEXT, "place": "서울 종로구"})
        empty = await client.post("/", data={"text": " "})
    assert answer.status_code == 200
    assert 'href="tel:119"' in answer.text
    assert say("ko", "failed_words") in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert say("ko", "empty_text") in html.unescape(empty.text)


async def test_what_was_typed_never_becomes_markup(redis_url: str) -> None:
    nasty = '"><script>alert(1)</script>'
    async with gateway(redis_url) as client:
        answer = await client.post("/", data={"text": nasty, "place": nasty})
    assert "<script>alert" not in answer.text
    assert html.escape(nasty, quote=False)[:10] in answer.text or "&lt;script&gt;" in answer.text


def test_what_is_said_of_the_whole_list_stands_above_it() -> None:
    found = SimpleNamespace(
        notices=[Notice(code="none_able", text="119에 <물어보세요>")],
        hospitals=[],
        compare="견줌",
        degraded=[],
    )
    advice = Advice(call_119=True, message="119", actions=[], do_not=[], phones=[])
    view = View(Settings.model_validate({"redis_url": "redis://x"}))
    told = view.answer("ko", advice=advice, triage=None, grave=True, found=found, list_note=None)
    assert '<p class="notice of-list">119에 &lt;물어보세요&gt;</p>' in told
    assert told.index("of-list") < told.index("견줌") < told.index('class="cards"')


async def test_a_form_goes_to_the_page_alone_and_json_everywhere_else(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        answers = [
            await client.post("/v1/triage", data={"text": TEXT}),
            await client.post("/", json={"text": TEXT}),
            await client.post("/", content=b"text=%ff%fe&a&=&", headers={
                "content-type": "application/x-www-form-urlencoded"}),
            await client.post("/", data={"text": "가" * 30_000}),
        ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [415, 415, 200, 413]


async def test_every_answer_has_the_safe_headers(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        answers = [
            await client.get("/v1/status"),
            await client.get("/nowhere"),
            await client.post("/v1/triage", json={}),
        ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


async def test_only_named_origins_may_call_from_a_browser(redis_url: str) -> None:
    asks = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }
    app, evil = {"origin": "https://app.example"}, {"origin": "https://evil.example"}
    async with gateway(redis_url, cors="https://app.example") as client:
        allowed = await client.options("/v1/triage", headers={**app, **asks})
        refused = await client.options("/v1/triage", headers={**evil, **asks})
        told = await client.get("/v1/status", headers=app)
    async with gateway(redis_url) as client:
        closed = await client.get("/v1/status", headers=app)
    assert allowed.headers["access-control-allow-origin"] == "https://app.example"
    assert "access-control-allow-origin" not in refused.headers
    assert "ETag" in told.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in told.headers
    assert "access-control-allow-origin" not in closed.headers


async def test_large_answers_are_compressed(redis_url: str) -> None:
    async with gateway(redis_url) as client:
        answer = await client.get("/openapi.json", headers={"accept-encoding": "gzip"})
        plain = await client.get("/openapi.json", headers={"accept-encoding": "identity"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert answer.json() == plain.json()


def test_districts_are_found_by_the_names_people_use() -> None:
    assert len(districts()) > 230
    for typed, name in {
        "서울 종로구": "서울특별시 종로구",
        "종로구": "서울특별시 종로구",
        "수원시영통구": "경기도 수원시 영통구",
        "경남 고성군": "경상남도 고성군",
        "강원도 고성군": "강원특별자치도 고성군",
        "광주 북구": "전남광주통합특별시 북구",
        "제주시": "제주특별자치도 제주시",
        "분당구": "경기도 성남시 분당구",
    }.items():
        assert [district.name for district in find(typed)] == [name], typed
    assert len(find("중구")) > 4
    assert find("") == find("아틀란티스") == []


def test_the_words_of_the_page_are_there_in_both_languages() -> None:
    words = json.loads((WEB / "words.json").read_text())
    assert all(set(word) == {"ko", "en"} and all(word.values()) for word in words.values())
    for word in words.values():
        assert set(re.findall(r"\{\d\}", word["ko"])) == set(re.findall(r"\{\d\}", word["en"]))
    templates = "".join(file.read_text() for file in (WEB / "templates").iterdir())
    script = "".join(file.read_text() for file in (WEB / "src").glob("*.ts"))
    used = set(re.findall(r'say\(["\'](\w+)["\']', templates + script))
    assert used <= set(words)
    python = "".join(file.read_text() for file in (ROOT / "services/gateway/page").glob("*.py"))
    named = set(re.findall(r"""["'](\w+)["']""", templates + script + python))
    assert set(words) - named - BY_VALUE == set()


def test_offline_words_are_those_of_the_clinical_rules() -> None:
    """The page may say nothing of its own invention where the server cannot speak."""
    told = yaml.safe_load((ROOT / "services/triage/knowledge/advice.yaml").read_text())
    for language in ("ko", "en"):
        assert say(language, "offline_words") == told["messages"]["call_119_help"][language]
        assert say(language, "offline_cpr") == told["actions"]["be_ready_cpr"][language]


def test_ages_and_beds_in_words() -> None:
    ages = [age("ko", seconds) for seconds in (None, 5, 240, 7200, 200_000)]
    assert ages == ["모름", "방금 전", "4분 전", "2시간 전", "2일 전"]
    counts = [beds("ko", *pair) for pair in ((None, 20), (-3, 20), (4, None), (0, 20))]
    assert counts == ["모름", "3명 초과", "4", "0/20"]


def test_the_build_is_of_these_sources_and_this_contract() -> None:
    stamp = json.loads((DIST / "stamp.json").read_text())
    contract = (ROOT / "docs/openapi/gateway.json").read_bytes()
    advice = "run `npm ci && npm run build` in services/gateway/web"
    assert stamp["contract"] == hashlib.sha256(contract).hexdigest(), advice
    assert stamp["sources"] == sources().hexdigest(), advice


def sources() -> "hashlib._Hash":
    names = [f"{folder}/{file.name}" for folder in ("src", "public")
             for file in sorted((WEB / folder).iterdir(), key=lambda f: f.name)]  # fmt: skip
    names += ["words.json", "../page/places.csv", "vite.config.ts", "package-lock.json"]
    found = hashlib.sha256()
    for name in names:
        found.update(name.encode() + b"\0" + (WEB / name).read_bytes() + b"\0")
    return found


def test_the_script_is_small_and_the_map_is_not_in_it() -> None:
    built = json.loads((DIST / "manifest.json").read_text())
    entry = built["src/main.ts"]
    assert entry.get("imports", []) == []
    assert any("map" in name for name in entry["dynamicImports"])
    script = (DIST / entry["file"]).read_bytes()
    assert len(gzip.compress(script)) <= SCRIPT_LIMIT_BYTES
    assert b"maplibregl" not in script


def test_no_address_of_elsewhere_is_in_what_we_wrote_but_one_link() -> None:
    ours = [*(WEB / "src").glob("*.ts"), *(WEB / "templates").iterdir(), WEB / "src/style.css"]
    found = {address for file in ours if file.name != "contract.d.ts"
             for address in re.findall(r"https?://[^/\"'`$]+", file.read_text())}  # fmt: skip
    assert found == {"https://map.kakao.com"}


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in Path(WEB / "package-lock.json").read_text()
