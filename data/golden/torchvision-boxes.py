"""Records torchvision-boxes.safetensors: boxes moved by torchvision with their image, clamped to it.

The parameters of a case are those of torchvision-augment.py; boxes are left, top, right, bottom.
python3 torchvision-boxes.py writes it beside this script.
"""
import pathlib

import torch
import torchvision.transforms.v2.functional as V
from torchvision.tv_tensors import BoundingBoxFormat

from recorder import record, write

torch.manual_seed(43)
XYXY = BoundingBoxFormat.XYXY
HEIGHT, WIDTH = 21, 32


def boxes(n=9):
    """Some at the border, and one of all of the image."""
    x = (torch.rand(n, 2) * (WIDTH + 2) - 1).clamp(0, WIDTH)
    y = (torch.rand(n, 2) * (HEIGHT + 2) - 1).clamp(0, HEIGHT)
    all = torch.stack([x.amin(1), y.amin(1), x.amax(1), y.amax(1)], 1)
    all[0] = torch.tensor([0, 0, WIDTH, HEIGHT])
    return all.float().double()


def case(name, op, params, function):
    b = boxes()
    moved = function(b)
    if isinstance(moved, tuple):
        moved = moved[0]
    moved = V.clamp_bounding_boxes(moved, format=XYXY, canvas_size=(HEIGHT, WIDTH))
    record(name, "boxes." + op, {**params, "size": [HEIGHT, WIDTH]}, {"input": b}, {"output": moved})


CANVAS = {"format": XYXY, "canvas_size": (HEIGHT, WIDTH)}
case("horizontal_flip", "horizontal_flip", {}, lambda b: V.horizontal_flip_bounding_boxes(b, **CANVAS))
case("vertical_flip", "vertical_flip", {}, lambda b: V.vertical_flip_bounding_boxes(b, **CANVAS))
for i, (down, right) in enumerate([(3, -4), (-2, 7), (0, 31)]):
    case(f"move_{i}", "move", {"down": down, "right": right},
         lambda b: V.crop_bounding_boxes(b, XYXY, down, right, HEIGHT, WIDTH))
for i, (top, left, h, w) in enumerate([(0, 0, 21, 32), (2, 5, 11, 17), (20, 31, 1, 1), (0, 4, 21, 3)]):
    case(f"resized_crop_{i}", "resized_crop", {"top": top, "left": left, "height": h, "width": w},
         lambda b: V.resized_crop_bounding_boxes(b, XYXY, top, left, h, w, [HEIGHT, WIDTH]))
for i, angle in enumerate([17, -90, 133]):
    case(f"rotate_{i}", "rotate", {"degrees": angle}, lambda b: V.rotate_bounding_boxes(b, angle=angle, **CANVAS))
for i, (angle, move, scale, shear) in enumerate([
        (0, (2, -1), 1.0, 0.0), (30, (0, 0), 1.0, 0.0), (-75, (1, 2), 0.7, 12.0), (200, (-3, 0), 1.6, -30.0)]):
    case(f"affine_{i}", "affine", {"degrees": angle, "x": move[0], "y": move[1], "scale": scale, "shear": shear},
         lambda b: V.affine_bounding_boxes(b, angle=angle, translate=list(move), scale=scale, shear=[shear, 0.0], **CANVAS))
for i, to in enumerate([[1, 0, 30, 2, 28, 20, 0, 17], [5, 4, 31, 0, 29, 14, 3, 20]]):
    pairs = [to[k:k + 2] for k in range(0, 8, 2)]
    corners = [[0, 0], [WIDTH - 1, 0], [WIDTH - 1, HEIGHT - 1], [0, HEIGHT - 1]]
    case(f"perspective_{i}", "perspective", {"corners": to},
         lambda b: V.perspective_bounding_boxes(b, startpoints=corners, endpoints=pairs, **CANVAS))
write(pathlib.Path(__file__).with_suffix(".safetensors"))
