"""Prints the parameters of what keras.* offers, in their order, as JSON: those of methods of Model, Sequential and layers that are adapted too."""

import inspect
import json

import keras


def parameters(thing):
    try:
        given = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return None
    return [p.name for p in given if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and p.name != "self"]


found = {}


def walk(module, path, depth):
    for name in sorted(dir(module)):
        if name.startswith("_"):
            continue
        thing = getattr(module, name)
        at = f"{path}.{name}" if path else name
        if inspect.ismodule(thing):
            if depth < 3 and thing.__name__.startswith("keras") and name not in ("src", "legacy", "tf2onnx"):
                walk(thing, at, depth + 1)
        elif callable(thing):
            listed = parameters(thing.__init__ if inspect.isclass(thing) else thing)
            if listed is not None:
                found[at] = listed


walk(keras, "", 0)
for owner in (keras.Model, keras.Sequential, keras.layers.Normalization, keras.Layer):
    for name in dir(owner):
        if not name.startswith("_") and callable(getattr(owner, name)):
            found[f"{owner.__name__}#{name}"] = parameters(getattr(owner, name))
# What `Model` takes is told by its functional form.
found["Model"] = found["models.Model"] = ["inputs", "outputs", "name"]
print(json.dumps(found))
