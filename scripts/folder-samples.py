"""Writes test/data/folders.json.gz: what Keras on TensorFlow makes of folders of the images in test/data/images, and of others.

Run with a Python that has Keras and TensorFlow: python scripts/folder-samples.py
"""

import base64
import gzip
import json
import os
import shutil
import tempfile
import wave

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras  # noqa: E402
import numpy as np  # noqa: E402

root = os.path.join(os.path.dirname(__file__), "..", "test", "data")
folder = tempfile.mkdtemp()
rng = np.random.default_rng(0)


def sound(name, samples, channels):
    """A WAV file of 16 bits."""
    values = rng.integers(-30000, 30000, samples * channels).astype("<i2")
    with wave.open(name, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(values.tobytes())


# No JPEG: TensorFlow decodes those faster, and less exactly, than Pillow.
images = {
    "b/one/s0.jpg": "rgba.png", "b/z.PNG": "rgb.png", "b/one.png": "grey.png", "a/p.bmp": "rgb.bmp", "a/m.gif": "moving.gif",
    "a/deep/er/q.png": "rgba.png", ".hidden/s1.jpg": "rgb.png", "a/no.txt": "s1.jpg", "c-3/r.jpeg": "palette.png",
}  # fmt: skip
texts = {"neg/1.txt": "bad", "neg/10.txt": "", "neg/2.txt": "awful\nfilm", "pos/1.txt": "good é", "pos/3.txt": "fine"}
sounds = {"no/a.wav": (7, 2), "no/b.wav": (4, 2), "yes/c.wav": (9, 2)}
for name, source in images.items():
    os.makedirs(os.path.dirname(f"{folder}/images/{name}"), exist_ok=True)
    shutil.copy(os.path.join(root, "images", source), f"{folder}/images/{name}")
for name, text in texts.items():
    os.makedirs(os.path.dirname(f"{folder}/texts/{name}"), exist_ok=True)
    with open(f"{folder}/texts/{name}", "w") as file:
        file.write(text)
for name, size in sounds.items():
    os.makedirs(os.path.dirname(f"{folder}/sounds/{name}"), exist_ok=True)
    sound(f"{folder}/sounds/{name}", *size)


def plain(x):
    x = x.numpy()
    if x.dtype == object:
        return {"texts": [text.decode() for text in x.ravel()]}
    # In 64ths, which is enough.
    values = np.round(x.astype("float64") * 64).astype("<i2")
    return {"shape": list(x.shape), "dtype": str(x.dtype), "data": base64.b64encode(values.tobytes()).decode()}


cases = []


def case(kind, with_data=True, below="", **options):
    make = getattr(keras.utils, f"{kind}_dataset_from_directory")
    found = make(f"{folder}/{kind if kind != 'audio' else 'sound'}s{below}", **options)
    sets = list(found) if options.get("subset") == "both" else [found]
    cases.append({
        "kind": kind,
        "below": below,
        "options": options,
        "sets": [{
            "classNames": each.class_names,
            "filePaths": [path[len(folder) + 1 :] for path in getattr(each, "file_paths", [])],
            "batches": [[plain(x) for x in (batch if isinstance(batch, tuple) else [batch])] for batch in each]
            if with_data else None,
        } for each in sets],
    })  # fmt: skip


size = {"image_size": (6, 9), "shuffle": False}
for interpolation in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"):
    case("image", below="/b", **size, interpolation=interpolation, labels=None)
    case("image", below="/c-3", image_size=(14, 27), shuffle=False, interpolation=interpolation, labels=None)
for options in ({"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}, {"data_format": "channels_first"},
                {"label_mode": "categorical", "batch_size": 4}, {"label_mode": None, "batch_size": None},
                {"labels": [4, 4, 2, 2, 4, 7, 2, 4]}, {"class_names": ["b", "a"], "label_mode": "binary"},
                {"color_mode": "rgba"}):  # fmt: skip
    # TensorFlow makes RGBA of nothing but PNG and JPEG.
    if "color_mode" in options:
        case("image", False, **size, **options)
    else:
        case("image", **size, **options)
for seed in (1, 77):
    case("image", False, image_size=5, seed=seed)
    for subset in ("training", "validation", "both"):
        case("image", False, image_size=5, seed=seed, validation_split=0.35, subset=subset)
case("text", shuffle=False, batch_size=2)
case("text", shuffle=False, max_length=3, label_mode="categorical")
case("audio", shuffle=False)
case("audio", shuffle=False, output_sequence_length=6, label_mode="binary")
case("audio", shuffle=False, batch_size=None)

files = {"images": images, "texts": texts, "sounds": {}}
for name in sounds:
    with open(f"{folder}/sounds/{name}", "rb") as file:
        files["sounds"][name] = base64.b64encode(file.read()).decode()
with open(os.path.join(root, "folders.json.gz"), "wb") as file:
    file.write(gzip.compress(json.dumps({"files": files, "cases": cases}).encode(), mtime=0))
shutil.rmtree(folder)
