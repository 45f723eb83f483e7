"""python -m services.cli.bench.plain: the same answer, made the plain way.

What one writes first: one PostGIS query that fetches all rows of the circle with their whole state,
each row read into its model, the same pure ranking over them, and the decision written in a
transaction of its own. Nothing is remembered between two requests.
"""

import argparse
import json
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI, Request
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.matching.board import Board
from services.matching.domain import ranking, wording
from services.matching.domain.cards import card
from services.matching.domain.question import Question
from services.matching.domain.ranking import Candidate
from services.matching.domain.travel import eta_of, way_between
from services.matching.telling import told
from shared.contracts.matching import MatchAnswer, MatchRequest, Search
from shared.contracts.place import Place
from shared.contracts.sync import HospitalState, Snapshot
from shared.db import async_url

DATABASE = "ER_BENCH_DATABASE_URL"
SCHEMA = """
CREATE SCHEMA bench;
CREATE TABLE bench.hospitals (hpid text PRIMARY KEY, geog geography(POINT, 4326), state jsonb);
CREATE INDEX ON bench.hospitals USING gist (geog);
CREATE TABLE bench.decisions (request_id text PRIMARY KEY, decided_at timestamptz, inputs jsonb,
  ranking jsonb);
"""
INSERT = (
    "INSERT INTO bench.hospitals VALUES ($1, ST_SetSRID(ST_MakePoint($2, $3), 4326), $4::jsonb)"
)
_HERE = "ST_SetSRID(ST_MakePoint(:longitude, :latitude), 4326)::geography"
_ROWS = sa.text(
    f"SELECT state::text, ST_Distance(geog, {_HERE}) FROM bench.hospitals"  # noqa: S608 - no input in it
    f" WHERE ST_DWithin(geog, {_HERE}, :radius_m)"
)
_KEEP = sa.text("INSERT INTO bench.decisions VALUES (:request_id, :at, :inputs, :ranking)")


def create_app(url: str) -> FastAPI:
    """The plain version as a service."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        engine = create_async_engine(async_url(url), pool_size=10, max_overflow=0)
        async with engine.connect() as connection:
            everything = await connection.execute(sa.text("SELECT state FROM bench.hospitals"))
            states = [HospitalState.model_validate(row[0]) for row in everything]
        now = datetime.now(UTC)
        whole = Snapshot(
            version="plain", generated_at=now, data_as_of=now, simulated=False, hospitals=states
        )
        try:
            # How densely emergency rooms lie is worked out once here too.
            yield {"engine": engine, "board": Board.of(whole, b"")}
        finally:
            await engine.dispose()

    app = FastAPI(lifespan=lifespan)
    app.add_api_route("/livez", _alive)
    app.add_api_route("/v1/match", _match, methods=["POST"])
    return app


async def _alive() -> dict[str, str]:
    return {"status": "ok"}


async def _match(body: MatchRequest, request: Request) -> MatchAnswer:
    now, board = datetime.now(UTC), request.state.board
    place = Place(longitude=body.longitude, latitude=body.latitude).rounded()
    engine: AsyncEngine = request.state.engine
    bound = {"longitude": place.longitude, "latitude": place.latitude}
    async with engine.connect() as connection:
        rows = await connection.execute(_ROWS, {**bound, "radius_m": body.radius_km * 1000})
        candidates = [_candidate(board, place, text, metres) for text, metres in rows]
    refused = frozenset(refusal.hpid for refusal in body.refused)
    question = Question(body.needs, body.policy, body.ktas, refused, now, body.patient)
    ranked = ranking.rank(candidates, question, sort=body.sort)
    shown = ranking.shortlist(ranked, body.limit)
    request_id = secrets.token_urlsafe(16)
    kept = [{"hpid": e.hpid, "tier": e.tier, "score": e.score} for e in shown]
    async with engine.begin() as connection:
        values = {"request_id": request_id, "at": now, "inputs": body.model_dump_json()}
        await connection.execute(_KEEP, {**values, "ranking": json.dumps(kept)})
    compared = wording.compare(shown[0], shown[1], question, "ko") if len(shown) > 1 else None
    return MatchAnswer(
        request_id=request_id,
        generated_at=now,
        data_as_of=now,
        snapshot="plain",
        simulated=False,
        search=Search(
            radius_km=body.radius_km,
            widened=False,
            candidates=len(ranked),
            reported_able=sum(entry.able for entry in ranked),
        ),
        hospitals=[told(rank, entry, question, "ko") for rank, entry in enumerate(shown, 1)],
        compare=compared,
        notices=wording.notices(ranked, shown, question, "ko"),
        degraded=[],
    )


def _candidate(board: Board, place: Place, text: str, metres: float) -> Candidate:
    state = HospitalState.model_validate_json(text)
    here = place.longitude, place.latitude
    way = way_between(*here, state.longitude or 0.0, state.latitude or 0.0)
    eta = eta_of(metres, board.setting_at(*here), board.settings[state.hpid], way)
    return Candidate(card(state), round(metres), eta)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    app = create_app(os.environ[DATABASE])
    uvicorn.run(app, host="127.0.0.1", port=args.port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
