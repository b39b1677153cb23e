"""Answers lines of JSON on standard input with lines of JSON, until there are no more."""
import gc
import json
import re
import sys
import traceback

import torch


def libraries():
    """The files that are loaded as a BLAS."""
    with open("/proc/self/maps") as maps:
        return sorted(set(re.findall(r"/\S*blas\S*", maps.read())))


def serve(answer):
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    print(json.dumps({"version": torch.__version__, "libraries": libraries()}), flush=True)
    for line in sys.stdin:
        try:
            result = answer(json.loads(line))
        except Exception:
            result = {"error": traceback.format_exc()}
        gc.collect()
        print(json.dumps(result), flush=True)
