"""What Keras's applications are and compute: writes test/data/applications (needs keras, torch, numpy, h5py).

KERAS_BACKEND=torch python scripts/application-cases.py test/data/applications

Keras refuses NASNetMobile on torch: its case was computed by `case` on JAX.
"""

import base64, gzip, json, sys, tempfile

import h5py
import keras
import numpy as np
import torch
from keras.src.legacy.saving import legacy_h5_format

out = sys.argv[1]
apps = keras.applications


def numbers(n, seed):
    """Evenly distributed in [-1, 1), from a hash of the position: the test computes the same."""
    h = (np.arange(n, dtype=np.uint64) + 0x9E3779B9 * seed) & 0xFFFFFFFF
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        h = ((h ^ (h >> shift)) * factor) & 0xFFFFFFFF
    return h / 2**31 - 1


def weight(k, w):
    u = numbers(int(np.prod(w.shape)), k + 1).reshape(w.shape)
    if w.name.endswith("kernel"):
        return u * np.sqrt(6 / np.prod(w.shape[:-1]))
    if w.name in ("gamma", "moving_variance", "variance"):
        return 1 + 0.2 * u
    return u * (0 if w.name == "count" else 0.1)


def stored(a):
    a = np.asarray(a, np.float32)
    return {"shape": a.shape, "dtype": "float32", "data": base64.b64encode(a.tobytes()).decode()}


def write(name, content):
    with gzip.GzipFile(f"{out}/{name}.json.gz", "wb", 9, mtime=0) as f:
        f.write(json.dumps(content, separators=(",", ":")).encode())


def case(name, side, gradients=True, **kwargs):
    keras.utils.clear_session()
    model = getattr(apps, name)(weights=None, input_shape=(side, side, 3), **kwargs)
    model.set_weights([weight(k, w) for k, w in enumerate(model.weights)])
    x = (numbers(side * side * 3, 1000).reshape(1, side, side, 3) + 1).astype("float32") * np.float32(127.5)
    y = keras.ops.convert_to_numpy(model(x, training=False))
    result = {
        "name": name,
        "kwargs": {"input_shape": [side, side, 3], **kwargs},
        "outputs": stored(y.reshape(-1)[:64]),
        "size": y.shape,
    }
    if not gradients:
        return result
    c = numbers(y.size, 2000).reshape(y.shape).astype("float32")
    inputs = torch.tensor(x, requires_grad=True)
    (model(inputs, training=False) * torch.tensor(c)).sum().backward()
    norms = [np.sqrt(np.square(v.value.grad.double().numpy()).sum()) for v in model.trainable_variables]
    return {
        **result,
        "inputGradients": stored(inputs.grad.numpy().reshape(-1)[:: max(1, side * side * 3 // 64)]),
        "weightGradients": stored(norms),
    }


plain = {"classes": 5, "classifier_activation": None}
features = {"include_top": False, "pooling": "avg"}
write(
    "numbers",
    {
        "cases": [
            case("MobileNet", 32, alpha=0.25, **plain),
            case("MobileNetV2", 32, alpha=0.35, **plain),
            case("MobileNetV3Small", 32, **plain),
            case("EfficientNetV2B0", 32, **plain),
            *[
                case(name, 32, gradients=False, **features)
                for name in (
                    "ResNet50",
                    "ConvNeXtTiny",
                    "MobileNetV3Large",
                    "EfficientNetB0",
                    "ResNet50V2",
                    "DenseNet121",
                    *(["NASNetMobile"] if keras.backend.backend() == "jax" else []),
                )
            ],
        ]
    },
)


def pattern(k, w):
    """Few values again and again, so that the files are small."""
    size = int(np.prod(w.shape))
    u = ((np.arange(size) * 7 + k) % 13 - 6) / 6
    return (u * np.sqrt(3 / np.prod(w.shape[:-1])) if w.name == "kernel" else 1 + 0.2 * u if "var" in w.name else u * 0.1).reshape(w.shape)


def weights_file(file, **kwargs):
    keras.utils.clear_session()
    model = apps.MobileNet(weights=None, alpha=0.25, input_shape=(128, 128, 3), **kwargs)
    model.set_weights([pattern(k, w) for k, w in enumerate(model.weights)])
    path = f"{tempfile.mkdtemp()}/{file}"
    if file.endswith(".weights.h5"):
        model.save_weights(path)
    else:
        with h5py.File(path, "w") as f:
            legacy_h5_format.save_weights_to_hdf5_group(f, model)
    with open(path, "rb") as f, gzip.GzipFile(f"{out}/{file}.gz", "wb", 9, mtime=0) as packed:
        packed.write(f.read())
    x = (numbers(128 * 128 * 3, 1000).reshape(1, 128, 128, 3) * 0.5).astype("float32")
    return {"file": file, "outputs": stored(np.asarray(model.predict(x, verbose=0)).reshape(-1)[:64])}


write(
    "weights",
    {
        "cases": [
            weights_file("mobilenet_2_5_128_tf.h5"),
            weights_file("mobilenet_2_5_128_tf_no_top.h5", include_top=False, pooling="avg"),
            weights_file("mobilenet.weights.h5", include_top=False, pooling="avg"),
        ]
    },
)

configs = {}
for name in [
    "ResNet50", "ResNet50V2", "MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "VGG16", "Xception",
    "InceptionV3", "InceptionResNetV2", "NASNetMobile", "DenseNet121", "ConvNeXtTiny", "EfficientNetB0", "EfficientNetV2B0",
    "EfficientNetV2S",
]:
    keras.utils.clear_session()
    configs[name] = json.loads(getattr(apps, name)(weights=None).to_json())["config"]
write("configs", configs)
