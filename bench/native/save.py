"""Saves the bench models as files, for run.mjs: `python bench/native/save.py FOLDER_OF_MODELS_PY FOLDER [model ...]`.
models.py has one function a model, which gives (model, shape of x, shape of y, batch size); what it lists in ALL is saved."""
import json, os, sys
source, folder, *names = sys.argv[1:]
sys.path.insert(0, source)
import keras
import models

os.makedirs(folder, exist_ok=True)
for make in models.ALL:
    name = make.__name__
    if names and name not in names:
        continue
    model, x, y, batch = make()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=models.loss_of(y))
    model.optimizer.build(model.trainable_variables)
    model.save(f"{folder}/{name}.keras")
    json.dump({"x": x, "y": y, "batch": batch}, open(f"{folder}/{name}.json", "w"))
