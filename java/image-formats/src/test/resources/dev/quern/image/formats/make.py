"""Makes the pictures beside this file and expected.txt: what PIL reads in them, upon black where they are
transparent. A line has a name, C, H, W, and the bytes in that order. Made with PIL 11.1; run it in its folder."""

import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

H, W = 19, 23
y, x = np.meshgrid(range(H), range(W), indexing="ij")
RGB = np.stack([x * 11 % 256, y * 13 % 256, (x + y) * 6 % 256], -1).astype(np.uint8)
GREY = ((x * 17 + y * 23) % 256).astype(np.uint8)
ALPHA = ((x * 31 + y * 7) % 256).astype(np.uint8)
WIDE = GREY.astype(np.uint16) * 257 + np.where(GREY < 255, x * 5, 0).astype(np.uint16)
RGBA = np.concatenate([RGB, ALPHA[..., None]], -1)
INKS = np.concatenate([255 - RGB, (y * 9 % 256)[..., None].astype(np.uint8)], -1)
rgb, grey = Image.fromarray(RGB), Image.fromarray(GREY)
lines = []


def upon_black(values, alpha):
    """To the nearest, which is never halfway."""
    return (values.astype(int) * alpha.astype(int) + 127) // 255


def expect(name, values):
    a = np.asarray(values).astype(np.uint8)
    a = a[None] if a.ndim == 2 else a.transpose(2, 0, 1)
    lines.append(f"{name} {a.shape[0]} {a.shape[1]} {a.shape[2]} {a.tobytes().hex()}\n")


def path(name):
    return os.path.join("pictures", name)


def save(name, image, expected=None, **options):
    image.save(path(name), **options)
    expect(name, Image.open(path(name)).convert("RGB") if expected is None else expected)


def exif(orientation):
    e = Image.Exif()
    e[0x0112] = orientation
    return e


# TIFF by libtiff
for name, compression in (("raw", None), ("lzw", "tiff_lzw"), ("deflate", "tiff_adobe_deflate"), ("packbits", "packbits")):
    save(f"rgb-{name}.tif", rgb, RGB, compression=compression)
    save(f"grey-{name}.tif", grey, GREY, compression=compression, tiffinfo={278: 4})
    save(f"grey16-{name}.tif", Image.fromarray(WIDE), np.rint(WIDE / 257), compression=compression)
save("strips.tif", rgb, RGB, tiffinfo={278: 4}, compression="tiff_lzw")
save("alpha.tif", Image.fromarray(RGBA), upon_black(RGB, ALPHA[..., None]), compression="tiff_lzw")
save("grey-alpha.tif", Image.fromarray(np.stack([GREY, ALPHA], -1), "LA"), upon_black(GREY, ALPHA))
save("palette.tif", rgb.quantize(20))
save("one-bit.tif", Image.fromarray(GREY > 127), (GREY > 127) * 255)
save("fax4.tif", Image.fromarray(GREY > 127), (GREY > 127) * 255, compression="group4")
save("cmyk.tif", Image.fromarray(INKS, "CMYK"), compression="tiff_lzw")
save("jpeg.tif", rgb, compression="jpeg", quality=90)
save("pages.tif", rgb, RGB, save_all=True, append_images=[grey])
for orientation in range(1, 9):
    name = f"turned{orientation}.tif"
    rgb.save(path(name), tiffinfo={0x0112: orientation}, compression="tiff_lzw")
    upright = Image.fromarray(RGB)
    upright.getexif()[0x0112] = orientation
    expect(name, ImageOps.exif_transpose(upright))


def tiff(tags, blocks, order="<", big=False):
    """What PIL does not write; the tags of the blocks' places are among the others."""
    offsets, counts = (324, 325) if 322 in tags else (273, 279)
    wide = "Q" if big else "I"
    at = 16 if big else 8
    places = []
    for b in blocks:
        places.append(at)
        at += len(b)
    tags = {k: v if isinstance(v, tuple) else (v,) for k, v in tags.items()}
    tags[offsets], tags[counts] = tuple(places), tuple(len(b) for b in blocks)
    entries, extra = b"", b""
    after = at + (8 + 20 * len(tags) + 8 if big else 2 + 12 * len(tags) + 4)
    room = 8 if big else 4
    for tag in sorted(tags):
        long = tag in (offsets, counts)
        value = struct.pack(f"{order}{len(tags[tag])}{'I' if long else 'H'}", *tags[tag])
        if len(value) > room:
            value, tail = struct.pack(order + wide, after + len(extra)), value
            extra += tail
        entries += struct.pack(order + "HH" + wide, tag, 4 if long else 3, len(tags[tag])) + value.ljust(room, b"\0")
    mark = {"<": b"II", ">": b"MM"}[order]
    head = mark + (struct.pack(order + "HHHQ", 43, 8, 0, at) if big else struct.pack(order + "HI", 42, at))
    count = struct.pack(order + ("Q" if big else "H"), len(tags))
    return head + b"".join(blocks) + count + entries + struct.pack(order + wide, 0) + extra


