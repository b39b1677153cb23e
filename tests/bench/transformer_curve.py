"""Losses of ViT-tiny's first training steps in Quern and PyTorch, from the same weights and on the same batches.

python3 transformer_curve.py data CIFAR_FOLDER FOLDER    writes 100 batches of 32 images of an image folder
TransformerCurve FOLDER                                  trains in Quern
python3 transformer_curve.py compare FOLDER              trains torchvision's network and prints both curves
"""
import json
import pathlib
import struct
import sys

import numpy as np
import torch
from PIL import Image
from torchvision.models.vision_transformer import VisionTransformer

BATCHES, BATCH = 100, 32


def data(source, folder):
    images, labels = [], []
    for label, kind in enumerate(sorted(pathlib.Path(source).iterdir())):
        for file in sorted(kind.iterdir()):
            images.append(np.asarray(Image.open(file).convert("RGB"), np.float32).transpose(2, 0, 1) / 255)
            labels.append(label)
    random, count = np.random.default_rng(0), BATCHES * BATCH
    order = np.concatenate([random.permutation(len(images)) for _ in range(count // len(images) + 1)])[:count]
    ((np.stack(images)[order] - 0.47) / 0.25).astype("<f4").tofile(folder / "images.bin")
    np.array(labels, "<i4")[order].tofile(folder / "labels.bin")


def weights(file, state):
    raw = file.read_bytes()
    begin = 8 + struct.unpack("<Q", raw[:8])[0]
    found = {}
    for name, of in json.loads(raw[8:begin]).items():
        if name != "__metadata__":
            first, last = of["data_offsets"]
            name = name.replace(".in_proj.", ".in_proj_")
            for own in ("class_token", "pos_embedding"):
                name = name.replace(own + ".weight", own)
            values = np.frombuffer(raw[begin + first:begin + last], "<f4").copy()
            found[name] = torch.from_numpy(values).reshape(state[name].shape)
    return found


def compare(folder):
    network = VisionTransformer(image_size=32, patch_size=4, num_layers=12, num_heads=3, hidden_dim=192, mlp_dim=768,
                                num_classes=10)
    network.load_state_dict(weights(folder / "initial.safetensors", network.state_dict()))
    network.train()
    images = torch.from_numpy(np.fromfile(folder / "images.bin", "<f4")).reshape(BATCHES, BATCH, 3, 32, 32)
    labels = torch.from_numpy(np.fromfile(folder / "labels.bin", "<i4")).reshape(BATCHES, BATCH).long()
    optimizer = torch.optim.Adam(network.parameters(), lr=5e-4)
    quern = [float(line) for line in (folder / "losses.txt").read_text().split()]
    for step in range(BATCHES):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(images[step]), labels[step])
        loss.backward()
        optimizer.step()
        print(f"{step + 1} Quern {quern[step]:.5f} PyTorch {loss.item():.5f}")


if sys.argv[1] == "data":
    data(sys.argv[2], pathlib.Path(sys.argv[3]))
else:
    compare(pathlib.Path(sys.argv[2]))
