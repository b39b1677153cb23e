"""Records torch-padding.safetensors: run by a Python that has torch, in this folder."""

import json
import struct

import torch
from torch import nn

torch.manual_seed(29)
cases, tensors = [], {}


def exact(shape):
    """Numbers that float32 holds exactly."""
    return torch.randn(shape, dtype=torch.float32).double()


def record(params, shape, conv, pads=(0, 0, 0, 0)):
    name = f"{len(cases):03}.conv2d"
    x = exact(shape).requires_grad_()
    with torch.no_grad():
        for p in conv.parameters():
            p.copy_(exact(p.shape))
    y = conv(nn.functional.pad(x, pads))
    dy = exact(y.shape)
    y.backward(dy)
    own = {"input": x, "output": y, "grad_output": dy, "grad_input": x.grad}
    for key, p in conv.named_parameters():
        own |= {key: p, f"grad_{key}": p.grad}
    params = {"stride": conv.stride, "dilation": conv.dilation, "groups": conv.groups, **params}
    params["bias"] = conv.bias is not None
    cases.append({"name": name, "op": "conv2d", "params": params, "tensors": list(own)})
    tensors.update({f"{name}.{key}": t.detach().float() for key, t in own.items()})


for kernel, dilation in ((2, 1), (3, 1), ((4, 1), 1), ((2, 3), (3, 2))):
    conv = nn.Conv2d(4, 3, kernel, padding="same", dilation=dilation).double()
    record({"padding": "same"}, (2, 4, 6, 5), conv)
record({"padding": "same"}, (1, 4, 5, 7), nn.Conv2d(4, 4, 4, padding="same", groups=4, bias=False).double())
for pads, stride in (((0, 1, 0, 1), 2), ((2, 0, 1, 3), 1), ((0, 0, 2, 0), (1, 2)), ((1, 1, 2, 2), 1)):
    record({"padding": pads}, (2, 3, 6, 5), nn.Conv2d(3, 4, 3, stride=stride).double(), pads)

header, data = {"__metadata__": {"torch": torch.__version__, "seed": "29", "cases": json.dumps(cases)}}, b""
for name, t in tensors.items():
    values = t.contiguous().numpy().astype("<f4").tobytes()
    offsets = [len(data), len(data) + len(values)]
    header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": offsets}
    data += values
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
with open("torch-padding.safetensors", "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)
