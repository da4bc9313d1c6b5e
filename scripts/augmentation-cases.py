"""Writes test/data/layers/augmentation.json.gz: what Keras's layers over images make of a few images while training.

Needs Keras on JAX: KERAS_BACKEND=jax python scripts/augmentation-cases.py
"""

import base64
import copy
import gzip
import json

import keras
import numpy as np

layers = keras.layers
draws = np.random.default_rng(5)


def stored(x):
    x = np.asarray(x)
    if x.dtype == np.int64:
        x = x.astype(np.int32)
    return {"shape": list(x.shape), "dtype": str(x.dtype), "data": base64.b64encode(np.ascontiguousarray(x).tobytes()).decode()}


def nest(x):
    if isinstance(x, dict):
        return {k: nest(v) for k, v in x.items()}
    return stored(x)


last = draws.uniform(0, 255, (3, 7, 9, 3)).astype("float32")
square = draws.uniform(0, 255, (2, 8, 8, 3)).astype("float32")
boxes = {
    "boxes": np.array(
        [[[1, 1, 4, 5], [0, 2, 8, 6]], [[2, 0, 5, 3], [6, 4, 9, 7]], [[3, 3, 4, 4], [0, 0, 9, 7]]], "float32"
    ),
    "labels": np.array([[1, 2], [3, 4], [0, 5]], "int32"),
}
inputs = {
    "last": last,
    "first": np.transpose(last, (0, 3, 1, 2)).copy(),
    "unit": (last / 255).astype("float32"),
    "unit_first": np.transpose((last / 255).astype("float32"), (0, 3, 1, 2)).copy(),
    "square": square,
    "one": last[0],
    "bytes": last.astype("uint8"),
    "grey": last[..., :1].copy(),
    "labelled": {"images": last, "labels": np.eye(3, dtype="float32")},
    "scene": {
        "images": last,
        "labels": np.eye(3, dtype="float32"),
        "bounding_boxes": boxes,
        "segmentation_masks": draws.integers(0, 3, (3, 7, 9, 1)).astype("float32"),
    },
    "masked": {"images": last, "segmentation_masks": draws.integers(0, 3, (3, 7, 9, 1)).astype("float32")},
    "one_scene": {
        "images": last[1],
        "bounding_boxes": {k: v[1] for k, v in boxes.items()},
        "segmentation_masks": draws.integers(0, 3, (7, 9, 1)).astype("float32"),
    },
}


def case(name, on, training=(True, True, False), **kwargs):
    layer = getattr(layers, name)(**kwargs)
    calls = []
    for t in training:
        x = copy.deepcopy(inputs[on])
        y = layer(x, training=t)
        calls.append({"training": t, "outputs": nest(y)})
    generator = getattr(layer, "generator", None)
    state = None if generator is None else stored(generator.state.value)
    return {"class_name": name, "kwargs": kwargs, "on": on, "calls": calls, "state": state}


cf = {"data_format": "channels_first"}
xyxy = {"bounding_box_format": "xyxy"}
cases = []


def add(name, on, **kwargs):
    try:
        cases.append(case(name, on, **kwargs))
    except Exception as error:  # What Keras cannot do itself is no case.
        print(f"{name} on {on}: {str(error).strip().splitlines()[0]}")


for seed in (1, 77):
    add("RandomFlip", "last", seed=seed)
    add("RandomFlip", "last", mode="horizontal", seed=seed)
    add("RandomRotation", "last", factor=0.3, seed=seed)
    add("RandomTranslation", "last", height_factor=0.4, width_factor=0.3, seed=seed)
    add("RandomZoom", "last", height_factor=0.4, seed=seed)
    add("RandomShear", "last", x_factor=0.4, y_factor=[0.1, 0.5], seed=seed)
    add("RandomPerspective", "last", factor=0.8, scale=0.6, seed=seed)
    add("RandomElasticTransform", "square", factor=0.9, scale=1.0, seed=seed)
    add("RandomErasing", "last", factor=0.9, scale=[0.1, 0.6], seed=seed)
    add("RandomGaussianBlur", "last", factor=0.9, kernel_size=[3, 5], sigma=[0.3, 1.0], seed=seed)
    add("RandomBrightness", "last", factor=0.5, seed=seed)
    add("RandomContrast", "last", factor=[0.2, 0.9], seed=seed)
    add("RandomHue", "last", factor=0.8, seed=seed)
    add("RandomSaturation", "last", factor=[0.2, 0.8], seed=seed)
    add("RandomSharpness", "last", factor=[0.1, 0.9], seed=seed)
    add("RandomGrayscale", "last", factor=0.5, seed=seed)
    add("RandomInvert", "last", factor=0.9, seed=seed)
    add("RandomPosterization", "last", factor=[1, 7], seed=seed)
    add("RandomColorJitter", "last", brightness_factor=0.3, contrast_factor=0.4, saturation_factor=[0.3, 0.7], hue_factor=0.2, seed=seed)
    add("RandomColorDegeneration", "last", factor=[0.1, 0.9], seed=seed)
    add("Solarization", "last", addition_factor=0.3, threshold_factor=[0.2, 0.7], seed=seed)
    add("CutMix", "labelled", factor=0.8, seed=seed)
    add("MixUp", "labelled", alpha=0.6, seed=seed)
    add("RandAugment", "last", num_ops=3, factor=0.3, seed=seed)
    add("RandomCrop", "last", height=4, width=5, seed=seed)

