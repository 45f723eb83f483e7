"""Laws that hold for every case: urgency never falls, order never matters, needs are lawful."""

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.domain import (
    NeedsCase,
    Patient,
    Vitals,
    assess,
    extract,
    needs_case_of,
    plan_needs,
)
from services.triage.domain.cases import Case
from services.triage.knowledge import load_knowledge
from services.triage.knowledge.model import SCREEN_CUES, UNCLEAR_CUES

KNOWLEDGE = load_knowledge()
LEAST_URGENT = 6
DECISIVE = re.compile(r"MKioskTy([1-9]|1\d|2[0-7])|designation:[a-z_]+|hvoxyayn")

codes = st.lists(st.sampled_from(sorted(KNOWLEDGE.ontology)), max_size=5)
cues = st.frozensets(
    st.sampled_from(
        [*(cue.name for cue in KNOWLEDGE.lexicon.cues), *sorted(UNCLEAR_CUES | SCREEN_CUES)]
    ),
    max_size=3,
)
history = st.lists(st.sampled_from([h.name for h in KNOWLEDGE.lexicon.history]), max_size=2)
special = st.lists(
    st.sampled_from(["임신", "임신 32주", "임신 8주", "출산 후", "음주", "항암치료 중"]), max_size=2
)
vitals = st.builds(
    Vitals,
    sbp=st.none() | st.integers(50, 240),
    hr=st.none() | st.integers(30, 200),
    spo2=st.none() | st.integers(60, 100),
    temp_c=st.none() | st.floats(32, 42),
    avpu=st.none() | st.sampled_from(["A", "V", "P", "U"]),
    glucose=st.none() | st.integers(20, 600),
)
genders = st.sampled_from([None, "M", "F"])
lanes = st.sampled_from([None, "wish", "plan", "act"])


def cases(years: st.SearchStrategy[int | None]) -> st.SearchStrategy[Case]:
    return st.builds(
        Case,
        symptoms=codes.map(tuple),
        patient=st.builds(Patient, age_years=years, gender=genders),
        history=history.map(tuple),
        special=special.map(tuple),
        vitals=vitals,
        severity=cues,
        lane=lanes,
    )


ANYBODY = cases(st.none() | st.integers(0, 100))
ADULTS = cases(st.integers(18, 100))


def level(case: Case) -> int:
    ktas = assess(case, knowledge=KNOWLEDGE).ktas
    return LEAST_URGENT if ktas is None else ktas


@settings(max_examples=150, deadline=None)
@given(case=ANYBODY, more=codes, worse=cues)
def test_more_findings_never_lower_urgency(
    case: Case, more: list[str], worse: frozenset[str]
) -> None:
    graver = replace(case, symptoms=(*case.symptoms, *more), severity=case.severity | worse)
    assert level(graver) <= level(case)
    flags = {flag.code for flag in assess(case, knowledge=KNOWLEDGE).red_flags}
    assert flags <= {flag.code for flag in assess(graver, knowledge=KNOWLEDGE).red_flags}


@settings(max_examples=150, deadline=None)
@given(case=ADULTS)
def test_an_unknown_age_never_lowers_urgency(case: Case) -> None:
    unknown = replace(case, patient=replace(case.patient, age_years=None))
    assert level(unknown) <= level(case)


@settings(max_examples=150, deadline=None)
@given(case=cases(st.integers(0, 17)), word=st.sampled_from(["영유아", "소아"]))
def test_an_unknown_age_of_a_child_never_lowers_urgency(case: Case, word: str) -> None:
    years = case.patient.age_years
    assert years is not None
    spoken = replace(case, special=(*case.special, "영유아" if years < 6 else "소아"))
    unknown = replace(spoken, patient=replace(spoken.patient, age_years=None))
    assert level(unknown) <= level(spoken)
    assert level(replace(spoken, special=(*spoken.special, word))) <= level(spoken)


@settings(max_examples=150, deadline=None)
@given(case=ANYBODY)
def test_unknown_sex_and_reassurance_never_lower_urgency(case: Case) -> None:
    assert level(replace(case, patient=replace(case.patient, gender=None))) <= level(case)
    assert level(replace(case, negated=("fever", "chest_pain"))) == level(case)


@settings(max_examples=100, deadline=None)
@given(case=ANYBODY)
def test_dropping_normal_values_never_lowers_urgency(case: Case) -> None:
    normal = replace(case, vitals=Vitals(sbp=120, hr=75, rr=14, spo2=98, temp_c=36.6, avpu="A"))
    assert level(replace(case, vitals=Vitals())) <= level(normal)


# What no rule calls dangerous at any age.
HARMLESS = {"sbp": (101, 179), "hr": (41, 129), "rr": (9, 23), "spo2": (95, 100)}
harmless = st.builds(
    Vitals,
    **{name: st.none() | st.integers(*span) for name, span in HARMLESS.items()},
    temp_c=st.none() | st.floats(36.0, 37.9),
    avpu=st.none() | st.just("A"),
    glucose=st.none() | st.integers(51, 399),
)


@settings(max_examples=100, deadline=None)
@given(case=ANYBODY, values=harmless)
def test_dropping_any_value_that_is_not_dangerous_never_lowers_urgency(
    case: Case, values: Vitals
) -> None:
    measured = replace(case, vitals=values)
    for name in (*HARMLESS, "temp_c", "avpu", "glucose"):
        without = replace(measured, vitals=replace(values, **{name: None}))
        assert level(without) <= level(measured)


