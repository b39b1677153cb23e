"""Records torch-spatial.safetensors: run by a Python that has torch, in this folder."""

import json
import struct

import torch
from torch import nn

torch.manual_seed(23)
cases, tensors = [], {}


def exact(shape):
    """Numbers that float32 holds exactly."""
    return torch.randn(shape, dtype=torch.float32).double()


def record(op, params, shape, function, weight=None, values=None):
    name = f"{len(cases):03}.{op}"
    x = (exact(shape) if values is None else values).requires_grad_()
    inputs = [x] if weight is None else [x, weight.requires_grad_()]
    y = function(*inputs)
    dy = exact(y.shape)
    y.backward(dy)
    own = {"input": x, "output": y, "grad_output": dy, "grad_input": x.grad}
    if weight is not None:
        own |= {"weight": weight, "grad_weight": weight.grad}
    cases.append({"name": name, "op": op, "params": params, "tensors": list(own)})
    tensors.update({f"{name}.{key}": t.detach().float() for key, t in own.items()})


for align in (False, True):
    for scale, shape in (((2, 2), (2, 3, 4, 5)), ((3, 1), (1, 2, 3, 7)), ((2, 4), (1, 9, 1, 2))):
        up = nn.Upsample(scale_factor=scale, mode="bilinear", align_corners=align)
        record("upsample_bilinear2d", {"scale_factor": scale, "align_corners": align}, shape, up)
for sides, shape in (((1, 2, 0, 3), (2, 3, 4, 5)), ((4, 0, 7, 1), (1, 2, 3, 2))):
    record("replication_pad2d", {"pads": sides}, shape, nn.ReplicationPad2d(sides))
for sides, shape in (((1, 2, 0, 3), (2, 3, 4, 5)), ((2, 2, 3, 3), (1, 2, 3, 2))):
    record("circular_pad2d", {"pads": sides}, shape, nn.CircularPad2d(sides))
for size, shape in (((1, 1), (2, 3, 4, 5)), ((2, 2), (1, 9, 5, 7)), ((4, 3), (1, 2, 3, 5))):
    record("adaptive_max_pool2d", {"output_size": size}, shape, nn.AdaptiveMaxPool2d(size))
ties = torch.tensor([1, 3, 3, 2, 3, 3, 0, 3, 3, 3, 1, 3], dtype=torch.float64).reshape(1, 1, 3, 4)
record("adaptive_max_pool2d", {"output_size": (2, 2)}, None, nn.AdaptiveMaxPool2d(2), values=ties)
for n, shape in ((1, (2, 3, 4, 5)), (3, (2, 3, 4, 5)), (6, (4, 6)), (1, (4, 6))):
    record("prelu", {"num_parameters": n}, shape, nn.functional.prelu, weight=exact((n,)))

header, data = {"__metadata__": {"torch": torch.__version__, "seed": "23", "cases": json.dumps(cases)}}, b""
for name, t in tensors.items():
    values = t.contiguous().numpy().astype("<f4").tobytes()
    offsets = [len(data), len(data) + len(values)]
    header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": offsets}
    data += values
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open("torch-spatial.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
