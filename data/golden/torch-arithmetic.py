"""Records torch-arithmetic.safetensors: layers that rearrange, cut and combine values.

python3 torch-arithmetic.py writes it beside this script.
"""
import pathlib

import torch
import torch.nn.functional as F

from recorder import draw, run, write

torch.manual_seed(29)


def linear():
    for i, (shape, out, bias) in enumerate([((2, 3, 5), 4, True), ((2, 3, 4, 7), 6, False)]):
        inputs = {"input": draw(*shape), "weight": draw(out, shape[-1])}
        if bias:
            inputs["bias"] = draw(out)
        run(f"linear_rows_{i}", "linear_rows", {"bias": bias},
            lambda input, weight, bias=None: F.linear(input, weight, bias), **inputs)


def moves():
    for i, (shape, axis, start, end, step) in enumerate([
            ((2, 4, 5, 3), 1, 1, 4, 1), ((2, 3, 9), 1, 0, 9, 2), ((2, 7), 0, 2, 100, 3),
            ((2, 5, 4, 6), 0, 1, 3, 1), ((2, 3, 4, 9), 2, 1, -1, 4)]):
        def sliced(input):
            index = [slice(None)] * input.dim()
            index[axis + 1] = slice(start, end, step)
            return input[tuple(index)]
        run(f"slice_{i}", "slice", {"axis": axis, "start": start, "end": end, "step": step}, sliced,
            input=draw(*shape))
    for i, (shape, axis, chunks, index) in enumerate([
            ((2, 6, 3, 2), 0, 3, 1), ((2, 3, 8), 1, 2, 1), ((3, 4), 0, 4, 0)]):
        run(f"chunk_{i}", "chunk", {"axis": axis, "chunks": chunks, "index": index},
            lambda input: torch.chunk(input, chunks, axis + 1)[index], input=draw(*shape))
    for i, (shape, dims) in enumerate([
            ((2, 3, 4, 5), [1, 2, 0]), ((2, 3, 7), [1, 0]), ((1, 4, 3, 2), [2, 1, 0])]):
        run(f"permute_{i}", "permute", {"dims": dims},
            lambda input: input.permute(0, *[d + 1 for d in dims]), input=draw(*shape))
    for i, (shape, to) in enumerate([((2, 6, 2, 5), [4, -1]), ((2, 12), [3, 2, 2])]):
        run(f"reshape_{i}", "reshape", {"to": to},
            lambda input: input.reshape(input.shape[0], *to), input=draw(*shape))
    for i, (shape, groups) in enumerate([((2, 6, 3, 4), 2), ((2, 12, 1, 2), 3)]):
        run(f"channel_shuffle_{i}", "channel_shuffle", {"groups": groups},
            lambda input: F.channel_shuffle(input, groups), input=draw(*shape))
    for i, (shape, axes, keep) in enumerate([
            ((2, 3, 5, 4), [1, 2], False), ((2, 3, 5, 4), [0], True), ((2, 4, 6), [-1], False),
            ((3, 5, 2, 7), [1], True)]):
        run(f"mean_{i}", "mean", {"axes": axes, "keep_dims": keep},
            lambda input: input.mean([a + 1 if a >= 0 else a for a in axes], keep),
            input=draw(*shape))


def pairs():
    for i, (shape, other) in enumerate([
            ((2, 3, 5, 4), (2, 3, 5, 4)), ((2, 3, 5, 4), (2, 3, 1, 1)), ((3, 7), (3, 7))]):
        run(f"subtract_{i}", "subtract", {}, lambda input, other: input - other,
            input=draw(*shape), other=draw(*other))
        run(f"divide_{i}", "divide", {}, lambda input, other: input / other,
            input=draw(*shape), other=draw(*other).abs() + 0.5)
    for i, shape in enumerate([(2, 3, 5, 4), (3, 7)]):
        run(f"maximum_{i}", "maximum", {}, torch.maximum, input=torch.round(draw(*shape)),
            other=torch.round(draw(*shape)))


linear()
moves()
pairs()
write(pathlib.Path(__file__).with_suffix(".safetensors"))
