"""Records torch-matmul.safetensors: run by a Python that has torch, in this folder."""
from pathlib import Path

import torch

from recorder import draw, run, write

torch.manual_seed(37)
for a, b in (((2, 3, 4), (2, 4, 5)), ((2, 3, 5, 7), (2, 3, 7, 2)), ((1, 2, 1, 3, 4), (1, 2, 1, 4, 1)),
             ((3, 17, 33), (3, 33, 9))):
    name = "matmul-" + "x".join(map(str, a))
    run(name, "matmul", {}, lambda input, other: input @ other, input=draw(*a), other=draw(*b))
write(Path("torch-matmul.safetensors"))
