"""`python -m training.merging BASE ADAPTER OUT`: base and adapter as one GGUF file.

What the adapter changes is written with eight bits a weight, as four more would lose some of what
was learnt; everything else is copied as it is.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import typer
from numpy.typing import NDArray

_WRITER_OWN = ("general.architecture", "general.file_type", "GGUF.")
_PROMPT = ("er.prompt", "tuned")
Weights = NDArray[np.float32]


def merge(base: Path, adapter: Path, out: Path) -> None:
    """Raises KeyError where the adapter changes a tensor that the base does not have."""
    reader = gguf.GGUFReader(str(base))
    changes = _changes(adapter)
    writer = gguf.GGUFWriter(str(out), reader.fields["general.architecture"].contents())
    for name, field in reader.fields.items():
        if not name.startswith(_WRITER_OWN):
            _copy(writer, name, field)
    writer.add_string(*_PROMPT)
    unknown = changes.keys() - {tensor.name for tensor in reader.tensors}
    if unknown:
        raise KeyError(min(unknown))
    for tensor in reader.tensors:
        if tensor.name in changes:
            weights = gguf.dequantize(tensor.data, tensor.tensor_type) + changes[tensor.name]
            kind = _kind(weights)
            writer.add_tensor(tensor.name, gguf.quantize(weights, kind), raw_dtype=kind)
        else:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _kind(weights: Weights) -> gguf.GGMLQuantizationType:
    kinds = gguf.GGMLQuantizationType
    block, _ = gguf.GGML_QUANT_SIZES[kinds.Q8_0]
    return kinds.Q8_0 if weights.shape[-1] % block == 0 else kinds.F16


def _changes(adapter: Path) -> Mapping[str, Weights]:
    """What is added to each tensor: alpha / rank x B A."""
    reader = gguf.GGUFReader(str(adapter))
    alpha = float(reader.fields[gguf.Keys.Adapter.LORA_ALPHA].contents())
    sides = {tensor.name: np.array(tensor.data, dtype=np.float32) for tensor in reader.tensors}
    found = {}
    for name in sides:
        if name.endswith(".lora_a"):
            a, b = sides[name], sides[name.removesuffix("a") + "b"]
            found[name.removesuffix(".lora_a")] = (alpha / len(a)) * (b @ a)
    return found


def _copy(writer: gguf.GGUFWriter, name: str, field: Any) -> None:
    kind = field.types[0]
    inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
    writer.add_key_value(name, field.contents(), kind, sub_type=inner)


def main(base: Path, adapter: Path, out: Path) -> None:
    """Write base and adapter as one file."""
    merge(base, adapter, out)


if __name__ == "__main__":
    typer.run(main)
