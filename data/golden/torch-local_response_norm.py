"""Records torch-local_response_norm.safetensors: run by a Python that has torch, in this folder."""
from pathlib import Path

import torch
from torch import nn

from recorder import draw, run, write

torch.manual_seed(41)
for size, alpha, beta, k, shape in ((5, 1e-4, 0.75, 1.0, (2, 9, 3, 4)), (3, 0.5, 0.75, 2.0, (1, 33, 3, 2)),
                                    (5, 1.0, 0.5, 0.5, (2, 4, 2, 3)), (1, 2.0, 1.0, 1.0, (1, 3, 4, 2)),
                                    (7, 0.25, 0.625, 1.5, (2, 17, 2, 2)), (9, 1.0, 0.75, 1.0, (1, 3, 2, 2))):
    params = {"size": size, "alpha": alpha, "beta": beta, "k": k}
    run(f"local_response_norm-{size}-{beta}-{shape[1]}", "local_response_norm", params,
        nn.LocalResponseNorm(size, alpha, beta, k), input=draw(*shape))
write(Path("torch-local_response_norm.safetensors"))
