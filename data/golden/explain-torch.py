"""Records explain-torch.safetensors: Grad-CAM, saliency and occlusion of a small network, in PyTorch's double precision.

Run by a Python that has torch, in this folder. Grad-CAM is Selvaraju et al., 2017; saliency the largest absolute gradient
over the channels; occlusion the mean loss over the squares that hide a pixel, as captum's Occlusion has it.
"""
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from recorder import draw, stored, write

torch.manual_seed(43)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.conv3 = nn.Conv2d(4, 6, 3)
        self.fc = nn.Linear(6 * 3 * 4, 5)

    def forward(self, x):
        self.layers = {}
        a = self.keep("relu1", F.relu(self.norm1(self.conv1(x))))
        b = self.keep("conv2", self.conv2(a))
        c = self.keep("relu2", F.relu(a + b))
        d = self.keep("relu3", F.relu(self.conv3(c)))
        return self.fc(F.max_pool2d(d, 2).flatten(1))

    def keep(self, name, value):
        if value.requires_grad:
            value.retain_grad()
        self.layers[name] = value
        return value


net = Small().eval()
for name, t in net.state_dict().items():
    if t.is_floating_point():
        t.copy_(draw(*t.shape) * 0.4 if "running_var" not in name else draw(*t.shape).abs() + 0.5)
        t.copy_(t.float().double())
        stored[f"weights.{name}"] = t.float()
x = draw(1, 3, 8, 10)
stored["sample"] = x.float()
stored["classes"] = net(x)[0].detach().float()
for k in (1, 4):
    leaf = x.clone().requires_grad_(True)
    net.zero_grad()
    net(leaf)[0, k].backward()
    stored[f"saliency.{k}"] = leaf.grad[0].abs().amax(0).float()
    for layer, a in net.layers.items():
        weights = a.grad.mean((2, 3), keepdim=True)
        cam = F.relu((weights * a).sum(1, keepdim=True))
        cam = F.interpolate(cam, size=x.shape[2:], mode="bilinear", align_corners=False)
        stored[f"grad_cam.{layer}.{k}"] = cam[0, 0].detach().float()
    with torch.no_grad():
        loss, count = torch.zeros(8, 10), torch.zeros(8, 10)
        for top in (0, 2, 4, 5):
            for left in (0, 2, 4, 6, 7):
                hidden = x.clone()
                hidden[:, :, top:top + 3, left:left + 3] = 0
                loss[top:top + 3, left:left + 3] += net(x)[0, k] - net(hidden)[0, k]
                count[top:top + 3, left:left + 3] += 1
        stored[f"occlusion.{k}"] = (loss / count).float()
write(Path("explain-torch.safetensors"), explain="small network")
