"""What Keras makes of training in 8-bit floats: writes the losses, weights and predictions of test/data/quantization/float8.json.gz
again, from the weights and batch that stand in it.

KERAS_BACKEND=jax python scripts/float8-cases.py test/data/quantization/float8.json.gz
"""

import base64, gzip, json, sys, tempfile

import keras
import numpy as np
from keras import layers, optimizers

path = sys.argv[1]
with gzip.open(path) as file:
    told = json.load(file)
w, x, y = (told["plain"][k] for k in "wxy")
x, y = np.array(x, "float32"), np.array(y, "float32")


def row(a):
    return [float(f"{v:.8g}") for v in np.array(a, "float64").flatten()]


def trained(optimizer):
    model = keras.Sequential(
        [
            keras.Input((4,), name="x"),
            layers.Dense(5, activation="tanh", name="a"),
            layers.Reshape((1, 5)),
            layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d", name="b"),
        ],
        name="f8",
    )
    model.set_weights([np.array(each, "float32") for each in w])
    model.quantize("float8")
    model.compile(optimizer=optimizer, loss="mse")
    losses = [float(model.train_on_batch(x, y)) for _ in told["plain"]["losses"]]
    after = {v.path: row(v.value)[:8] for v in model.weights}
    kept = {"w": w, "x": x.tolist(), "y": y.tolist()}
    return model, {**kept, "losses": losses, "after": after, "predicted": row(model(x))}


model, plain = trained(optimizers.SGD(0.1))
accumulated = trained(optimizers.SGD(0.1, gradient_accumulation_steps=2))[1]
scaled = trained(optimizers.LossScaleOptimizer(optimizers.SGD(0.1), initial_scale=64.0, dynamic_growth_steps=2))[1]
with tempfile.NamedTemporaryFile(suffix=".keras") as file:
    model.save(file.name)
    saved = base64.b64encode(file.read()).decode()
found = {"plain": plain, "accumulated": accumulated, "scaled": scaled, "file": saved}
for kind in ("plain", "accumulated"):
    worst = np.abs(np.array(told[kind]["losses"]) - found[kind]["losses"]).max()
    print(kind, "losses differ from those that stood there by", worst)
with open(path, "wb") as file:
    file.write(gzip.compress(json.dumps(found, separators=(",", ":")).encode(), 9, mtime=0))