def tiles(values, side):
    padded = np.pad(values, ((0, -H % side), (0, -W % side)) + ((0, 0),) * (values.ndim - 2))
    for top in range(0, padded.shape[0], side):
        for left in range(0, padded.shape[1], side):
            yield padded[top:top + side, left:left + side]


def derive(name, content, expected):
    with open(path(name), "wb") as f:
        f.write(content)
    seen = np.asarray(Image.open(path(name)))
    assert expected is None or seen.dtype != np.uint8 or (seen == expected).all(), name
    expect(name, Image.open(path(name)).convert("RGB") if expected is None else expected)


COLOR = {256: W, 257: H, 258: (8, 8, 8), 259: 1, 262: 2, 277: 3}
TILED = {**COLOR, 322: 16, 323: 16}
derive("tiles.tif", tiff(TILED, [t.tobytes() for t in tiles(RGB, 16)]), RGB)
derive("tiles-deflate.tif", tiff({**TILED, 259: 8}, [zlib.compress(t.tobytes()) for t in tiles(RGB, 16)]), RGB)


def differences(t):
    d = t.astype(int)
    d[:, 1:] -= t[:, :-1].astype(int)
    return (d % 256).astype(np.uint8)


derive("predictor.tif", tiff({**COLOR, 259: 8, 278: H, 317: 2}, [zlib.compress(differences(RGB).tobytes())]), RGB)
derive("planes.tif", tiff({**COLOR, 278: H, 284: 2}, [RGB[..., c].tobytes() for c in range(3)]), RGB)
derive("big-endian.tif", tiff({**COLOR, 278: H}, [RGB.tobytes()], ">"), RGB)
derive("bigtiff.tif", tiff({**COLOR, 278: H}, [RGB.tobytes()], big=True), RGB)
derive("rgb16.tif", tiff({**COLOR, 258: (16, 16, 16), 278: H}, [(RGB.astype("<u2") * 257).tobytes()]), RGB)
derive("white-is-zero.tif", tiff({256: W, 257: H, 258: 8, 259: 1, 262: 0, 277: 1, 278: H}, [(255 - GREY).tobytes()]), GREY)
derive("grey4.tif", tiff({256: W, 257: H, 258: 4, 259: 1, 262: 1, 277: 1, 278: H},
                         [b"".join(bytes((int(r[j]) >> 4) << 4 | (int(r[j + 1]) >> 4 if j + 1 < W else 0)
                                         for j in range(0, W, 2)) for r in GREY)]), (GREY >> 4) * 17)

# WebP
save("lossless.webp", rgb, RGB, lossless=True)
save("lossless-alpha.webp", Image.fromarray(RGBA), upon_black(RGB, ALPHA[..., None]), lossless=True, exact=True)
save("lossless-palette.webp", rgb.quantize(20).convert("RGB"), lossless=True)
save("lossless-turned.webp", rgb, ImageOps.exif_transpose(Image.fromarray(RGB.transpose(1, 0, 2)[:, ::-1])),
     lossless=True, exif=exif(6))
save("animated.webp", rgb, RGB, save_all=True, append_images=[Image.fromarray(RGB[::-1].copy())], lossless=True)
for quality in (30, 75, 95):
    save(f"lossy{quality}.webp", rgb, quality=quality)
soft = Image.fromarray(np.concatenate([RGB, np.clip(x * 12, 0, 255).astype(np.uint8)[..., None]], -1))
soft.save(path("lossy-alpha.webp"), quality=80)
seen = np.asarray(Image.open(path("lossy-alpha.webp")))
expect("lossy-alpha.webp", upon_black(seen[..., :3], seen[..., 3:]))

with open("expected.txt", "w") as f:
    f.writelines(sorted(lines))
