"""Records torch-rms_norm.safetensors: run by a Python that has torch, in this folder."""
from pathlib import Path

import torch
from torch.nn.functional import rms_norm

from recorder import draw, run, write

torch.manual_seed(42)
for shape, normalized, eps, affine in (((2, 5), (5,), None, True), ((3, 4, 7), (7,), 1e-5, True),
                                       ((2, 3, 4, 5), (3, 4, 5), None, True), ((2, 3, 4, 5), (4, 5), 0.25, True),
                                       ((1, 33), (33,), 1e-6, False), ((2, 2, 65), (65,), None, False)):
    params = {"shape": normalized, **({} if eps is None else {"eps": eps})}
    # without an eps, PyTorch takes that of the input's type, which is float32 in Quern
    used = torch.finfo(torch.float32).eps if eps is None else eps
    inputs = {"input": draw(*shape), **({"weight": draw(*normalized)} if affine else {})}
    run(f"rms_norm-{'x'.join(map(str, shape))}-{len(normalized)}", "rms_norm", params,
        lambda input, weight=None: rms_norm(input, normalized, weight, used), **inputs)
write(Path("torch-rms_norm.safetensors"))
