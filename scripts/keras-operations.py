"""Prints the names of classes, and the table of src/saving/config/keras-operations.ts, from an installed Keras: python3 scripts/keras-operations.py"""

import ast
import inspect
import json
import re
import textwrap

import keras
from keras.src.ops.operation import Operation

# Here these are positional though Keras has defaults for them.
POSITIONAL = {"where": ("x1", "x2"), "arange": ("stop", "step")}


def making(function):
    """The class that stands for an op in a graph: the call that makes the object, and the call of the object."""
    module = inspect.getmodule(function)
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if not isinstance(node, ast.Call):
            continue
        maker = node.func.value if getattr(node.func, "attr", "") == "symbolic_call" else node.func
        if isinstance(maker, ast.Call) and isinstance(maker.func, ast.Name):
            cls = getattr(module, maker.func.id, None)
            if inspect.isclass(cls) and issubclass(cls, Operation):
                return cls, maker, node
    return None


def line(name, function):
    found = making(function)
    if found is None:
        return None
    cls, maker, call = found
    options = [p for p in list(inspect.signature(cls.__init__).parameters)[1:] if p not in ("name", "kwargs")]
    given = [ast.unparse(a) for a in maker.args] + [ast.unparse(k.value) for k in maker.keywords]
    assert sorted(given) == sorted(options), (name, given, options)
    nodes = [ast.unparse(a) for a in call.args]
    nodes += [f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords if k.arg]
    parameters = []
    for p in inspect.signature(function).parameters.values():
        if p.name in ("name", "kwargs"):
            continue
        star = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        default = "" if p.default is p.empty else f"={json.dumps(p.default, separators=(',', ':'))}"
        parameters.append(star + p.name + ("?" if p.name in POSITIONAL.get(name, ()) else default))
    ours = re.sub(r"(?<=.)_([a-z0-9])", lambda m: m.group(1).upper(), name)
    module = cls.__module__.split(".")[-1]
    print(f"# {ours}: {cls.__name__}")
    text = f"{ours} {module} ({' '.join(parameters)})"
    if options != [re.sub("=.*", "", p) for p in parameters if "=" in p]:
        text += f" [{' '.join(options)}]"
    if nodes != [p.rstrip("?") for p in parameters if "=" not in p]:
        text += f" <{' '.join(nodes)}>"
    return text


aliases = {"abs": "absolute", "conj": "conjugate"}
found = []
for space in (keras.ops, keras.ops.image):
    for name in dir(space):
        function = getattr(space, aliases.get(name, name))
        if inspect.isfunction(function):
            found.append(line(name, function))
print("\n".join(sorted(filter(None, found), key=lambda text: text.split()[0].lower())))
