"""Images a second of torchvision's networks: infer_torchvision.py NETWORK [BATCH [THREADS [bf16 [compile]]]].

Random weights and images of 3x224x224, channels last. With bf16, weights and values are bfloat16; with compile, the
network is compiled by torch.compile with frozen weights, which needs a C++ compiler. Prints the median of the steps of
five seconds, after a second that is not counted.
"""
import statistics
import sys
import time

import torch
import torch._inductor.config
import torchvision


def main(name, batch=1, threads=2, precision="float32", how="eager"):
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    element = torch.bfloat16 if precision == "bf16" else torch.float32
    network = getattr(torchvision.models, name)(weights=None).eval().to(element, memory_format=torch.channels_last)
    images = torch.randn(int(batch), 3, 224, 224, dtype=element).contiguous(memory_format=torch.channels_last)
    if how == "compile":
        torch._inductor.config.freezing = True
        network = torch.compile(network)
    with torch.no_grad():
        network(images)
        rates = []
        begin = time.time()
        while time.time() < begin + 6:
            step = time.time()
            network(images)
            if step > begin + 1:
                rates.append(int(batch) / (time.time() - step))
    print(f"{name} {batch} {precision} {how}: {statistics.median(rates):.1f} images/s, PyTorch {torch.__version__}")


main(*sys.argv[1:])
