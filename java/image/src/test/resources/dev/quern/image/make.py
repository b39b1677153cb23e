"""Makes the pictures beside this file and expected.txt: what PIL reads in them, upon black where they are
transparent. A line has a name, C, H, W, and the bytes in that order. Made with PIL 11.1; run it in its folder."""

import io
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms, ImageOps

H, W = 9, 13
y, x = np.meshgrid(range(H), range(W), indexing="ij")
RED, GREEN, BLUE = x * 19 % 256, y * 28 % 256, (x + y) * 12 % 256
RGB = np.stack([RED, GREEN, BLUE], -1).astype(np.uint8)
GREY = ((x * 17 + y * 23) % 256).astype(np.uint8)
ALPHA = ((x * 31 + y * 7) % 256).astype(np.uint8)
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


def write(name, content):
    with open(path(name), "wb") as f:
        f.write(content)


def read(name):
    with open(path(name), "rb") as f:
        return f.read()


def save(name, image, expected=None, **options):
    image.save(path(name), **options)
    expect(name, Image.open(path(name)).convert("RGB") if expected is None else expected)


def derive(name, content):
    write(name, content)
    expect(name, Image.open(path(name)).convert("RGB"))


# PNG
save("grey.png", grey, GREY)
save("grey-alpha.png", Image.fromarray(np.stack([GREY, ALPHA], -1), "LA"), upon_black(GREY, ALPHA))
save("rgb.png", rgb)
rgba = Image.fromarray(np.concatenate([RGB, ALPHA[..., None]], -1))
save("rgb-alpha.png", rgba, upon_black(RGB, ALPHA[..., None]))
wide = GREY.astype(np.uint16) * 257 + np.where(GREY < 255, x * 9, 0).astype(np.uint16)
save("grey16.png", Image.fromarray(wide), np.rint(wide / 257))
for bits in (1, 2, 4):
    few = Image.fromarray(GREY >> 8 - bits)
    few.putpalette([v * 255 // (2**bits - 1) for v in range(2**bits) for _ in range(3)])
    save(f"grey-palette{bits}.png", few, (GREY >> 8 - bits) * (255 // (2**bits - 1)), bits=bits)
save("one-bit.png", Image.fromarray(GREY > 127), (GREY > 127) * 255)
palette = rgb.quantize(20)
save("palette.png", palette)
colors = np.asarray(palette.convert("RGB"))
opacity = bytes(range(0, 240, 12))
index = np.asarray(palette)
save("palette-alpha.png", palette, upon_black(colors, np.frombuffer(opacity, np.uint8)[index][..., None]),
     transparency=opacity)
key = tuple(int(v) for v in RGB[3, 4])
save("rgb-key.png", rgb, RGB * (RGB != key).any(-1, keepdims=True), transparency=key)
save("grey-key.png", grey, GREY * (GREY != GREY[2, 2]), transparency=int(GREY[2, 2]))
exif = Image.Exif()
exif[0x0112] = 6
save("turned.png", rgb, ImageOps.exif_transpose(Image.fromarray(RGB.transpose(1, 0, 2)[:, ::-1])), exif=exif)


def png(depth, color, rows, *chunks):
    """What PIL does not write."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", W, H, depth, color, 0, 0, 0)
    raw = b"".join(b"\0" + r for r in rows)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*c) for c in chunks)
            + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


wide3 = RGB.astype(np.uint16) * 257
write("rgb16.png", png(16, 2, [r.astype(">u2").tobytes() for r in wide3]))
expect("rgb16.png", RGB)
few = (GREY >> 6).astype(np.uint8)
rows = [bytes(sum(int(v) << 6 - 2 * i for i, v in enumerate(r[j:j + 4])) for j in range(0, W, 4)) for r in few]
write("grey2.png", png(2, 0, rows))
expect("grey2.png", few * 85)
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
save("profile.png", rgb, icc_profile=profile)

# JPEG
for name, sampling in (("444", 0), ("422", 1), ("420", 2)):
    save(f"sampled{name}.jpg", rgb, quality=85, subsampling=sampling)
save("progressive.jpg", rgb, quality=80, progressive=True)
save("grey.jpg", grey, quality=85)
expect_grey = np.asarray(Image.open(path("grey.jpg")))
lines.pop()
expect("grey.jpg", expect_grey)
save("rgb.jpg", rgb, quality=85, keep_rgb=True)
save("profile.jpg", rgb, quality=85, icc_profile=profile)
save("restarts.jpg", rgb, quality=85, restart_marker_blocks=1)
inks = np.concatenate([255 - RGB, (y * 20 % 256)[..., None].astype(np.uint8)], -1)
save("cmyk.jpg", Image.fromarray(inks, "CMYK"), quality=90)
cmyk = read("cmyk.jpg")
at = cmyk.index(b"Adobe") + 11
derive("ycck.jpg", cmyk[:at] + b"\2" + cmyk[at + 1:])
jfif = read("sampled444.jpg")
assert jfif[2:4] == b"\xff\xe0"
bare = jfif[:2] + jfif[4 + struct.unpack(">H", jfif[4:6])[0]:]
derive("no-jfif.jpg", bare)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    name = f"exif{orientation}.jpg"
    rgb.save(path(name), quality=85, exif=exif)
    expect(name, ImageOps.exif_transpose(Image.open(path(name))))

# GIF
save("palette.gif", palette)
other = Image.fromarray(RGB[::-1].copy()).quantize(20)
save("animated.gif", palette, save_all=True, append_images=[other], duration=50)
# with a transparent color, at a place on a larger screen
few = palette.copy()
save("transparent.gif", few, colors * (index != 3)[..., None], transparency=3, optimize=False)
gif = bytearray(read("transparent.gif"))
struct.pack_into("<HH", gif, 6, W + 4, H + 3)
descriptor = gif.index(b"," + struct.pack("<HHHH", 0, 0, W, H))
struct.pack_into("<HH", gif, descriptor + 1, 3, 2)
write("placed.gif", gif)
screen = np.zeros((H + 3, W + 4, 3), np.uint8)
screen[2:2 + H, 3:3 + W] = colors * (index != 3)[..., None]
expect("placed.gif", screen)

# BMP
save("rgb.bmp", rgb)
save("grey.bmp", grey, GREY)
save("palette.bmp", palette)
save("one-bit.bmp", Image.fromarray(GREY > 127), (GREY > 127) * 255)

with open("expected.txt", "w") as f:
    f.writelines(sorted(lines))
