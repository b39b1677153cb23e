"""Records torch-signals.safetensors: layers of signals. python3 torch-signals.py writes it beside this script."""
import pathlib

import torch
import torch.nn.functional as F

from recorder import draw, run, write

torch.manual_seed(23)


def convolutions():
    for i, (n, c, length, out, k, s, p, d, g, bias) in enumerate([
            (2, 1, 16, 4, 5, 1, 0, 1, 1, True),
            (3, 4, 13, 6, 3, 2, 1, 1, 1, True),
            (2, 6, 17, 9, 4, 1, 3, 2, 3, False),
            (1, 8, 9, 8, 3, 1, 1, 1, 8, True),
            (2, 8, 11, 9, 1, 1, 0, 1, 1, True)]):
        inputs = {"input": draw(n, c, length), "weight": draw(out, c // g, k)}
        if bias:
            inputs["bias"] = draw(out)
        params = {"stride": s, "padding": p, "dilation": d, "groups": g, "bias": bias}
        run(f"conv1d_{i}", "conv1d", params,
            lambda input, weight, bias=None: F.conv1d(input, weight, bias, s, p, d, g), **inputs)
    for i, (n, c, length, out, k, s, p, op, g, d, bias) in enumerate([
            (2, 3, 7, 4, 3, 1, 0, 0, 1, 1, True),
            (2, 4, 9, 6, 3, 2, 1, 1, 2, 1, True),
            (1, 5, 8, 3, 4, 3, 2, 2, 1, 2, False)]):
        inputs = {"input": draw(n, c, length), "weight": draw(c, out // g, k)}
        if bias:
            inputs["bias"] = draw(out)
        params = {"stride": s, "padding": p, "output_padding": op, "groups": g, "dilation": d,
                  "bias": bias}
        run(f"conv_transpose1d_{i}", "conv_transpose1d", params,
            lambda input, weight, bias=None:
            F.conv_transpose1d(input, weight, bias, s, p, op, g, d), **inputs)


def pools():
    for i, (c, length, k, s, p, d, ceil) in enumerate([
            (1, 12, 2, 2, 0, 1, False), (9, 13, 3, 2, 1, 1, True), (4, 17, 3, 1, 1, 2, False)]):
        run(f"max_pool1d_{i}", "max_pool1d",
            {"kernel": k, "stride": s, "padding": p, "dilation": d, "ceil_mode": ceil},
            lambda input: F.max_pool1d(input, k, s, p, d, ceil), input=draw(2, c, length))
    for i, (c, length, k, s, p, ceil, count) in enumerate([
            (1, 12, 2, 2, 0, False, True), (9, 13, 3, 2, 1, True, True),
            (4, 17, 4, 3, 2, False, False)]):
        run(f"avg_pool1d_{i}", "avg_pool1d",
            {"kernel": k, "stride": s, "padding": p, "ceil_mode": ceil, "count_include_pad": count},
            lambda input: F.avg_pool1d(input, k, s, p, ceil, count), input=draw(2, c, length))
    for i, (c, length, out) in enumerate([(1, 12, 1), (5, 13, 4), (3, 4, 9)]):
        run(f"adaptive_avg_pool1d_{i}", "adaptive_avg_pool1d", {"output": out},
            lambda input: F.adaptive_avg_pool1d(input, out), input=draw(2, c, length))


def norms():
    for i, (shape, training) in enumerate([
            ((3, 4, 9), True), ((3, 4, 9), False), ((6, 5), True), ((2, 1, 16), True)]):
        params = {"momentum": 0.3, "eps": 1e-3, "training": training}
        run(f"batch_norm1d_{i}", "batch_norm1d", params,
            lambda input, weight, bias, running_mean, running_var:
            F.batch_norm(input, running_mean, running_var, weight, bias, training, 0.3, 1e-3),
            input=draw(*shape), weight=draw(shape[1]), bias=draw(shape[1]),
            running_mean=draw(shape[1]), running_var=draw(shape[1]).abs() + 0.5)


convolutions()
pools()
norms()
write(pathlib.Path(__file__).with_suffix(".safetensors"))
