"""Records torch-reduction.safetensors: sums and their kin over axes, which do not count the batch.

python3 torch-reduction.py writes it beside this script. Numbers are rounded, so that extremes have equals and some
products have zeros.
"""
import pathlib

import torch

from recorder import draw, run, write

torch.manual_seed(37)

CASES = [((2, 3, 5, 4), [1, 2], False), ((2, 3, 5, 4), [0], True), ((2, 4, 6), [-1], False),
         ((3, 5, 2, 7), [1], True), ((2, 3, 4, 3), [0, 2], False), ((1, 2, 2, 3, 2), [-1, 1], True), ((2, 6), [0], True)]


def behind(axes):
    return [a + 1 if a >= 0 else a for a in axes]


def product(x, axes, keep):
    for axis in sorted((a % x.dim() for a in behind(axes)), reverse=True):
        x = x.prod(axis, keepdim=keep)
    return x


def reductions():
    rounded = lambda shape: torch.round(draw(*shape) * 2) / 2
    for i, (shape, axes, keep) in enumerate(CASES):
        params = {"axes": axes, "keep_dims": keep}
        run(f"sum_{i}", "sum", params, lambda input: input.sum(behind(axes), keep), input=draw(*shape))
        run(f"amax_{i}", "amax", params, lambda input: torch.amax(input, behind(axes), keep), input=rounded(shape))
        run(f"amin_{i}", "amin", params, lambda input: torch.amin(input, behind(axes), keep), input=rounded(shape))
        run(f"prod_{i}", "prod", params, lambda input: product(input, axes, keep), input=rounded(shape) + i % 2 / 4)


reductions()
write(pathlib.Path(__file__).with_suffix(".safetensors"))
