"""Records torch-concat.safetensors: cat along each axis; axes do not count the batch.

python3 torch-concat.py writes it beside this script.
"""
import pathlib

import torch

from recorder import draw, run, write

torch.manual_seed(37)


def concat():
    for i, (left, right, axis) in enumerate([
            ((2, 3, 4, 5), (2, 3, 2, 5), 1), ((2, 3, 4, 5), (2, 3, 4, 1), -1), ((2, 3, 4, 5), (2, 6, 4, 5), 0),
            ((3, 4, 5), (3, 2, 5), 0), ((3, 4, 5), (3, 4, 7), 1), ((2, 7), (2, 3), -1),
            ((1, 2, 2, 3, 2), (1, 2, 2, 1, 2), 2), ((2, 2, 1, 2, 3, 2), (2, 2, 3, 2, 3, 2), -4)]):
        run(f"concat_{i}", "concat", {"axis": axis},
            lambda input, other: torch.cat([input, other], axis + 1 if axis >= 0 else axis),
            input=draw(*left), other=draw(*right))


concat()
write(pathlib.Path(__file__).with_suffix(".safetensors"))
