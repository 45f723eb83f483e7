"""The scorer of dialogues tells what was lost, asked twice, missed and invented."""

from typing import Any

import pytest

from services.cli.evaluating.dialogues import Heard, lead, score, summed

CASE: dict[str, Any] = {
    "id": "x",
    "turns": ["배가 아파요", "34", "여자요", "네"],
    "asks": [None, "나이가 어떻게 되세요?", "gender", "vomiting"],
    "final": {"age_years": 34, "gender": "F", "is_self": True, "symptom_codes": ["abdominal_pain"]},
}
FOUND: dict[str, Any] = {
    "age_years": 34, "age_band": None, "gender": "F", "is_self": True,
    "symptoms": ["abdominal_pain"], "history": [], "special": [],
}  # fmt: skip


def heard(asked: str | None = None, **changed: Any) -> Heard:
    return Heard("말", "", asked, {**FOUND, **changed})


def test_a_dialogue_as_it_should_be_has_no_miss() -> None:
    one = score(CASE, "symptoms", [heard("age_years"), heard("gender"), heard()])
    assert one.told == ()
    macro = summed([one])["macro (age, gender, is_self, symptom F1, history)"]
    assert macro == 1.0


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ([heard(), heard(gender=None), heard()], "gender was lost again"),
        ([heard(), heard(symptoms=[]), heard()], "abdominal_pain was lost again"),
        ([heard("gender"), heard("gender")], "asked twice: gender"),
        ([heard("symptoms")], "asked twice: symptoms"),
        ([heard(age_years=36)], "age: (34, None) but (36, None)"),
        ([heard(gender="M")], "gender: F but M"),
        ([heard(is_self=None)], "is_self: True but None"),
        ([heard(symptoms=["abdominal_pain", "fever"])], "symptoms: "),
        ([heard(history=["당뇨"])], "disease that nobody named: 당뇨"),
    ],
)
def test_every_fault_is_told(path: list[Heard], said: str) -> None:
    told = score(CASE, "symptoms", path).told
    assert any(said in one for one in told), told


def test_a_denied_finding_that_is_kept_is_told() -> None:
    case = {**CASE, "final": {**CASE["final"], "negated_codes": ["fever"]}}
    told = score(case, "symptoms", [heard(symptoms=["abdominal_pain", "fever"])]).told
    assert "denied, yet kept: fever" in told


def test_what_is_asked_is_answered_from_the_script_whatever_the_order() -> None:
    questions = iter(["vomiting", "gender", "location", None])

    def talk(turn: str) -> Heard:
        return Heard(turn, "", next(questions), FOUND)

    assert [one.turn for one in lead(CASE, talk)] == ["배가 아파요", "네", "여자요", "34"]