add("RandomFlip", "first", mode="vertical", seed=3, **cf)
add("RandomRotation", "first", factor=[0.05, 0.4], fill_mode="constant", fill_value=9.0, seed=3, **cf)
add("RandomTranslation", "first", height_factor=[-0.5, 0.1], width_factor=0.0, fill_mode="wrap", interpolation="nearest", seed=3, **cf)
add("RandomZoom", "first", height_factor=[-0.5, 0.3], width_factor=[0.1, 0.6], fill_mode="nearest", seed=3, **cf)
add("RandomShear", "first", x_factor=0.5, fill_mode="constant", interpolation="nearest", seed=3, **cf)
add("RandomPerspective", "first", interpolation="nearest", fill_value=3.0, seed=3, **cf)
add("RandomErasing", "first", fill_value=7.0, seed=3, **cf)
add("RandomGaussianBlur", "first", kernel_size=5, seed=3, **cf)
add("RandomContrast", "first", factor=0.6, seed=3, **cf)
add("RandomHue", "unit_first", factor=[0.1, 0.9], value_range=[0, 1], seed=3, **cf)
add("RandomSaturation", "unit_first", factor=[0.4, 0.9], value_range=[0, 1], seed=3, **cf)
add("RandomSharpness", "first", factor=0.9, seed=3, **cf)
add("RandomGrayscale", "first", factor=0.6, seed=3, **cf)
add("RandomInvert", "unit", factor=1.0, value_range=[0, 1], seed=3)
add("RandomPosterization", "unit", factor=5, value_range=[0, 1], seed=3)
add("RandomBrightness", "unit", factor=[-0.4, 0.6], value_range=[0, 1], seed=3)
add("RandomColorDegeneration", "first", factor=0.7, seed=3, **cf)
add("Solarization", "unit", addition_factor=0.2, threshold_factor=0.5, value_range=[0, 1], seed=3)
add("CutMix", "first", seed=3, **cf)
add("CutMix", "one", seed=3)
add("MixUp", "last", seed=3)
add("RandomCrop", "first", height=7, width=3, seed=3, **cf)
add("RandomCrop", "last", height=10, width=4, seed=3)
add("AutoContrast", "first", **cf)
add("AutoContrast", "unit", value_range=[0, 1])
add("Equalization", "last", bins=16)
add("Equalization", "unit_first", value_range=[0, 1], **cf)
add("ContrastLimitedAdaptiveHistogramEqualization", "last", tile_grid_size=[2, 3], clip_limit=2.0)
add("ContrastLimitedAdaptiveHistogramEqualization", "first", tile_grid_size=[3, 2], clip_limit=0.0, **cf)

for name, kwargs in {
    "RandomFlip": {"mode": "horizontal"},
    "RandomRotation": {"factor": 0.3},
    "RandomTranslation": {"height_factor": 0.4, "width_factor": 0.3},
    "RandomZoom": {"height_factor": 0.4},
    "RandomShear": {"x_factor": 0.4},
    "RandomPerspective": {"scale": 0.5},
    "RandomErasing": {},
    "RandomGaussianBlur": {},
    "RandomBrightness": {"factor": 0.4},
    "RandomContrast": {"factor": 0.4},
    "RandomHue": {"factor": 0.4},
    "RandomSaturation": {"factor": 0.4},
    "RandomSharpness": {"factor": 0.4},
    "RandomGrayscale": {"factor": 0.5},
    "RandomInvert": {},
    "RandomPosterization": {"factor": 4},
    "RandomColorDegeneration": {"factor": 0.4},
    "Solarization": {"threshold_factor": 0.4},
    "RandAugment": {},
    "Equalization": {},
    "AutoContrast": {},
    "Resizing": {"height": 5, "width": 12},
    "CenterCrop": {"height": 4, "width": 6},
}.items():
    seeded = {} if name in ("Equalization", "AutoContrast", "Resizing", "CenterCrop") else {"seed": 9}
    add(name, "one", **seeded, **kwargs)
    if name not in ("RandomBrightness", "RandomSaturation", "RandomGrayscale"):
        add(name, "bytes", **seeded, **kwargs)
    if name not in ("RandomGrayscale", "RandAugment", "RandomShear"):
        add(name, "scene", **seeded, **xyxy, **kwargs)
    if name not in ("RandomGrayscale", "RandAugment", "RandomErasing", "RandomShear"):
        add(name, "one_scene", **seeded, **xyxy, **kwargs)
add("RandomShear", "masked", x_factor=0.4, seed=9)
add("RandomZoom", "scene", height_factor=[0.1, 0.5], width_factor=[-0.5, -0.1], seed=9, bounding_box_format="center_xywh")
add("RandomTranslation", "scene", height_factor=0.5, width_factor=0.5, seed=9, bounding_box_format="rel_xywh")
add("Resizing", "scene", height=4, width=4, crop_to_aspect_ratio=True, bounding_box_format="rel_yxyx")
add("Resizing", "scene", height=4, width=4, pad_to_aspect_ratio=True, fill_value=3.0, bounding_box_format="center_yxhw")
add("Resizing", "bytes", height=4, width=12, interpolation="bicubic", antialias=True)
add("CenterCrop", "scene", height=9, width=5, bounding_box_format="xywh")

for k, c in enumerate(cases):
    c["id"] = f"{c['class_name']} {k} on {c['on']}"
text = json.dumps({"inputs": {k: nest(v) for k, v in inputs.items()}, "cases": cases}, separators=(",", ":"))
with gzip.GzipFile("test/data/layers/augmentation.json.gz", "wb", compresslevel=9, mtime=0) as file:
    file.write(text.encode())
print(len(cases), "cases", len(text))
