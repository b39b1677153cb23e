"""Writes images as SVHN's format 2 has them, by SciPy: deflated with uint8 labels, plain with doubles.

The pixel of image n, channel c, row y and column x is (7 y + 3 x + 50 c + 11 n) mod 256.
"""
import pathlib

import numpy as np
import scipy.io

here = pathlib.Path(__file__).parent
y, x, c, n = np.ogrid[:32, :32, :3, :3]
images = ((7 * y + 3 * x + 50 * c + 11 * n) % 256).astype(np.uint8)
labels = np.array([[1], [10], [9]])
other = {"X": images, "more": np.arange(6.0), "words": np.array(["a", "b"], dtype=object)}
scipy.io.savemat(here / "svhn-scipy.mat", {**other, "y": labels.astype(np.uint8)}, do_compression=True)
scipy.io.savemat(here / "svhn-scipy-plain.mat", {**other, "y": labels.astype(np.float64)})
