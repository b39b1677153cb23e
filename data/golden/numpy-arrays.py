"""Writes arrays [2, 3, 4] of each type, byte order, memory order and version of .npy, deflated and stored.

Element i, in C order, is 3 i, or 3 i - 10 of signed types, a quarter of that of floats, i mod 2 of bool.
"""
import io
import pathlib
import zipfile

import numpy as np

here = pathlib.Path(__file__).parent
FIXED = (1980, 1, 1, 0, 0, 0)  # so that equal arrays are equal bytes


def values(dtype):
    i = np.arange(24)
    if dtype.kind == "b":
        v = i % 2
    elif dtype.kind == "u":
        v = 3 * i
    else:
        v = (3 * i - 10) / (4 if dtype.kind == "f" else 1)
    return v.astype(dtype).reshape(2, 3, 4)


def npy(array, version):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


with zipfile.ZipFile(here / "numpy-arrays.npz", "w") as zipped:

    def add(name, array, version, deflated):
        method = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
        zipped.writestr(zipfile.ZipInfo(name + ".npy", FIXED), npy(array, version), method)

    n = 0
    for code in ["b1", "u1", "i1", "u2", "i2", "u4", "i4", "i8", "f2", "f4", "f8"]:
        for order in ["<", ">"] if code[1] != "1" else ["|"]:
            for columns in [False, True]:
                array = values(np.dtype(order + code))
                array = np.asfortranarray(array) if columns else array
                name = {"<": "little", ">": "big", "|": "byte"}[order] + ("_columns" if columns else "")
                add(f"{code}_{name}", array, ((1, 0), (2, 0), (3, 0))[n % 3], n % 2 == 0)
                n += 1
    add("classes", np.array(["cat", "grün", "a longer name"]), (3, 0), True)
    add("bytes", np.array([b"cat", b"dogs"]), (1, 0), False)
    add("scalar", np.array(5.0), (1, 0), False)
