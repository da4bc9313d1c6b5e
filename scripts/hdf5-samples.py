"""Writes HDF5 files of every kind that h5py makes, with what is in them: python3 scripts/hdf5-samples.py FOLDER SEED COUNT

Then `node scripts/compare-hdf5.mjs FOLDER` reads them with src/formats/hdf5 and compares.
"""

import json
import random
import sys

import h5py
import ml_dtypes
import numpy as np

KINDS = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", ">i4", ">f8", ">u2", "bool", "bf16", "vlen", "fixed"]


def text(rng, most=12):
    return "".join(rng.choice("abcäßxyz€ 0/\"'😀") for _ in range(rng.randrange(most)))


def array(rng, kind, shape):
    count = int(np.prod(shape, dtype=np.int64))
    if kind in ("vlen", "fixed"):
        flat = [text(rng).rstrip(" \0") for _ in range(count)]
        return np.array(flat, dtype=object).reshape(shape)
    numbers = np.array([rng.randrange(-100, 100) for _ in range(count)]).reshape(shape)
    if kind == "bool":
        return numbers > 0
    if kind == "bf16":
        return numbers.astype("float32").astype(ml_dtypes.bfloat16)
    return (np.abs(numbers) if "u" in kind else numbers).astype(kind)


def described(kind, values):
    if kind in ("vlen", "fixed"):
        return {"dtype": "string", "shape": list(values.shape), "data": [str(v) for v in values.reshape(-1)]}
    dtype = {"bool": "bool", "bf16": "bfloat16"}.get(kind) or np.dtype(kind).newbyteorder("=").name
    numbers = values.astype("float64") if kind != "bool" else values.astype("uint8")
    return {"dtype": dtype, "shape": list(values.shape), "data": [float(v) for v in numbers.reshape(-1)]}


def stored_type(kind, values):
    if kind == "vlen":
        return h5py.string_dtype()
    if kind == "fixed":
        return h5py.string_dtype("utf-8", max([1] + [len(v.encode()) for v in values.reshape(-1)]))
    return None


def put_attributes(rng, node, count):
    told = {}
    for _ in range(count):
        kind = rng.choice([k for k in KINDS if k != "bf16"])
        name = text(rng).replace("/", "_") or "empty"
        if name in told:
            continue
        shape = rng.choice([(), (), (1,), (3,), (2, 3), (0,)])
        if rng.random() < 0.1:
            shape = (rng.randrange(500, 3000),)
        values = array(rng, kind, shape)
        try:
            node.attrs.create(name, encoded(kind, values), dtype=stored_type(kind, values))
        except (OSError, RuntimeError, ValueError):
            continue  # too large for the header of this version
        told[name] = described(kind, values)
    if rng.random() < 0.3:
        node.attrs["nothing"] = h5py.Empty("f4")
        told["nothing"] = {"dtype": "float32", "shape": None, "data": []}
    return told


def encoded(kind, values):
    if kind == "fixed":
        return np.array([v.encode() for v in values.reshape(-1)], dtype=stored_type(kind, values)).reshape(values.shape)
    return values


def put_dataset(rng, group, name):
    kind = rng.choice(KINDS)
    rank = rng.randrange(0, 4)
    shape = tuple(rng.choice([0, 1, 2, 3, 5, 8, 17, 40] if rank < 3 else [1, 2, 3, 7]) for _ in range(rank))
    values = array(rng, kind, shape)
    options = {}
    if rank > 0 and 0 not in shape and rng.random() < 0.6:
        options["chunks"] = tuple(rng.randrange(1, n + 1) for n in shape)
        if rng.random() < 0.6:
            options["compression"] = rng.choice(["gzip", None])
            options["shuffle"] = rng.random() < 0.5
            options["fletcher32"] = kind != "vlen" and rng.random() < 0.3
        if rng.random() < 0.4:
            options["maxshape"] = tuple(rng.choice([None, n, n + 3]) for n in shape)
    if kind == "bf16":
        dataset = group.create_dataset(name, data=values.view("V2") if rank else values.reshape(1).view("V2").reshape(()), **options)
        dataset.attrs["dtype"] = "bfloat16"
    else:
        dataset = group.create_dataset(name, data=encoded(kind, values), dtype=stored_type(kind, values), **options)
    told = described(kind, values)
    if kind not in ("bf16", "vlen", "fixed", "bool") and options.get("chunks") and rng.random() < 0.3:
        # Only a part is ever written: the rest is the fill value.
        del group[name]
        dataset = group.create_dataset(name, shape, dtype=kind, fillvalue=7, **options)
        part = tuple(slice(0, max(1, n // 2)) for n in shape)
        whole = np.full(shape, 7, dtype=kind)
        dataset[part] = values[part]
        whole[part] = values[part]
        told = described(kind, whole)
    told["attributes"] = put_attributes(rng, dataset, rng.choice([0, 0, 1, 12]))
    if kind == "bf16":
        told["attributes"]["dtype"] = {"dtype": "string", "shape": [], "data": ["bfloat16"]}
    return told


def put_group(rng, group, depth):
    told = {"attributes": put_attributes(rng, group, rng.choice([0, 1, 3, 20])), "children": {}}
    for _ in range(rng.choice([0, 2, 5, 12, 30, 70] if depth < 2 else [0, 1, 4])):
        name = text(rng).replace("/", "_").strip(".") or "m"
        if name in told["children"]:
            continue
        if rng.random() < 0.25 and depth < 3:
            child = group.create_group(name, track_order=rng.random() < 0.3)
            told["children"][name] = put_group(rng, child, depth + 1)
        else:
            told["children"][name] = put_dataset(rng, group, name)
    names = list(told["children"])
    if names and rng.random() < 0.3:
        group["hard link"] = group[names[0]]
        told["children"]["hard link"] = told["children"][names[0]]
    return told


def main(folder, seed, count):
    for k in range(count):
        rng = random.Random(f"{seed}:{k}")
        libver = rng.choice(["earliest", "latest", ("earliest", "v108"), ("v108", "v110"), ("v110", "v112")])
        with h5py.File(f"{folder}/{k}.h5", "w", libver=libver, track_order=rng.random() < 0.3) as file:
            told = put_group(rng, file, 0)
        with open(f"{folder}/{k}.json", "w") as out:
            json.dump(told, out)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
