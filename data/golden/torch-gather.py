"""Records torch-gather.safetensors: index_select along each axis; axes do not count the batch.

python3 torch-gather.py writes it beside this script.
"""
import pathlib

import torch

from recorder import draw, run, write

torch.manual_seed(31)


def gather():
    for i, (shape, axis, indices) in enumerate([
            ((2, 4, 3, 5), 0, [3, 0, 0, 1, 3]), ((2, 3, 4, 5), 1, [2, 1, 0, 1, 2, 3, 2, 1]),
            ((2, 3, 2, 6), 2, [5, 4, 3, 2, 1, 0]), ((3, 4, 5), 1, [0, 0, 0, 4]), ((2, 7), 0, [6, 6, 1]),
            ((1, 2, 2, 3, 2), 2, [1, 1, 2])]):
        run(f"gather_{i}", "gather", {"axis": axis, "indices": indices},
            lambda input: torch.index_select(input, axis + 1, torch.tensor(indices)), input=draw(*shape))


gather()
write(pathlib.Path(__file__).with_suffix(".safetensors"))
