"""The snapshot: built from the store, swapped in at once, announced."""

from datetime import datetime

from redis.asyncio import Redis

from services.sync import overrides
from services.sync.designations import designated
from services.sync.domain import messages, telling
from services.sync.domain.proxies import proxies
from services.sync.domain.records import Hospital, Mark, Picture, State
from shared.contracts.sync import (
    Announcement,
    HospitalState,
    Message,
    Snapshot,
    SnapshotKeys,
)

FORMER_LIFE_S = 600


async def publish(redis: Redis, keys: SnapshotKeys, snapshot: Snapshot) -> int:
    """Make `snapshot` the current one and return its packed size in bytes. Readers that hold the
    former version may still fetch it for ten minutes; the current one never expires."""
    packed = snapshot.pack()
    former = await current_version(redis, keys)
    announced = Announcement(version=snapshot.version, generated_at=snapshot.generated_at)
    async with redis.pipeline(transaction=True) as swap:
        swap.set(keys.value(snapshot.version), packed)
        swap.set(keys.pointer, snapshot.version)
        if former not in (None, snapshot.version):
            swap.expire(keys.value(str(former)), FORMER_LIFE_S)
        swap.publish(keys.channel, announced.model_dump_json())
        await swap.execute()
    return len(packed)


async def current_version(redis: Redis, keys: SnapshotKeys) -> str | None:
    """The version that readers are pointed to, if it is really there."""
    held = await redis.get(keys.pointer)
    version = held.decode() if isinstance(held, bytes) else held
    if version is None or not await redis.exists(keys.value(version)):
        return None
    return version


def build(picture: Picture, *, version: str, simulated: bool, now: datetime) -> Snapshot:
    """A snapshot of everything that is stored, with the true ages of it."""
    told = messages_by_hospital(picture, now)
    return Snapshot(
        version=version,
        generated_at=now,
        data_as_of=received_at(picture),
        simulated=simulated,
        hospitals=[
            hospital_state(
                picture.hospitals[hpid],
                picture.states.get(hpid, State(hpid)),
                picture,
                told.get(hpid, []),
                now,
            )
            for hpid in sorted(picture.hospitals)
        ],
    )


def messages_by_hospital(picture: Picture, now: datetime) -> dict[str, list[Message]]:
    """Messages in force, in the order in which they began, and the limits of acceptances."""
    told: dict[str, list[Message]] = {}
    notes = sorted(picture.notes.values(), key=lambda n: (n.begins_at or now, n.key))
    for note in notes:
        if messages.in_force(note, now):
            told.setdefault(note.hpid, []).extend(messages.told(note, now))
    for hpid, state in picture.states.items():
        if limits := messages.limits(state.values):
            told.setdefault(hpid, []).extend(limits)
    return told


def hospital_state(
    hospital: Hospital, state: State, picture: Picture, told: list[Message], now: datetime
) -> HospitalState:
    """One hospital as readers are told of it now."""
    report = telling.told(state.values, picture.overrides.get(hospital.hpid, {}), now)
    designations = list(designated().get(hospital.hpid, ()))
    return HospitalState(
        hpid=hospital.hpid,
        name=hospital.name,
        level=hospital.level,
        address=hospital.address,
        phone=hospital.phone,
        er_phone=hospital.er_phone,
        longitude=hospital.longitude,
        latitude=hospital.latitude,
        operating=hospital.operating,
        designations=designations,
        designation_proxies=proxies(report.values, designations),
        reported_at=state.reported_at,
        changed_at=max(state.changed.values(), default=None),
        fetched_at=fetched_at(state, picture.marks.get("beds"), picture.marks.get("severe")),
        values=dict(report.values),
        flagged=dict(report.flagged),
        overrides={
            code: overrides.mark(word, state.values.get(code))
            for code, word in report.overrides.items()
        },
        messages=told,
    )


def received_at(picture: Picture) -> datetime | None:
    """When bed reports were last received."""
    mark = picture.marks.get("beds")
    return mark.received_at if mark else None


def fetched_at(state: State, beds: Mark | None, severe: Mark | None) -> datetime | None:
    """When we last received this hospital: its bed report where it has one, else its flags."""
    if state.in_beds:
        return state.beds_last_seen_at or (beds.received_at if beds else None)
    if state.in_severe:
        return state.severe_last_seen_at or (severe.received_at if severe else None)
    return None
