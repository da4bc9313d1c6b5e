"""How long does NumPy need for the cases of cases.mjs, on one thread? Prints milliseconds: median (minimum).

    python3 bench/ops/numpy_ops.py
"""

import os
import time

for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = '1'

import numpy as np  # noqa: E402 (the number of threads is read when it is imported)

rng = np.random.default_rng(1)
million = 1_000_000


def floats(*shape):
    return rng.random(shape, dtype=np.float32) * 2 - 1


line, rows, large = floats(million), floats(1000, 1000), floats(2000, 2000)
a, b, c = floats(200, 300), floats(300, 400), floats(400, 50)
signal = (floats(2**18) + 1j * floats(2**18)).astype(np.complex64)
positive = floats(256, 256) * 0.1
positive = (positive + positive.T) / 2 + np.eye(256, dtype=np.float32) * 25.6
columns = floats(256, 256)
table, places = floats(50_000, 64), rng.integers(0, 50_000, 100_000)
entries, segments = floats(100_000, 64), rng.integers(0, 1000, 100_000)


def segment_sum():
    out = np.zeros((1000, 64), np.float32)
    np.add.at(out, segments, entries)
    return out


cases = {
    'sort of 1,000,000 floats': lambda: np.sort(line),
    'sort of 1,000 rows of 1,000 floats': lambda: np.sort(rows),
    'argsort of 1,000,000 floats': lambda: np.argsort(line),
    'top 10 of 1,000,000': lambda: np.sort(np.partition(line, million - 10)[-10:]),
    'cumsum of 1,000,000': lambda: np.cumsum(line),
    'cumsum along 1,000 rows of 1,000': lambda: np.cumsum(rows, axis=1),
    'einsum ab,bc,cd->ad of 200x300, 300x400, 400x50': lambda: np.einsum('ab,bc,cd->ad', a, b, c, optimize=True),
    'FFT of 262,144': lambda: np.fft.fft(signal),
    'Cholesky of 256x256': lambda: np.linalg.cholesky(positive),
    'inverse of 256x256': lambda: np.linalg.inv(positive),
    'SVD of 256x256': lambda: np.linalg.svd(positive),
    'eigenvalues (symmetric) of 256x256': lambda: np.linalg.eigh(positive),
    'solve 256x256 for 256 columns': lambda: np.linalg.solve(positive, columns),
    'sum of 4,000,000': lambda: large.sum(),
    'sum of rows, 2,000 x 2,000': lambda: large.sum(axis=1),
    'sum of columns, 2,000 x 2,000': lambda: large.sum(axis=0),
    'argmax of rows, 2,000 x 2,000': lambda: large.argmax(axis=1),
    'take 100,000 rows of 64 from 50,000': lambda: table[places],
    'segment sum of 100,000 rows of 64 to 1,000': segment_sum,
}

print('NumPy', np.__version__)
for name, run in cases.items():
    run()
    times = []
    while len(times) < 9 and sum(times) < 1500:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    print(f'{name}: {sorted(times)[len(times) // 2]:.3g} ({min(times):.3g})')
