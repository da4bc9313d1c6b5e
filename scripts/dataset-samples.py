"""Writes test/data/datasets: small files of the form that keras.datasets downloads, and what Keras makes of them.

Run with a Python that has Keras: python scripts/dataset-samples.py
"""

import gzip
import io
import json
import os
import pickle
import struct
import tarfile
import zipfile
from unittest import mock

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
from keras.src.datasets import boston_housing, california_housing, cifar, fashion_mnist, imdb, mnist, reuters  # noqa: E402

root = os.path.join(os.path.dirname(__file__), "..", "test", "data", "datasets")
os.makedirs(root, exist_ok=True)
at = lambda name: os.path.join(root, name)  # noqa: E731


def image(n, *shape):
    """Pixels that can be told apart, and packed."""
    return ((np.indices(shape).sum(0) * (n + 2) + 31 * n) % 256).astype("uint8")


def images(count, *shape):
    return np.stack([image(n, *shape) for n in range(count)])


def fixed_gzip(data):
    return gzip.compress(data, mtime=0)


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def python2(entries):
    """A pickle as Python 2 wrote those of CIFAR: texts are byte strings."""
    short = lambda text: b"U" + bytes([len(text)]) + text  # noqa: E731
    out = b"\x80\x02}q\x01("
    for key, value in entries.items():
        out += short(key.encode())
        if isinstance(value, str):
            out += short(value.encode())
        elif isinstance(value, list):
            out += b"](" + b"".join(b"K" + bytes([n]) for n in value) + b"e"
        else:
            rows, columns = value.shape
            out += b"cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\x0c(K\x01"
            out += b"K" + bytes([rows]) + b"M" + struct.pack("<H", columns) + b"\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R"
            out += b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
            data = value.tobytes()
            out += b"T" + struct.pack("<I", len(data)) + data + b"tb"
    return out + b"u."


def tar_gz(name, files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    with open(at(name), "wb") as file:
        file.write(fixed_gzip(out.getvalue()))


def npz(name, arrays, protocol=None):
    """As numpy.savez, or with objects pickled by an older protocol."""
    with zipfile.ZipFile(at(name), "w", zipfile.ZIP_DEFLATED) as archive:
        for key, array in arrays.items():
            out = io.BytesIO()
            if protocol is not None and array.dtype == object:
                header = np.lib.format.header_data_from_array_1_0(array)
                np.lib.format.write_array_header_1_0(out, header)
                pickle.dump(array, out, protocol=protocol)
            else:
                np.lib.format.write_array(out, array)
            archive.writestr(zipfile.ZipInfo(f"{key}.npy"), out.getvalue(), zipfile.ZIP_DEFLATED)


def texts(rng, count):
    out = np.empty(count, dtype=object)
    for n in range(count):
        out[n] = [int(w) for w in rng.geometric(0.01, rng.integers(2, 12))]
    return out


rng = np.random.default_rng(1)
npz("mnist.npz", {
    "x_train": images(5, 28, 28), "y_train": np.arange(5, dtype="uint8"),
    "x_test": images(3, 28, 28), "y_test": np.arange(3, dtype="uint8"),
})  # fmt: skip
for part, count in [("train", 4), ("t10k", 2)]:
    for kind, array in [("images-idx3", images(count, 28, 28)), ("labels-idx1", np.arange(count, dtype="uint8"))]:
        with open(at(f"{part}-{kind}-ubyte.gz"), "wb") as file:
            file.write(fixed_gzip(idx(array)))


def batch(n, **labels):
    data = images(2, 3072) + np.uint8(n)
    return python2({"batch_label": f"batch {n}", **labels, "data": data})


tar_gz("cifar-10-python.tar.gz", {
    f"cifar-10-batches-py/{name}": batch(n, labels=[n, 9 - n])
    for n, name in enumerate([f"data_batch_{k}" for k in range(1, 6)] + ["test_batch"])
})  # fmt: skip
tar_gz("cifar-100-python.tar.gz", {
    f"cifar-100-python/{name}": batch(n, fine_labels=[n, 99], coarse_labels=[n, 19])
    for n, name in enumerate(["train", "test"])
})  # fmt: skip
labels = lambda count, most: rng.integers(0, most, count)  # noqa: E731
npz("imdb.npz", {
    "x_train": texts(rng, 12), "y_train": labels(12, 2), "x_test": texts(rng, 9), "y_test": labels(9, 2),
})  # fmt: skip
npz("reuters.npz", {"x": texts(rng, 15), "y": labels(15, 46)}, protocol=3)
for name in ["imdb", "reuters"]:
    with open(at(f"{name}_word_index.json"), "w") as file:
        json.dump({"the": 1, "fawn": 34701, "café": 2}, file)
npz("boston_housing.npz", {"x": rng.normal(size=(11, 13)).round(2), "y": rng.normal(size=11).round(1)})
rows = np.arange(605 * 8).reshape(605, 8) % 97
npz("california_housing.npz", {"x": rows.astype("float32"), "y": np.arange(605, dtype="float32")})

plain = lambda x: x.tolist() if hasattr(x, "tolist") else [plain(v) for v in x] if isinstance(x, (list, tuple)) else x  # noqa: E731
cases = []


def case(name, module, **options):
    """What Keras gives for options, with files from here."""
    with mock.patch.object(module, "get_file", lambda fname, **_: at(os.path.basename(fname))):
        cases.append({"dataset": name, "options": options, "result": plain(module.load_data(**options))})


case("mnist", mnist)
case("fashionMnist", fashion_mnist)
for options in [{}, {"num_words": 150, "skip_top": 20}, {"maxlen": 8, "seed": 7}, {"start_char": None, "oov_char": None, "num_words": 90},
                {"start_char": None, "index_from": 0}, {"oov_char": 7, "start_char": 3, "index_from": 10, "num_words": 200}]:  # fmt: skip
    case("imdb", imdb, **options)
    case("reuters", reuters, **options)
case("reuters", reuters, test_split=0.35)
for options in [{}, {"seed": 3, "test_split": 0.41}]:
    case("bostonHousing", boston_housing, **options)
    case("californiaHousing", california_housing, **options)
case("californiaHousing", california_housing, version="small", test_split=0)


def cifar_case(name, archive, train, test, key, **options):
    """By Keras's own reader of batches; the number of images is fixed in Keras."""
    with tarfile.open(at(archive)) as files:
        files.extractall("/tmp/hornbeam-cifar", filter="data")
    both = []
    for paths in [train, test]:
        found = [cifar.load_batch(f"/tmp/hornbeam-cifar/{path}", label_key=key) for path in paths]
        x = np.concatenate([data for data, _ in found]).transpose(0, 2, 3, 1)
        both.append([x.tolist(), [[label] for _, some in found for label in some]])
    cases.append({"dataset": name, "options": options, "result": both})


cifar_case("cifar10", "cifar-10-python.tar.gz", [f"cifar-10-batches-py/data_batch_{k}" for k in range(1, 6)],
           ["cifar-10-batches-py/test_batch"], "labels")  # fmt: skip
for mode in ["fine", "coarse"]:
    cifar_case("cifar100", "cifar-100-python.tar.gz", ["cifar-100-python/train"], ["cifar-100-python/test"],
               f"{mode}_labels", label_mode=mode)  # fmt: skip

with open(at("expected.json.gz"), "wb") as file:
    file.write(fixed_gzip(json.dumps(cases, separators=(",", ":")).encode()))
