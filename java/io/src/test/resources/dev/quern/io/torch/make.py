"""Writes the files of this folder, which TorchFileTest reads: python3 make.py FOLDER, PyTorch 2.13."""

import collections
import sys

import torch

folder = sys.argv[1]


def state():
    s = collections.OrderedDict()
    s["conv.weight"] = torch.arange(36, dtype=torch.float32).reshape(2, 2, 3, 3) / 8
    s["conv.bias"] = torch.tensor([0.5, -1.5])
    base = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    s["transposed"] = base.t()
    s["row"] = base[1]
    s["half"] = torch.tensor([1.5, -2.25], dtype=torch.float16)
    s["bf16"] = torch.tensor([1.5, -2.0], dtype=torch.bfloat16)
    s["double"] = torch.tensor([0.1], dtype=torch.float64)
    s["scalar"] = torch.tensor(7.0)
    s["empty"] = torch.zeros(0, 3)
    s["steps"] = torch.tensor([3])
    s["bn.num_batches_tracked"] = torch.tensor(4)
    return s


def saved(value, name, **form):
    torch.save(value, f"{folder}/{name}.pth", **form)


saved(state(), "zip")
saved(state(), "legacy", _use_new_zipfile_serialization=False)
module = torch.nn.Sequential(torch.nn.Linear(3, 2))
with torch.no_grad():
    module[0].weight.copy_(torch.arange(6.0).reshape(2, 3))
    module[0].bias.copy_(torch.tensor([1.0, 2.0]))
saved(module.state_dict(), "module")
saved({"w": torch.nn.Parameter(torch.tensor([1.0, 2.0]))}, "parameter")
saved({"epoch": 3, "state_dict": module.state_dict()}, "checkpoint")
saved(module, "module-itself")
