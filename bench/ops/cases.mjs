import { floats, integers } from '../numbers.mjs';

const million = 1_000_000;
/** A symmetric positive definite matrix: what Cholesky takes and solvers like. */
export function positive(n) {
  const a = floats(n * n, 0.1);
  const out = new Float32Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) out[i * n + j] = (a[i * n + j] + a[j * n + i]) / 2 + (i === j ? n / 10 : 0);
  return out;
}

/**
 * What is timed: arrays as `[values, shape]`, the op of Hornbeam on tensors, the same of jax-js on its arrays (which a use
 * consumes: `.ref` keeps them). `jax` is missing where jax-js has no such function, `eager` is set where it cannot compile it.
 */
export const cases = [
  {
    name: 'sort of 1,000,000 floats',
    inputs: [[floats(million), [million]]],
    hornbeam:
      ({ ops }) =>
      (x) =>
        ops.sort(x),
    jax:
      ({ numpy: np }) =>
      (x) =>
        np.sort(x),
  },
  {
    name: 'sort of 1,000 rows of 1,000 floats',
    inputs: [[floats(million), [1000, 1000]]],
    hornbeam:
      ({ ops }) =>
      (x) =>
        ops.sort(x),
    jax:
      ({ numpy: np }) =>
      (x) =>
        np.sort(x),
  },
  {
    name: 'argsort of 1,000,000 floats',
    inputs: [[floats(million), [million]]],
    hornbeam:
      ({ ops }) =>
      (x) =>
        ops.argsort(x),
    jax:
      ({ numpy: np }) =>
      (x) =>
        np.argsort(x),
  },
  {
    name: 'top 10 of 1,000,000',
    inputs: [[floats(million), [million]]],
    hornbeam:
      ({ ops }) =>
      (x) =>
        ops.topK(x, 10)[0],
    jax:
      ({ lax }) =>
      (x) => {
        const [values, places] = lax.topK(x, 10);
        places.dispose?.();
        return values;
      },
  },
  {
    name: 'cumsum of 1,000,000',
    inputs: [[floats(million), [million]]],
    hornbeam:
      ({ ops }) =>
      (x) =>
        ops.cumsum(x),
    jax:
      ({ numpy: np }) =>
      (x) =>
        np.cumsum(x),
  },
  {
    name: 'cumsum along 1,000 rows of 1,000',
    inputs: [[floats(million), [1000, 1000]]],
    hornbeam:
      ({ ops }) =>
      (x) =>
        ops.cumsum(x, { axis: 1 }),
    jax:
      ({ numpy: np }) =>
      (x) =>
        np.cumsum(x, 1),
  },
  {
    name: 'einsum ab,bc,cd->ad of 200x300, 300x400, 400x50',
    inputs: [
      [floats(60_000), [200, 300]],
      [floats(120_000), [300, 400]],
      [floats(20_000), [400, 50]],
    ],
    hornbeam:
      ({ ops }) =>
      (a, b, c) =>
        ops.einsum('ab,bc,cd->ad', a, b, c),
    jax:
      ({ numpy: np }) =>
      (a, b, c) =>
        np.einsum('ab,bc,cd->ad', a, b, c),
  },
  {
    name: 'FFT of 262,144',
    inputs: [
      [floats(2 ** 18), [2 ** 18]],
      [floats(2 ** 18, 1, 2), [2 ** 18]],
    ],
    hornbeam:
      ({ ops }) =>
      (re, im) =>
        ops.fft([re, im])[0],
    jax:
      ({ numpy: np }) =>
      (real, imag) => {
        const y = np.fft.fft({ real, imag });
        y.imag.dispose?.();
        return y.real;
      },
  },
  ...[
    ['Cholesky', ({ ops }) => ops.cholesky, ({ numpy: np }) => np.linalg.cholesky],
    ['inverse', ({ ops }) => ops.inv, ({ numpy: np }) => np.linalg.inv],
    [
      'SVD',
      ({ ops }) =>
        (x) =>
          ops.svd(x)[1],
      ({ numpy: np }) => np.linalg.svdvals,
    ],
    [
      'eigenvalues (symmetric)',
      ({ ops }) =>
        (x) =>
          ops.eigh(x)[0],
      ({ numpy: np }) => np.linalg.eigvalsh,
    ],
  ].map(([name, hornbeam, jax]) => ({
    name: `${name} of 256x256`,
    eager: name === 'inverse',
    inputs: [[positive(256), [256, 256]]],
    hornbeam,
    jax,
  })),
  {
    name: 'solve 256x256 for 256 columns',
    inputs: [
      [positive(256), [256, 256]],
      [floats(65_536), [256, 256]],
    ],
    eager: true,
    hornbeam: ({ ops }) => ops.solve,
    jax: ({ numpy: np }) => np.linalg.solve,
  },
  ...[
    ['sum of 4,000,000', {}],
    ['sum of rows, 2,000 x 2,000', { axis: 1 }],
    ['sum of columns, 2,000 x 2,000', { axis: 0 }],
  ].map(([name, options]) => ({
    name,
    inputs: [[floats(4 * million), [2000, 2000]]],
    hornbeam:
      ({ ops }) =>
      (x) =>
        ops.sum(x, options),
    jax:
      ({ numpy: np }) =>
      (x) =>
        np.sum(x, options.axis ?? null),
  })),
  {
    name: 'argmax of rows, 2,000 x 2,000',
    inputs: [[floats(4 * million), [2000, 2000]]],
    hornbeam:
      ({ ops }) =>
      (x) =>
        ops.argmax(x, { axis: 1 }),
    jax:
      ({ numpy: np }) =>
      (x) =>
        np.argmax(x, 1),
  },
  {
    name: 'take 100,000 rows of 64 from 50,000',
    inputs: [
      [floats(50_000 * 64), [50_000, 64]],
      [integers(100_000, 50_000), [100_000]],
    ],
    hornbeam:
      ({ ops }) =>
      (x, i) =>
        ops.take(x, i, { axis: 0 }),
    jax:
      ({ numpy: np }) =>
      (x, i) =>
        np.take(x, i, 0),
  },
  {
    name: 'segment sum of 100,000 rows of 64 to 1,000',
    inputs: [
      [floats(100_000 * 64), [100_000, 64]],
      [integers(100_000, 1000), [100_000]],
    ],
    hornbeam:
      ({ ops }) =>
      (x, i) =>
        ops.segmentSum(x, i, { numSegments: 1000 }),
  },
];
