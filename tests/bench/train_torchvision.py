"""Seconds of a training step of torchvision's networks: train_torchvision.py NETWORK [BATCH [THREADS [bf16]]].

Random weights, images of 3x224x224 and labels; SGD with momentum 0.9 and cross-entropy, as "quern bench" does. The
network resnet18_cifar is resnet18 for 10 classes of 32x32 images: its first convolution is 3x3 with stride 1, without
pooling. vgg_small is Quern's vgg-small, for the same images. With bf16, under autocast and in channels last. Prints the median of four steps after one that is not counted.
"""
import statistics
import sys
import time

import torch
import torchvision


def vgg_small():
    layers, channels = [], 3
    for stage, width in enumerate((64, 128, 256)):
        layers += [torch.nn.MaxPool2d(2)] if stage > 0 else []
        for _ in range(2):
            layers += [torch.nn.Conv2d(channels, width, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(width)]
            layers += [torch.nn.ReLU(inplace=True)]
            channels = width
    return torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(256, 10))


def create(name):
    if name == "vgg_small":
        return vgg_small(), 32, 10
    if name != "resnet18_cifar":
        return getattr(torchvision.models, name)(weights=None), 224, 1000
    network = torchvision.models.resnet18(weights=None, num_classes=10)
    network.conv1 = torch.nn.Conv2d(3, 64, 3, 1, 1, bias=False)
    network.maxpool = torch.nn.Identity()
    return network, 32, 10


def main(name, batch=16, threads=2, precision="float32"):
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    network, size, classes = create(name)
    images, labels = torch.randn(int(batch), 3, size, size), torch.randint(0, classes, (int(batch),))
    if precision == "bf16":
        network = network.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    network.train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    seconds = []
    for _ in range(5):
        begin = time.time()
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            loss = torch.nn.functional.cross_entropy(network(images), labels)
        loss.backward()
        optimizer.step()
        seconds.append(time.time() - begin)
    middle = statistics.median(seconds[1:])
    print(f"{name} {batch} {precision}: {middle:.2f} s a step, PyTorch {torch.__version__}")


main(*sys.argv[1:])
