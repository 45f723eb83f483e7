"""What is said: reasons in both languages, notices of the whole list, silence inside the error."""

import pytest

from services.matching.domain import wording
from services.matching.domain.ranking import rank
from services.matching.domain.travel import Eta
from tests.support.worlds import candidate, message, need, question

STEMI = need("MKioskTy1")
YES, SILENT = {"MKioskTy1": "Y"}, {"MKioskTy1": "정보미제공"}
NO = {"MKioskTy1": "불가능"}


def test_every_reason_has_words_in_both_languages() -> None:
    told = message("blocks", "MKioskTy1")
    asked = question(STEMI, refused=["T0000002"], holds={"T0000001": 1.0})
    world = [candidate("T0000001", km=2, values=YES), candidate("T0000002", km=3, values=YES),
             candidate("T0000003", km=4, values=YES, messages=[told]),
             candidate("T0000004", km=90, values=SILENT, age_min=None)]  # fmt: skip
    codes = set()
    for entry in rank(world, asked, sort="score"):
        for language in ("ko", "en"):
            reasons = wording.reasons(entry, asked, language)
            assert all(reason.text for reason in reasons)
            codes |= {reason.code for reason in reasons}
    assert codes >= {"near", "beds", "level", "freshness", "able", "refused", "blocked", "conflict",
                     "open_unknown", "ask", "far", "held"}  # fmt: skip


@pytest.mark.parametrize(("refusals", "said"), [(2, False), (3, True)])
def test_the_third_refusal_advises_to_let_119_assign(refusals: int, said: bool) -> None:
    hpids = [f"T000000{n}" for n in range(refusals)]
    world = [candidate(hpid, km=3, values=YES) for hpid in (*hpids, "T0000009")]
    asked = question(STEMI, refused=hpids)
    ranked = rank(world, asked, sort="score")
    notices = wording.notices(ranked, ranked, asked, "ko")
    assert [notice.code for notice in notices] == (["refused_often"] if said else [])
    assert all("구급상황관리센터" in notice.text for notice in notices)


@pytest.mark.parametrize(("km", "said"), [(1.3, "추정 오차 안"), (40, "많이 멉니다")])
def test_much_farther_is_said_beyond_the_error_of_the_minutes_alone(km: float, said: str) -> None:
    asked = question(STEMI, bypass_minutes=0)
    world = [candidate("T0000001", km=1.0, values=YES), candidate("T0000002", km=km, values=YES)]
    first, second = rank(world, asked, sort="score")
    assert second.tier == "call_first", "the policy's minutes still count"
    (far,) = [r.text for r in wording.reasons(second, asked, "ko") if r.code == "far"]
    assert said in far
    assert not [r for r in wording.reasons(first, asked, "ko") if r.code == "far"]


def test_nobody_able_is_said() -> None:
    asked = question(STEMI)
    ranked = rank([candidate(values=SILENT)], asked, sort="score")
    notices = wording.notices(ranked, ranked, asked, "en")
    assert [notice.code for notice in notices] == ["none_able"]


def test_a_list_too_short_for_the_room_that_stabilises_tells_its_name_and_number() -> None:
    asked = question(STEMI)
    near = candidate("T0000001", km=1, values=NO, er_phone="02-000-0000")
    ranked = rank([near, candidate("T0000002", km=6, values=YES)], asked, sort="score")
    (notice,) = wording.notices(ranked, ranked[:1], asked, "ko")
    assert notice.code == "stabilise"
    assert "T0000001 (02-000-0000)" in notice.text
    assert wording.notices(ranked, ranked, asked, "ko") == []


def test_compare_is_silent_inside_the_error_of_the_minutes() -> None:
    asked = question(STEMI)
    near, far = candidate("T0000001", km=3), candidate("T0000002", km=40, values=YES)
    first, second = rank([near, far], asked, sort="score")
    assert wording.compare(first, second, asked, "ko") is not None
    close = [near, far._replace(eta=Eta(near.eta.seconds + 60, near.eta.low, near.eta.high + 60))]
    first, second = rank(close, asked, sort="score")
    assert wording.compare(first, second, asked, "ko") is None
