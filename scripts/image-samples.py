"""Writes test/data/images: small images of each format, and what Keras makes of them.

Run with a Python that has Keras and Pillow: python scripts/image-samples.py
"""

import base64
import gzip
import json
import os
import warnings

import numpy as np
from PIL import Image

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402

warnings.simplefilter("ignore")
root = os.path.join(os.path.dirname(__file__), "..", "test", "data", "images")
os.makedirs(root, exist_ok=True)
at = lambda name: os.path.join(root, name)  # noqa: E731

rng = np.random.default_rng(0)
blocks = np.kron(rng.integers(0, 230, (4, 5, 3)), np.ones((5, 5, 1))).astype(int)[:19, :23]
pixels = (blocks + np.indices((19, 23)).sum(0)[..., None]).clip(0, 255).astype("uint8")
rgb = Image.fromarray(pixels)
grey = rgb.convert("L")
few = rgb.quantize(7)
rgba = rgb.copy()
rgba.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 23).astype("uint8"), (19, 1))))
color = tuple(int(v) for v in pixels[0, 0])

for subsampling in (0, 1, 2):
    rgb.save(at(f"s{subsampling}.jpg"), quality=80, subsampling=subsampling)
rgb.save(at("progressive.jpg"), quality=60, progressive=True)
grey.save(at("grey.jpg"))
rgb.convert("CMYK").save(at("cmyk.jpg"))
exif = Image.Exif()
exif[0x0112] = 6
rgb.save(at("turned.jpg"), exif=exif)
rgb.save(at("lossy.webp"))
rgba.save(at("lossless.webp"), lossless=True, exact=True)
for name, image in {"rgb": rgb, "grey": grey, "bits": rgb.convert("1"), "palette": few}.items():
    image.save(at(f"{name}.bmp"))
    image.save(at(f"{name}.png"))
rgba.save(at("rgba.png"))
rgba.convert("LA").save(at("grey-alpha.png"))
grey.save(at("grey-transparent.png"), transparency=int(np.asarray(grey)[0, 0]))
rgb.save(at("transparent.png"), transparency=color)
few.save(at("palette-transparent.png"), transparency=3)
Image.fromarray(np.asarray(grey).astype("uint16") * 250).save(at("grey16.png"))
few.save(at("palette.gif"))
few.save(at("transparent.gif"), transparency=2)
rgb.save(at("moving.gif"), save_all=True, append_images=[rgb.rotate(90)])

cases = []


def case(name, **options):
    image = keras.utils.load_img(at(name), **options)
    x = np.ascontiguousarray(np.asarray(image))
    cases.append({
        "name": name, "options": options, "mode": image.mode, "size": list(image.size),
        "data": base64.b64encode(x.tobytes()).decode(),
    })  # fmt: skip


for name in sorted(os.listdir(root)):
    if name.endswith(("expected.json.gz", "cmyk.jpg")):
        continue
    for color_mode in ("rgb", "rgba", "grayscale"):
        # Pillow cuts grey of 16 bits off at 255.
        if name == "grey16.png" and color_mode != "grayscale":
            continue
        case(name, color_mode=color_mode)
for interpolation in ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"):
    for name, color_mode in (("rgb.png", "rgb"), ("rgba.png", "rgba"), ("grey16.png", "grayscale")):
        for size in ((7, 31), (40, 9), (19, 5)):
            case(name, color_mode=color_mode, target_size=size, interpolation=interpolation)
    case("rgb.png", target_size=(10, 30), interpolation=interpolation, keep_aspect_ratio=True)
    case("rgb.png", target_size=(12, 5), interpolation=interpolation, keep_aspect_ratio=True)

with open(at("expected.json.gz"), "wb") as file:
    file.write(gzip.compress(json.dumps(cases).encode(), mtime=0))
