"""Records torch-grid-sample.safetensors: run by a Python that has torch, in this folder."""
from pathlib import Path

import torch

from recorder import draw, run, write

torch.manual_seed(49)
for mode in ("bilinear", "nearest", "bicubic"):
    for padding in ("zeros", "border", "reflection"):
        for align in (False, True):
            options = {"mode": mode, "padding_mode": padding, "align_corners": align}
            run("-".join(["grid_sample", *map(str, options.values())]), "grid_sample", options,
                lambda input, other: torch.nn.functional.grid_sample(input, other, **options),
                input=draw(2, 3, 4, 5), other=draw(2, 3, 6, 2))
write(Path("torch-grid-sample.safetensors"))
