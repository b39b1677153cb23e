"""Records torch-boxes.safetensors: losses of boxes, written out in PyTorch's operators, which differentiate them.

Run by a Python that has torch, in this folder. The generalized intersection over union is torchvision's
generalized_box_iou_loss without its epsilon, the focal loss its sigmoid_focal_loss.
"""
from pathlib import Path

import torch
import torch.nn.functional as F

from recorder import draw, record, write

torch.manual_seed(41)


def overlap(a, b, generalized):
    """Of boxes [..., 4]: left, top, right, bottom."""
    low = torch.maximum(a[..., :2], b[..., :2])
    high = torch.minimum(a[..., 2:], b[..., 2:])
    both = (high - low).clamp(min=0).prod(-1)
    union = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - both
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    iou = both / union
    return iou - (hull - union) / hull if generalized else iou


def boxes(*shape):
    """Numbers that float32 holds exactly."""
    corner = draw(*shape, 2)
    return torch.cat([corner, (corner + draw(*shape, 2).abs() + 0.25).float().double()], -1)


def run(name, op, params, function, logits, target):
    leaf = logits.clone().requires_grad_(True)
    output = function(leaf, target)
    grad = draw(1)[0]
    output.backward(grad)
    record(name, op, params, {"input": logits, "target": target, "grad_output": grad},
           {"output": output, "grad_input": leaf.grad})


for shape in ((5,), (3, 7), (2, 3, 4)):
    for generalized in (False, True):
        for reduction in ("mean", "sum"):
            run(f"box_iou-{'x'.join(map(str, shape))}-{generalized}-{reduction}", "box_iou",
                {"generalized": generalized, "reduction": reduction},
                lambda x, y: getattr(1 - overlap(x, y, generalized), reduction)(), boxes(*shape), boxes(*shape))


def point_loss(x, y, alpha, gamma, box_weight):
    """[N, C + 4, H, W]: focal losses of classes, and at cells that have one that of the boxes."""
    classes, wanted = x[:, :-4], y[:, :-4]
    p = torch.sigmoid(classes)
    wrong = torch.where(wanted > 0, 1 - p, p)
    weight = torch.where(wanted > 0, alpha, 1 - alpha)
    cross = F.binary_cross_entropy_with_logits(classes, wanted.clamp(min=0), reduction="none")
    focal = torch.where(wanted < 0, 0.0, weight * wrong ** gamma * cross).sum()
    found = (wanted > 0).any(1)
    sign = torch.tensor([-1.0, -1.0, 1.0, 1.0])
    own = (x[:, -4:].movedim(1, -1)[found]).exp() * sign
    true = y[:, -4:].movedim(1, -1)[found] * sign
    return (focal + box_weight * (1 - overlap(own, true, True)).sum()) / max(1, int(found.sum()))


for classes, height, width in ((1, 3, 4), (3, 5, 3)):
    for alpha, gamma, box_weight in ((0.25, 2.0, 1.0), (0.5, 0.5, 2.0)):
        target = torch.zeros(2, classes + 4, height, width)
        for cell in torch.randperm(2 * height * width)[:7].tolist():
            n, rest = divmod(cell, height * width)
            row, column = divmod(rest, width)
            target[n, cell % classes, row, column] = 1
            target[n, classes:, row, column] = (draw(4).abs() + 0.25).float().double()
        target[:, :classes, -1, -1][target[:, :classes, -1, -1].sum(1) == 0] = -1  # ignored
        run(f"point_loss-{classes}x{height}x{width}-{alpha}", "point_loss",
            {"alpha": alpha, "gamma": gamma, "box_weight": box_weight},
            lambda x, y: point_loss(x, y, alpha, gamma, box_weight), draw(2, classes + 4, height, width), target)
write(Path("torch-boxes.safetensors"))
