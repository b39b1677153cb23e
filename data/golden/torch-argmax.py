"""Records torch-argmax.safetensors: argmax and argmin of numbers with equals, the first and the last; NaN, too.

python3 torch-argmax.py writes it beside this script. PyTorch gives no gradient: zeros are recorded.
"""
import pathlib

import torch

from recorder import draw, record, write

torch.manual_seed(41)


def places(x, of, axis, keep, last):
    turned = torch.flip(x, [axis]) if last else x
    place = of(turned, axis, keepdim=keep)
    return (x.shape[axis] - 1 - place if last else place).double()


def argmax():
    for i, (shape, axis, keep, last) in enumerate([
            ((2, 4, 3, 5), 0, False, False), ((2, 3, 6, 2), 1, True, True), ((2, 3, 2, 9), 2, True, False),
            ((3, 4, 5), 1, False, True), ((2, 12), 0, True, False)]):
        x = torch.round(draw(*shape))
        if i == 3:
            x[0, 1, 2] = x[0, 1, 3] = float("nan")
        for name, of in [("argmax", torch.argmax), ("argmin", torch.argmin)]:
            y = places(x, of, axis + 1, keep, last)
            record(f"{name}_{i}", name, {"axis": axis, "keep_dim": keep, "select_last": last},
                   {"input": x, "grad_output": draw(*y.shape)}, {"output": y, "grad_input": torch.zeros(shape)})


argmax()
write(pathlib.Path(__file__).with_suffix(".safetensors"))
