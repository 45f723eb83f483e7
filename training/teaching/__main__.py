"""`python -m training.teaching`: utterances from a teacher, for `./er train --taught FILE`."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from openai import AsyncOpenAI

from training.dataset import trainable
from training.examples import Example, write_examples
from training.teaching.answers import STYLES
from training.teaching.cache import Cache
from training.teaching.teacher import Price, Teacher, TooDear

app = typer.Typer(no_args_is_help=True)
KEY = "ER_TEACHER_KEY"
Out = Annotated[Path, typer.Option(help="JSON lines; its answers are kept beside it")]
Url = Annotated[str, typer.Option(help="OpenAI-compatible, up to /v1")]
Model = Annotated[str, typer.Option(help="the teacher")]
Usd = Annotated[float, typer.Option(help="for a million tokens")]
Most = Annotated[float, typer.Option(help="US dollars that a run may cost")]
Work = Callable[[Teacher], Coroutine[Any, Any, list[Example]]]


@app.command()
def label(
    file: Annotated[Path, typer.Argument(help="an utterance a line")],
    out: Out,
    url: Url,
    model: Model,
    usd_in: Usd = 0.0,
    usd_out: Usd = 0.0,
    most_usd: Most = 5.0,
) -> None:
    """Label utterances; the key is read from ER_TEACHER_KEY."""
    lines = file.read_text(encoding="utf-8").splitlines()
    texts = list(dict.fromkeys(line.strip() for line in lines if line.strip()))
    price = Price(usd_in, usd_out, most_usd)
    asyncio.run(_teach(lambda teacher: teacher.labelled(texts), out, url, model, price))


@app.command()
def rewrite(
    out: Out,
    url: Url,
    model: Model,
    style: Annotated[str, typer.Option(help=", ".join(STYLES))] = "typo",
    count: Annotated[int, typer.Option(min=1, max=5, help="wordings of each")] = 2,
    first: Annotated[int, typer.Option(help="so many hand-written utterances")] = 100,
    usd_in: Usd = 0.0,
    usd_out: Usd = 0.0,
    most_usd: Most = 5.0,
) -> None:
    """Say hand-written utterances otherwise; what is held out is not shown to the teacher."""
    told = trainable()[:first]
    price = Price(usd_in, usd_out, most_usd)
    work: Work = lambda teacher: teacher.rewritten(told, style, count)  # noqa: E731 one use
    asyncio.run(_teach(work, out, url, model, price))


async def _teach(work: Work, out: Path, url: str, model: str, price: Price) -> None:
    key = os.environ.get(KEY) or "none"
    async with AsyncOpenAI(api_key=key, base_url=url, max_retries=3) as client:
        teacher = Teacher(client, model, Cache(out.with_suffix(".cache")), price)
        try:
            write_examples(out, await work(teacher))
        except* TooDear:
            typer.echo("the limit of the cost is reached; what was paid for is kept", err=True)
        finally:
            typer.echo(teacher.bill.told(price))


if __name__ == "__main__":
    app()
