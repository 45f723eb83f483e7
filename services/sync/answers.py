"""From stored records to the answers of the HTTP contract, with the freshness of this moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.sync import overrides, publish
from services.sync.domain import telling
from services.sync.domain.bounds import number
from services.sync.domain.records import Override, Picture, State
from services.sync.queries import Found
from services.sync.store import RoundRecord
from shared.contracts.nmc import Field, Kind, catalogue
from shared.contracts.sync import (
    Beds,
    FieldReport,
    HistoryPoint,
    Hospital,
    HospitalDetail,
    HospitalState,
    Round,
    age_s,
    freshness,
    status_at,
)


def hospitals(found: Iterable[Found], picture: Picture, now: datetime) -> list[Hospital]:
    """Found hospitals with their bed reports, in the order in which they were found."""
    return [Hospital(**_told(one, picture, now)) for one in found]


def detail(hpid: str, picture: Picture, now: datetime, language: str) -> HospitalDetail:
    """One hospital with every field that it reports and its messages in force."""
    found = Found(picture.hospitals[hpid], None)
    state = picture.states.get(hpid, State(hpid))
    return HospitalDetail(
        **_told(found, picture, now),
        fields=_fields(state, picture.overrides.get(hpid, {}), now, language),
        messages=publish.messages_by_hospital(picture, now).get(hpid, []),
    )


def points(changes: Iterable[tuple[datetime, Mapping[str, str | None]]]) -> list[HistoryPoint]:
    """Changed values one by one; counts as numbers."""
    return [
        HistoryPoint(at=at, field=code, value=_plain(code, value))
        for at, values in changes
        for code, value in values.items()
    ]


def _told(found: Found, picture: Picture, now: datetime) -> dict[str, object]:
    hpid = found.hospital.hpid
    state = publish.hospital_state(
        found.hospital, picture.states.get(hpid, State(hpid)), picture, [], now
    )
    return {
        **state.model_dump(exclude={"values", "flagged", "overrides", "messages"}),
        "distance_m": found.distance_m,
        "beds": _beds(state),
        "age_s": age_s(state.reported_at, now),
        "freshness": freshness(Kind.COUNT, state.reported_at, now),
    }


def _beds(state: HospitalState) -> Beds:
    return Beds(available=number(state.values.get("hvec")), total=number(state.values.get("hvs01")))


def rounds(records: Sequence[RoundRecord]) -> list[Round]:
    """Rounds as operators see them; failures as `operation: kind`."""
    return [
        Round(
            started_at=record.began_at,
            elapsed_ms=int((record.ended_at - record.began_at).total_seconds() * 1000),
            received=dict(record.received),
            written=dict(record.written),
            failed=[f"{operation}: {kind}" for operation, kind in record.failures.items()],
        )
        for record in records
    ]


def _fields(
    state: State, words: Mapping[str, Override], now: datetime, language: str
) -> dict[str, FieldReport]:
    report = telling.told(state.values, words, now)
    return {
        code: _field(field, state, report, now, language)
        for code, field in catalogue().items()
        if code in state.values or field.pair in state.values or code in report.overrides
    }


def _field(
    field: Field, state: State, report: telling.Told, now: datetime, language: str
) -> FieldReport:
    raw = state.values.get(field.code)
    undated = field.kind in (Kind.SEVERE, Kind.GATE)
    word = report.overrides.get(field.code)
    flagged = field.code in report.flagged
    status = status_at(field.kind, None if flagged else raw, state.reported_at, now)
    return FieldReport(
        name=field.name(language),
        value=_plain(field.code, raw),
        status=word.status if word and word.status else status,
        total=number(report.values.get(field.pair or "")),
        # The source gives severe acceptances no time; the heartbeat decides how long they hold.
        reported_at=None if undated else state.reported_at,
        changed_at=state.changed.get(field.code),
        freshness=freshness(field.kind, state.reported_at, now),
        flagged=flagged,
        override=overrides.mark(word, raw) if word else None,
    )


def _plain(code: str, raw: str | None) -> int | str | None:
    field = catalogue().get(code)
    counted = code.startswith("hvs") or (field is not None and field.kind is Kind.COUNT)
    count = number(raw) if counted else None
    return raw if count is None else count
