"""`python -m tests.system.training_checks FOLDER`, with torch on the path: what cannot be imported
beside the other tests. It ends with an AssertionError where something does not hold."""

import sys
from pathlib import Path

import torch

from services.triage.knowledge import load_knowledge
from tests.support.models import tiny_qwen2
from training import export
from training.bases import Base, Encoded, encode
from training.batching import batches, width
from training.choices import TUNED_GRAMMAR, Choices
from training.examples import Example
from training.losses import answer_loss, candidates
from training.prompts import DIALECTS
from training.recipes import Recipe, recipe
from training.sft import Training, adapted

VOCABULARY = 3_000


def the_drawn_tokens_stand_for_all_others() -> None:
    torch.manual_seed(1)
    right = torch.tensor([5, 7, 5, 2_999])
    scored, weights = candidates(right, VOCABULARY, 300)
    assert torch.equal(scored, scored.unique())
    assert set(right.tolist()) <= set(scored.tolist())
    assert torch.isclose(weights.sum(), torch.tensor(float(VOCABULARY)), rtol=1e-5)
    assert all(weights[scored == token] == 1 for token in right)


def a_drawn_loss_is_near_to_the_whole_one() -> None:
    torch.manual_seed(2)
    head, hidden = torch.randn(VOCABULARY, 16), torch.randn(2, 6, 16)
    batch = [Encoded([1, 2, 3, 4, 5], [2, 3, 4]), Encoded([1, 9, 8, 7, 6, 5], [3, 4, 5])]
    whole = answer_loss(hidden, batch, head)
    drawn = torch.stack([answer_loss(hidden, batch, head, drawn=1_000) for _ in range(50)])
    assert torch.equal(answer_loss(hidden, batch, head, drawn=VOCABULARY), whole)
    assert abs(drawn.mean() - whole) < 0.05 * whole
    places = [(0, 1, 3), (0, 2, 4), (0, 3, 5), (1, 2, 7), (1, 3, 6), (1, 4, 5)]
    by_hand = [-(hidden[i, p] @ head.T).log_softmax(-1)[token] for i, p, token in places]
    assert torch.isclose(torch.stack(by_hand).mean(), whole, rtol=1e-4)


def a_training_that_was_ended_goes_on_to_the_same_adapter(folder: Path) -> None:
    model = tiny_qwen2(folder / "tiny.gguf", codes=load_knowledge().ontology, joined=("ab", "cd"))
    wanted = _whole(recipe("smoke-qwen"))
    encoded = [Encoded([5, 6, 7, 8 + n % 90, 9], [2, 3, 4]) for n in range(400)]
    at_once = _trained(model, wanted, encoded, folder / "once", stop_at=None)
    _trained(model, wanted, encoded, folder / "twice", stop_at=3)
    resumed = _trained(model, wanted, encoded, folder / "twice", stop_at=None)
    for name, weight in export.read_adapter(at_once).items():
        assert torch.allclose(weight, export.read_adapter(resumed)[name], atol=1e-3), name
        assert "lora_A" in name or weight.abs().max() > 0, name


def _whole(told: Recipe) -> Recipe:
    stages = [{**s.model_dump(), "head": "whole"} for s in told.stages]
    return Recipe.model_validate({**told.model_dump(), "stages": stages})


def _trained(
    source: Path, wanted: Recipe, encoded: list[Encoded], folder: Path, *, stop_at: int | None
) -> Path:
    class Ended(Exception):
        pass

    told: list[str] = []

    def tell(line: str) -> None:
        told.append(line)

    folder.mkdir(exist_ok=True)
    base = Base(source, device="cpu", half=False)
    model = adapted(base, wanted)
    training = Training(model, base, wanted, folder, tell)
    training.resume()
    if stop_at is not None:
        step = training._step

        def stepping(*arguments: object) -> None:
            if training._done == stop_at:
                training.save()
                raise Ended
            step(*arguments)  # type: ignore[arg-type]

        training._step = stepping  # type: ignore[assignment, method-assign]
    try:
        while training.stage < len(wanted.stages):
            training.run(encoded)
    except Ended:
        return folder
    out = folder / "adapter.gguf"
    export.adapter(model, out, name="check")
    return out


def batches_hold_everything_once() -> None:
    encoded = [Encoded(list(range(3 + n % 50)), [1]) for n in range(200)]
    made = batches(encoded, 512, 3)
    assert sorted(len(o.tokens) for b in made for o in b) == sorted(len(o.tokens) for o in encoded)
    assert all(width(batch) * len(batch) <= 512 for batch in made)


def a_whole_answer_is_learnt_with_its_end(folder: Path) -> None:
    codes = load_knowledge().ontology
    source = tiny_qwen2(folder / "whole.gguf", codes=codes, joined=("ab", "cd"))
    base, dialect = Base(source, device="cpu", half=False), DIALECTS["qwen"]
    choices = Choices(TUNED_GRAMMAR.read_text(encoding="utf-8"))
    example = Example("가슴이 아파요", symptoms=("chest_pain",))
    part = encode(example, base, dialect, 640, choices)
    whole = encode(example, base, dialect, 640, choices, whole=True)
    assert part is not None
    assert whole is not None
    assert whole.tokens[: len(part.tokens)] == part.tokens
    assert set(part.learnt) < set(whole.learnt)
    learnt = "".join(base.piece(whole.tokens[place]) for place in whole.learnt)
    assert learnt == example.answer() + dialect.end


if __name__ == "__main__":
    the_drawn_tokens_stand_for_all_others()
    a_drawn_loss_is_near_to_the_whole_one()
    batches_hold_everything_once()
    a_whole_answer_is_learnt_with_its_end(Path(sys.argv[1]))
    a_training_that_was_ended_goes_on_to_the_same_adapter(Path(sys.argv[1]))
