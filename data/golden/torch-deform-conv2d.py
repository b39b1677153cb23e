"""Records torch-deform-conv2d.safetensors: run by a Python that has torch and torchvision, in this folder."""
from pathlib import Path

import torch
from torchvision.ops import deform_conv2d

from recorder import draw, run, write

torch.manual_seed(53)
CASES = [
    dict(kernel=[3, 3], padding=[1, 1]),
    dict(kernel=[3, 3], padding=[1, 1], masked=True),
    dict(kernel=[2, 3], stride=[2, 1], padding=[0, 2], masked=True),
    dict(kernel=[3, 2], dilation=[1, 2], padding=[2, 1], bias=False),
    dict(kernel=[1, 1], groups=2, masked=True, bias=False),
    dict(kernel=[3, 3], padding=[1, 1], offset_groups=2),
    dict(kernel=[2, 2], groups=2, offset_groups=4, masked=True),
    dict(kernel=[3, 3], stride=[2, 2], padding=[1, 1], dilation=[2, 1], groups=4, offset_groups=2, masked=True),
]
for number, case in enumerate(CASES):
    stride, padding = case.get("stride", [1, 1]), case.get("padding", [0, 0])
    dilation, kernel = case.get("dilation", [1, 1]), case["kernel"]
    groups, offset_groups = case.get("groups", 1), case.get("offset_groups", 1)
    size = [(s + 2 * p - d * (k - 1) - 1) // t + 1
            for s, p, d, k, t in zip((5, 6), padding, dilation, kernel, stride)]
    points = offset_groups * kernel[0] * kernel[1]
    tensors = {"input": draw(2, 4, 5, 6), "offset": (1.5 * draw(2, 2 * points, *size)).float().double()}
    if case.get("masked"):
        tensors["mask"] = torch.sigmoid(draw(2, points, *size)).float().double()
    tensors["weight"] = draw(8, 4 // groups, *kernel)
    if case.get("bias", True):
        tensors["bias"] = draw(8)
    params = {"out_channels": 8, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation,
              "groups": groups, "offset_groups": offset_groups}
    run(f"deform_conv2d-{number}", "deform_conv2d", params,
        lambda input, offset, weight, mask=None, bias=None: deform_conv2d(
            input, offset, weight, bias, stride, padding, dilation, mask),
        **tensors)
write(Path("torch-deform-conv2d.safetensors"))
