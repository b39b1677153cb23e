"""Seconds of a training step of torchvision's networks: python3 train_torchvision.py NETWORK [BATCH [THREADS]].

Random weights, images of 3x224x224 and labels; SGD with momentum 0.9 and cross-entropy, as "quern bench" does. Prints
the median of four steps after one that is not counted.
"""
import statistics
import sys
import time

import torch
import torchvision


def main(name, batch=16, threads=2):
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    network = getattr(torchvision.models, name)(weights=None).train()
    images, labels = torch.randn(int(batch), 3, 224, 224), torch.randint(0, 1000, (int(batch),))
    optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    seconds = []
    for _ in range(5):
        begin = time.time()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(images), labels).backward()
        optimizer.step()
        seconds.append(time.time() - begin)
    print(f"{name} {batch}: {statistics.median(seconds[1:]):.2f} s a step, PyTorch {torch.__version__}")


main(*sys.argv[1:])
