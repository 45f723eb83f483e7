"""From a trained adapter to what llama.cpp loads, a LoRA GGUF, and back."""

import re
from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
import torch
from peft import PeftModel, get_peft_model_state_dict

_NAMES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}  # fmt: skip
_WEIGHT = re.compile(r"\.layers\.(\d+)\.(.+?)\.lora_([AB])\.weight$")
_STATE_NAMES = {short: long for long, short in _NAMES.items()}
_TENSOR = re.compile(r"^blk\.(\d+)\.(\w+)\.weight\.lora_([ab])$")
_ARCHITECTURES = {"gemma3_text": "gemma3", "qwen2": "qwen2"}


def adapter(model: PeftModel, path: Path, *, name: str) -> None:
    """Writes the adapter; raises KeyError for a weight that llama.cpp would not know."""
    config = model.peft_config["default"]
    kind = _ARCHITECTURES[model.get_base_model().config.model_type]
    writer = gguf.GGUFWriter(str(path), kind)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, float(config.lora_alpha))
    writer.add_name(name)
    writer.add_string("er.prompt", "tuned")  # served with the words it was trained with, bare
    for tensor_name, weight in _tensors(get_peft_model_state_dict(model)).items():
        writer.add_tensor(tensor_name, weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors(state: Mapping[str, torch.Tensor]) -> dict[str, np.ndarray]:
    found = {}
    for key, weight in state.items():
        told = _WEIGHT.search(key)
        if told is None:
            raise KeyError(key)
        layer, place, side = told.groups()
        name = f"blk.{layer}.{_NAMES[place]}.weight.lora_{side.lower()}"
        found[name] = weight.detach().to(torch.float16).cpu().numpy()
    return found


def read_adapter(path: Path) -> dict[str, torch.Tensor]:
    """The adapter's weights as peft names them; raises KeyError for a tensor of another kind."""
    found = {}
    for tensor in gguf.GGUFReader(str(path)).tensors:
        told = _TENSOR.match(tensor.name)
        if told is None:
            raise KeyError(tensor.name)
        layer, place, side = told.groups()
        name = f"base_model.model.model.layers.{layer}.{_STATE_NAMES[place]}"
        weight = torch.from_numpy(np.array(tensor.data, dtype=np.float32))
        found[f"{name}.lora_{side.upper()}.weight"] = weight
    return found
