"""Records torch-pools.safetensors: run by a Python that has torch, in this folder."""
from pathlib import Path

import torch
from torch.nn import functional

from recorder import draw, run, write

torch.manual_seed(31)
INF = float("inf")


def max_pool(kernel, stride, dilation, pads):
    return lambda input: functional.max_pool2d(functional.pad(input, pads, value=-INF), kernel, stride, 0, dilation)


def avg_pool(kernel, stride, dilation, pads, count):
    """PyTorch has no dilation here: sums of windows by what counts in them."""
    def mean(input):
        c = input.shape[1]
        counted = functional.pad(torch.ones_like(input), pads, value=float(count))
        ones = torch.ones(c, 1, *kernel)
        sums = [functional.conv2d(t, ones, None, stride, 0, dilation, c) for t in (functional.pad(input, pads), counted)]
        return sums[0] / sums[1]
    return mean


def pool(op, shape, kernel, stride, pads, dilation=(1, 1), count=True):
    params = {"kernel": kernel, "stride": stride, "padding": pads, "dilation": dilation, "ceil_mode": False}
    if op == "max_pool2d":
        f = max_pool(kernel, stride, dilation, pads)
    else:
        params["count_include_pad"] = count
        f = avg_pool(kernel, stride, dilation, pads, count)
    name = f"{op}-{'x'.join(map(str, kernel))}-{'-'.join(map(str, pads))}{'' if count else '-inside'}"
    run(f"{name}-{dilation[0]}", op, params, f, input=draw(*shape))


for op in ("max_pool2d", "avg_pool2d"):
    pool(op, (2, 3, 8, 9), (3, 3), (2, 2), (0, 1, 0, 1))
    pool(op, (1, 9, 5, 6), (4, 2), (1, 2), (1, 0, 3, 2))
    pool(op, (2, 2, 7, 6), (3, 2), (1, 1), (1, 0, 4, 2), (2, 1))
    pool(op, (1, 17, 4, 4), (3, 3), (1, 1), (2, 2, 2, 2))
pool("avg_pool2d", (1, 9, 5, 6), (4, 2), (1, 2), (1, 0, 3, 2), count=False)
pool("avg_pool2d", (2, 2, 7, 6), (3, 2), (1, 1), (1, 0, 4, 2), (2, 1), count=False)
write(Path("torch-pools.safetensors"))
