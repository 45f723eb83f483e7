"""`python -m training.screening`: the weights of the screen from texts with a level beside them.

What is learnt from: `material/urgency`, the development files of urgency, the hand-written
utterances in which nothing is found, and everyday talk; no text that comes near to one that is set
aside. Two logistic regressions of scikit-learn on the same pieces: KTAS 1 or 2 against 3 to 5, and
1 against 2 to 5. A text whose levels stand on both sides teaches neither.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from services.triage.domain.hearing import heard
from services.triage.domain.screen import FULL, pieces, stretches
from services.triage.knowledge import load_knowledge
from services.triage.knowledge.load import FOLDER
from services.triage.knowledge.model import Knowledge, Weight
from services.triage.knowledge.weights import WEIGHTS, write_weights
from training.dataset import Near, evaluated_texts
from training.examples import MATERIAL, handwritten, levels_and_rest

EVALUATED = Path(__file__).parents[1] / "tests" / "eval"
NOTHING = frozenset({9})
SELDOM = 6
STRENGTH = 10.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A text and the levels that can be defended from its words; 9 where nothing is medical."""

    source: str
    text: str
    levels: frozenset[int]


@dataclass(frozen=True, slots=True)
class Fitted:
    """`urgent` and `immediate` are scikit-learn's models over the columns of `vectors`."""

    vectors: TfidfVectorizer
    urgent: LogisticRegression
    immediate: LogisticRegression

    def scores(self, texts: Sequence[str]) -> tuple[Any, Any]:
        """Of the first stretch of each text, for the figures of a split."""
        columns = _scaled(self.vectors.transform(texts))
        return self.urgent.decision_function(columns), self.immediate.decision_function(columns)


def judged() -> list[Judged]:
    """All that may be learnt from."""
    near = Near(evaluated_texts(EVALUATED, "setaside"))
    return [one for one in _everything() if not near.holds(one.text)]


def fitted(told: Sequence[Judged], knowledge: Knowledge) -> Fitted:
    """Deterministic for the same texts."""
    texts = [first_stretch(one.text, knowledge) for one in told]
    vectors = TfidfVectorizer(analyzer=pieces, binary=True, min_df=SELDOM, norm=None)
    columns = _scaled(vectors.fit_transform(texts))
    return Fitted(vectors, _model(columns, told, {1, 2}), _model(columns, told, {1}))


def first_stretch(text: str, knowledge: Knowledge) -> str:
    """As the screen weighs it; most texts are no longer than that."""
    return next(stretches(heard(text, knowledge.lexicon)))


def _scaled(columns: Any) -> Any:
    """Each text to the length of one, but a text of few known pieces stays short."""
    sizes = np.sqrt(columns.multiply(columns).sum(axis=1))
    return columns.multiply(1 / np.maximum(np.asarray(sizes).reshape(-1, 1), FULL)).tocsr()


def _model(columns: Any, told: Sequence[Judged], grave: set[int]) -> LogisticRegression:
    clear = [
        place for place, one in enumerate(told) if one.levels <= grave or not one.levels & grave
    ]
    answers = [told[place].levels <= grave for place in clear]
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000)
    return model.fit(columns[clear], answers)


def _everything() -> Iterator[Judged]:
    for path in sorted((MATERIAL / "urgency").glob("*.txt")):
        yield from _of_material(path)
    for path in sorted(EVALUATED.glob("dev/acuity*.jsonl")):
        for case in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            yield Judged(path.stem, case["text"], frozenset(case["ktas_acceptable"]))
    for path in sorted(EVALUATED.glob("dev/grave*.yaml")):
        sentences = yaml.safe_load(path.read_text(encoding="utf-8"))["sentences"]
        for text in (text for group in sentences.values() for text in group):
            yield Judged(path.stem, text, frozenset({1, 2}))
    for line in (EVALUATED / "dev" / "everyday2.txt").read_text(encoding="utf-8").splitlines():
        yield Judged("everyday", line, NOTHING)
    for one in handwritten():
        if not one.symptoms:
            yield Judged("handwritten", one.text, NOTHING)


def _of_material(path: Path) -> Iterator[Judged]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            levels, rest = levels_and_rest(line)
            known = frozenset(int(level) for level in levels if level != "-")
            yield Judged(path.stem, rest.split(" | ")[0], known or NOTHING)


def weights_of(model: Fitted) -> dict[str, Weight]:
    """Of every piece that was seen often enough."""
    names = model.vectors.get_feature_names_out()
    rarities = model.vectors.idf_
    urgent, immediate = model.urgent.coef_[0], model.immediate.coef_[0]
    return {
        str(name): Weight(float(rarity), float(one), float(other))
        for name, rarity, one, other in zip(names, rarities, urgent, immediate, strict=True)
    }


def zero_of(model: Fitted) -> Weight:
    """What a text without a known piece scores."""
    return Weight(0.0, float(model.urgent.intercept_[0]), float(model.immediate.intercept_[0]))


def main(
    out: Annotated[Path, typer.Option(help="the file of weights")] = FOLDER / WEIGHTS,
    crossed: Annotated[
        bool, typer.Option("--crossed", help="only the scores of each source without itself")
    ] = False,
) -> None:
    """Fit the screen and write its weights."""
    knowledge = load_knowledge()
    told = judged()
    typer.echo(json.dumps(Counter(one.source for one in told), ensure_ascii=False))
    if crossed:
        for source in sorted({one.source for one in told}):
            _tell_crossed(source, told, knowledge)
        return
    model = fitted(told, knowledge)
    write_weights(out, weights_of(model), zero_of(model))
    typer.echo(f"{len(told)} texts, {len(model.vectors.vocabulary_)} pieces")


def _tell_crossed(source: str, told: Sequence[Judged], knowledge: Knowledge) -> None:
    """How texts of one source sound to a screen that never saw that source."""
    own = [one for one in told if one.source == source]
    model = fitted([one for one in told if one.source != source], knowledge)
    urgent, immediate = model.scores([first_stretch(one.text, knowledge) for one in own])
    for one, score, first in zip(own, urgent, immediate, strict=True):
        told_of = {"source": source, "levels": sorted(one.levels), "text": one.text}
        scores = {"urgent": round(float(score), 2), "immediate": round(float(first), 2)}
        typer.echo(json.dumps(told_of | scores, ensure_ascii=False))


if __name__ == "__main__":
    typer.run(main)