@settings(max_examples=100, deadline=None)
@given(case=ANYBODY, flag=st.sampled_from([flag.code for flag in KNOWLEDGE.flags]))
def test_a_red_flag_only_raises_urgency(case: Case, flag: str) -> None:
    flagged = replace(case, red_flags=(flag,))
    floor = next(rule.floor for rule in KNOWLEDGE.flags if rule.code == flag)
    assert level(flagged) <= min(level(case), floor)


@settings(max_examples=100, deadline=None)
@given(case=ANYBODY, told=st.none() | st.integers(1, 5))
def test_a_callers_level_never_lowers_ours(case: Case, told: int | None) -> None:
    assert level(replace(case, ktas=told)) == min(level(case), told or LEAST_URGENT)


@settings(max_examples=100, deadline=None)
@given(case=ANYBODY, history_more=history, special_more=special)
def test_more_history_never_lowers_urgency(
    case: Case, history_more: list[str], special_more: list[str]
) -> None:
    # Words about age or weeks narrow what is unknown; diseases and circumstances only add.
    wider = [word for word in special_more if not word.startswith("임신 ")]
    graver = replace(
        case,
        history=(*case.history, *history_more),
        special=(*case.special, *wider),
    )
    assert level(graver) <= level(case)


@settings(max_examples=100, deadline=None)
@given(
    case=ANYBODY,
    preferred=st.lists(st.sampled_from(sorted(KNOWLEDGE.field_reasons)), unique=True, max_size=10),
)
def test_a_models_order_changes_no_role_and_drops_no_demand(
    case: Case, preferred: list[str]
) -> None:
    judged = assess(case, knowledge=KNOWLEDGE)
    request = needs_case_of(case, red_flags=(), ktas=judged.ktas)
    table = plan_needs(request, knowledge=KNOWLEDGE)
    ordered = plan_needs(request, knowledge=KNOWLEDGE, preferred=preferred)
    assert ordered.policy == table.policy
    decisive = {need.field for need in table.needs if need.role == "decisive"}
    assert {need.field for need in ordered.needs if need.role == "decisive"} == decisive
    assert len(ordered.needs) <= 10
    assert [need.weight for need in ordered.needs] == list(
        range(30, 30 - 2 * len(ordered.needs), -2)
    )


@settings(max_examples=100, deadline=None)
@given(case=ANYBODY, shuffle=st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(case: Case, shuffle: object) -> None:
    symptoms = [*case.symptoms, *case.symptoms]
    shuffle.shuffle(symptoms)  # type: ignore[attr-defined]
    again = replace(case, symptoms=tuple(symptoms), history=tuple(reversed(case.history)))
    first, second = assess(case, knowledge=KNOWLEDGE), assess(again, knowledge=KNOWLEDGE)
    assert first == second
    flags = [flag.code for flag in first.red_flags]
    one = plan_needs(needs_case_of(case, red_flags=flags, ktas=first.ktas), knowledge=KNOWLEDGE)
    two = plan_needs(needs_case_of(again, red_flags=flags, ktas=first.ktas), knowledge=KNOWLEDGE)
    assert one == two


@settings(max_examples=200, deadline=None)
@given(case=ANYBODY)
def test_needs_are_lawful(case: Case) -> None:
    judged = assess(case, knowledge=KNOWLEDGE)
    flags = [flag.code for flag in judged.red_flags]
    planned = plan_needs(
        needs_case_of(case, red_flags=flags, ktas=judged.ktas), knowledge=KNOWLEDGE
    )
    fields = [need.field for need in planned.needs]
    assert 1 <= len(fields) <= 10
    assert len(set(fields)) == len(fields)
    assert [need.weight for need in planned.needs] == list(range(30, 30 - 2 * len(fields), -2))
    assert not any(field.startswith("hvs") for field in fields)
    for need in planned.needs:
        assert need.role == "supporting" or DECISIVE.fullmatch(need.field)
        assert need.reason_ko
        assert need.reason_en
    if planned.policy.transport == "nearest":
        assert all(need.role == "supporting" for need in planned.needs)


@settings(max_examples=100, deadline=None)
@given(
    flags=st.lists(
        st.sampled_from([flag.code for flag in KNOWLEDGE.flags]), min_size=1, max_size=2
    ),
    years=st.none() | st.integers(15, 90),
    symptoms=codes,
)
def test_what_the_gravest_flags_demand_is_in(
    flags: list[str], years: int | None, symptoms: list[str]
) -> None:
    request = NeedsCase(
        symptoms=tuple(symptoms), red_flags=tuple(flags), age_years=years, gender="F"
    )
    alone = plan_needs(replace(request, symptoms=()), knowledge=KNOWLEDGE)
    demanded = {need.field for need in alone.needs if need.role == "decisive"}
    planned = plan_needs(request, knowledge=KNOWLEDGE)
    assert demanded <= {need.field for need in planned.needs}


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    found = extract(text, knowledge=KNOWLEDGE, this_year=2026)
    assert all(symptom.code in KNOWLEDGE.ontology for symptom in found.symptoms)
    assert extract(text, knowledge=KNOWLEDGE, this_year=2026) == found
