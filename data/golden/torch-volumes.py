"""Records torch-volumes.safetensors: layers of volumes. python3 torch-volumes.py writes it beside this script."""
import pathlib

import torch
import torch.nn.functional as F

from recorder import draw, run, write

torch.manual_seed(53)


def convolutions():
    for i, (n, c, size, out, k, s, p, d, g, bias) in enumerate([
            (2, 3, (4, 5, 6), 4, (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 1, True),
            (1, 4, (5, 7, 6), 6, (3, 3, 3), (2, 2, 2), (1, 1, 1), (1, 1, 1), 1, False),
            (2, 6, (6, 5, 4), 9, (2, 3, 1), (1, 2, 1), (2, 1, 0), (2, 1, 1), 3, True),
            (2, 4, (3, 5, 5), 4, (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 4, True),
            (2, 3, (4, 6, 6), 5, (1, 3, 3), (1, 2, 2), (0, 1, 1), (1, 1, 1), 1, True),
            (2, 5, (6, 4, 3), 3, (3, 1, 1), (2, 1, 1), (1, 0, 0), (1, 1, 1), 1, False),
            (3, 5, (2, 3, 4), 8, (1, 1, 1), (1, 1, 1), (0, 0, 0), (1, 1, 1), 1, True),
            (1, 16, (3, 9, 9), 17, (3, 3, 3), (1, 1, 1), (1, 1, 1), (1, 1, 1), 1, True)]):
        inputs = {"input": draw(n, c, *size), "weight": draw(out, c // g, *k)}
        if bias:
            inputs["bias"] = draw(out)
        params = {"kernel": k, "stride": s, "padding": p, "dilation": d, "groups": g, "bias": bias}
        run(f"conv3d_{i}", "conv3d", params,
            lambda input, weight, bias=None: F.conv3d(input, weight, bias, s, p, d, g), **inputs)


def pools():
    for i, (c, size, k, s, p, d, ceil) in enumerate([
            (1, (4, 6, 6), (2, 2, 2), (2, 2, 2), (0, 0, 0), (1, 1, 1), False),
            (9, (5, 6, 7), (3, 3, 3), (2, 2, 2), (1, 1, 1), (1, 1, 1), True),
            (4, (6, 5, 7), (2, 3, 2), (1, 1, 2), (1, 0, 1), (2, 1, 3), False),
            (3, (3, 5, 5), (1, 3, 3), (1, 2, 2), (0, 1, 1), (1, 1, 1), False)]):
        run(f"max_pool3d_{i}", "max_pool3d",
            {"kernel": k, "stride": s, "padding": p, "dilation": d, "ceil_mode": ceil},
            lambda input: F.max_pool3d(input, k, s, p, d, ceil), input=draw(2, c, *size))
    for i, (c, size, k, s, p, ceil, count) in enumerate([
            (1, (4, 6, 6), (2, 2, 2), (2, 2, 2), (0, 0, 0), False, True),
            (9, (5, 6, 7), (3, 3, 3), (2, 2, 2), (1, 1, 1), True, True),
            (4, (6, 5, 7), (4, 2, 3), (3, 1, 2), (2, 1, 0), False, False),
            (3, (5, 4, 4), (2, 1, 1), (2, 1, 1), (0, 0, 0), True, False)]):
        run(f"avg_pool3d_{i}", "avg_pool3d",
            {"kernel": k, "stride": s, "padding": p, "ceil_mode": ceil, "count_include_pad": count},
            lambda input: F.avg_pool3d(input, k, s, p, ceil, count), input=draw(2, c, *size))


def norms():
    for i, (shape, training) in enumerate([((3, 4, 2, 3, 5), True), ((3, 4, 2, 3, 5), False)]):
        params = {"momentum": 0.3, "eps": 1e-3, "training": training}
        run(f"batch_norm3d_{i}", "batch_norm3d", params,
            lambda input, weight, bias, running_mean, running_var: F.batch_norm(
                input, running_mean, running_var, weight, bias, training, 0.3, 1e-3),
            input=draw(*shape), weight=draw(shape[1]), bias=draw(shape[1]),
            running_mean=draw(shape[1]), running_var=draw(shape[1]).abs() + 0.5)


convolutions()
pools()
norms()
write(pathlib.Path(__file__).with_name("torch-volumes.safetensors"))
