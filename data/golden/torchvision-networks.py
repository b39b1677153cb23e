"""Records torchvision-networks.safetensors: names, shapes and outputs of torchvision's networks on weights made up.

Weights and images are computed, not stored: the test makes the same ones. python3 torchvision-networks.py writes the
file beside this script.
"""
import hashlib
import json
import math
import pathlib
import zlib

import numpy as np
import torch
import torchvision
from torch import nn
from torchvision.ops.misc import Conv2dNormActivation

from recorder import stored, write

NAMES = ["resnet18", "resnet34", "resnet50", "mobilenet_v2", "vgg16", "densenet121", "efficientnet_b0",
         "efficientnet_v2_s", "mobilenet_v3_small", "mobilenet_v3_large", "regnet_y_400mf", "convnext_tiny",
         "vit_b_16", "vit_b_32", "swin_t"]
IGNORED = ("num_batches_tracked", "relative_position_index")


class MobileNetV1(nn.Module):
    """torchvision has none; this is what it would look like there."""

    def __init__(self):
        super().__init__()
        widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
        features, before = [Conv2dNormActivation(3, 32, 3, 2)], 32
        for width in widths:
            stride = 2 if width == 2 * before and before > 32 else 1
            features.append(nn.Sequential(Conv2dNormActivation(before, before, 3, stride, groups=before),
                                          Conv2dNormActivation(before, width, 1)))
            before = width
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1024, 1000))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


def noise(name, count):
    """Numbers from -0.5 to 0.5: a hash of name and index, of 24 bits."""
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32(zlib.crc32(name.encode()))
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float64) / 2**24 - 0.5


def values(name, shape, gain):
    """Weights of about the deviation that keeps a ReLU network's; variances around 1, factors of norms around gain."""
    u = noise(name, math.prod(shape))
    if len(shape) > 1:
        made = u * (2 * math.sqrt(6 / math.prod(shape[1:])))
    elif name.endswith("running_var"):
        made = 1 + u
    elif name.endswith("weight"):
        made = gain + 0.2 * gain * u
    else:
        made = 0.2 * u
    return torch.from_numpy(made.astype(np.float32).astype(np.float64)).reshape(shape)


# Through its 40 blocks values grow to 1e7 otherwise, and PyTorch's own float32 is off by 78 %.
GAINS = {"efficientnet_v2_s": 0.7}


def record(name, network):
    tensors = {k: v for k, v in network.state_dict().items() if not k.endswith(IGNORED)}
    lines = "".join(f"{k} {'x'.join(map(str, v.shape))}\n" for k, v in sorted(tensors.items()))
    for key, value in tensors.items():
        value.copy_(values(key, list(value.shape), GAINS.get(name, 1)))
    height, width = (224, 224) if name.startswith(("vit", "swin")) else (70, 90)
    images = torch.from_numpy(4 * noise("images", 2 * 3 * height * width)).reshape(2, 3, height, width)
    with torch.no_grad():
        output = network.double().eval()(images)
    apart = (output[0] - output[1]).abs().max() / output.abs().max()
    print(f"{name}: largest output {output.abs().max():.4g}, between images {apart:.4g}")
    stored[f"{name}.output"] = output
    return {"tensors": len(tensors), "sha256": hashlib.sha256(lines.encode()).hexdigest()}


facts = {name: record(name, getattr(torchvision.models, name)(weights=None)) for name in NAMES}
facts["mobilenet_v1"] = record("mobilenet_v1", MobileNetV1())
write(pathlib.Path(__file__).with_suffix(".safetensors"),
      networks=json.dumps(facts), torchvision=torchvision.__version__)
