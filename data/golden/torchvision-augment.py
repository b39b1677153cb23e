"""Records torchvision-augment.safetensors: steps of augmentation by torchvision on images of floats.

The parameters of a case are those of the function. python3 torchvision-augment.py writes it beside this script.
"""
import pathlib

import torch
import torchvision.transforms.functional as F
import torchvision.transforms.v2.functional as V
from torchvision.transforms import InterpolationMode

from recorder import record, write

torch.manual_seed(37)
LINEAR = InterpolationMode.BILINEAR


def image(c, h, w):
    """From 0 to 1, smooth enough that borders show, exact in float32; the first pixels are gray, black and white."""
    x = torch.rand(c, h, w)
    x[:, 0, 0], x[:, 0, 1], x[:, 0, 2] = 0.5, 0.0, 1.0
    return x.float().double()


def case(name, op, params, function, shape=(3, 4, 5)):
    x = image(*shape)
    record(name, "augment." + op, params, {"input": x[None]}, {"output": function(x)[None]})


def filled(x, fill, function):
    """torchvision's own fill weighs the pixels at the border twice; so the image is moved to make black of it."""
    return function(x - fill) + fill


for i, f in enumerate([0.0, 0.4, 1.0, 1.7]):
    case(f"brightness_{i}", "brightness", {"factor": f}, lambda x: F.adjust_brightness(x, f))
    case(f"contrast_{i}", "contrast", {"factor": f}, lambda x: F.adjust_contrast(x, f))
    case(f"saturation_{i}", "saturation", {"factor": f}, lambda x: F.adjust_saturation(x, f))
    case(f"sharpness_{i}", "sharpness", {"factor": f}, lambda x: F.adjust_sharpness(x, f))
for i, f in enumerate([-0.5, -0.1, 0.03, 0.4]):
    case(f"hue_{i}", "hue", {"factor": f}, lambda x: F.adjust_hue(x, f))
case("contrast_grey", "contrast", {"factor": 0.3}, lambda x: F.adjust_contrast(x, 0.3), (1, 5, 8))
case("grayscale", "grayscale", {}, lambda x: F.rgb_to_grayscale(x, 3))
case("invert", "invert", {}, F.invert)
for bits in (1, 4, 8):
    case(f"posterize_{bits}", "posterize", {"bits": bits}, lambda x: V.posterize(x, bits))
case("solarize", "solarize", {"threshold": 0.6}, lambda x: F.solarize(x, 0.6))
case("autocontrast", "autocontrast", {}, lambda x: F.autocontrast(x * 0.5 + 0.2))
case("equalize", "equalize", {}, V.equalize, (1, 17, 19))
for i, (k, s) in enumerate([(3, 0.5), (5, 1.3), (7, 4.0)]):
    case(f"gaussian_blur_{i}", "gaussian_blur", {"kernel": k, "sigma": s}, lambda x: F.gaussian_blur(x, [k, k], [s, s]), (1, 7, 9))
for i, (angle, move, scale, shear, fill) in enumerate([
        (0, (2, -1), 1.0, 0.0, 0.0), (30, (0, 0), 1.0, 0.0, 0.0), (-75, (1, 2), 0.7, 12.0, 0.25),
        (200, (-3, 0), 1.6, -30.0, 1.0)]):
    case(f"affine_{i}", "affine", {"degrees": angle, "x": move[0], "y": move[1], "scale": scale, "shear": shear, "fill": fill},
         lambda x: filled(x, fill, lambda y: F.affine(y, angle, list(move), scale, [shear, 0.0], LINEAR)), (3, 7, 9))
for i, (angle, fill) in enumerate([(17, 0.0), (-90, 0.5), (133, 0.0)]):
    case(f"rotate_{i}", "rotate", {"degrees": angle, "fill": fill}, lambda x: filled(x, fill, lambda y: F.rotate(y, angle, LINEAR)),
         (3, 7, 9))
for i, (to, fill) in enumerate([([1, 0, 8, 1, 7, 6, 0, 5], 0.0), ([2, 2, 6, 0, 8, 4, 1, 6], 0.5)]):
    pairs = [to[k:k + 2] for k in range(0, 8, 2)]
    case(f"perspective_{i}", "perspective", {"corners": to, "fill": fill},
         lambda x: filled(x, fill, lambda y: F.perspective(y, [[0, 0], [8, 0], [8, 6], [0, 6]], pairs, LINEAR)), (3, 7, 9))
for i, (top, left, h, w) in enumerate([(0, 0, 7, 9), (1, 2, 4, 5), (3, 8, 2, 1), (0, 0, 1, 9)]):
    case(f"resized_crop_{i}", "resized_crop", {"top": top, "left": left, "height": h, "width": w},
         lambda x: F.resized_crop(x, top, left, h, w, [7, 9], LINEAR, False), (3, 7, 9))
write(pathlib.Path(__file__).with_suffix(".safetensors"))
