"""What the scripts here share: cases of operators, run by PyTorch in double precision, in the form of torch-ops.

Inputs are exact in float32, results are stored as float32.
"""
import json
import struct

import torch

torch.set_default_dtype(torch.float64)
cases, stored = [], {}


def draw(*shape):
    """Numbers that float32 holds exactly."""
    return torch.randn(*shape).float().double()


def record(name, op, params, inputs, results):
    tensors = {**inputs, **results}
    cases.append({"name": name, "op": op, "params": params, "tensors": sorted(tensors)})
    for key, value in tensors.items():
        stored[f"{name}.{key}"] = value.detach().float().contiguous()


def run(name, op, params, function, **inputs):
    """Records a function of these inputs, and the gradient of each."""
    leaves = {k: v.clone().requires_grad_(not k.startswith("running")) for k, v in inputs.items()}
    output = function(**leaves)
    grad = draw(*output.shape)
    output.backward(grad)
    results = {"output": output}
    for key, leaf in leaves.items():
        if leaf.requires_grad:
            results[f"grad_{key}"] = leaf.grad
        elif params.get("training"):
            results[f"{key}_after"] = leaf
    record(name, op, params, {**inputs, "grad_output": grad}, results)


def write(path, **metadata):
    """The safetensors form: length, JSON, bytes. Metadata are the cases, unless others are given."""
    known = metadata or {"cases": json.dumps(cases)}
    header = {"__metadata__": {**known, "torch": torch.__version__}}
    data = b""
    for key in sorted(stored):
        value = stored[key].numpy().astype("<f4").tobytes()
        header[key] = {"dtype": "F32", "shape": list(stored[key].shape),
                       "data_offsets": [len(data), len(data) + len(value)]}
        data += value
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
