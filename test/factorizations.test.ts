import { expect, test } from 'vitest';
import { gradients } from '../src/autodiff/gradients.ts';
import { referenceDevice } from '../src/devices/reference/device.ts';
import { makeProgram } from '../src/ir/program.ts';
import { Tensor } from '../src/ir/tensor.ts';
import { cholesky, eig, eigh, fft, full, lu, mul, qr, reduceSum, svd } from '../src/primitives/index.ts';

type Matrix = number[][];
const device = referenceDevice();
/** Runs on one float64 array; each result comes as rows. */
function run(f: (x: Tensor) => readonly Tensor[], x: Matrix): Matrix[] {
  const input = new Tensor({ shape: [x.length, x[0]!.length], dtype: 'float64' });
  const outputs = f(input);
  const program = makeProgram('test', [input], outputs);
  const buffers = device.compile(program).run([device.upload(Float64Array.from(x.flat()), 'float64')]);
  return buffers.map((buffer, k) => {
    const { shape } = outputs[k]!;
    const data = Array.from(device.download(buffer, outputs[k]!) as Float64Array);
    const columns = shape.at(-1) ?? 1;
    return Array.from({ length: data.length / columns }, (_, i) => data.slice(i * columns, (i + 1) * columns));
  });
}
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((s, x, k) => s + x * b[k]![j]!, 0)));
const turned = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const diagonal = (values: number[], m = values.length): Matrix =>
  Array.from({ length: m }, (_, i) => values.map((x, j) => (i === j ? x : 0)));
const identity = (n: number): Matrix => diagonal(new Array<number>(n).fill(1));
function expectClose(a: Matrix, b: Matrix, digits = 9): void {
  expect([a.length, a[0]!.length]).toEqual([b.length, b[0]!.length]);
  a.forEach((row, i) => row.forEach((x, j) => expect(x).toBeCloseTo(b[i]![j]!, digits)));
}
const matrix = (m: number, n: number): Matrix =>
  Array.from({ length: m }, (_, i) => Array.from({ length: n }, (_, j) => Math.sin(1 + 3 * i + 7 * j + i * j * j)));

test("Cholesky's factor times its transpose is the matrix", () => {
  const a = matrix(6, 6);
  const x = times(a, turned(a)).map((row, i) => row.map((v, j) => v + (i === j ? 1 : 0)));
  const [l] = run((t) => [cholesky(t)], x) as [Matrix];
  expectClose(times(l, turned(l)), x);
  expect(l[0]!.slice(1)).toEqual([0, 0, 0, 0, 0]);
  expect(
    run(
      (t) => [cholesky(t)],
      [
        [1, 2],
        [2, 1],
      ],
    )[0]![1]![1],
  ).toBeNaN();
});

test('L times U is the matrix with its rows permuted', () => {
  for (const [m, n] of [
    [5, 5],
    [6, 4],
    [3, 5],
  ] as const) {
    const x = matrix(m, n);
    const [packed, pivots, permutation] = run((t) => lu(t), x) as [Matrix, Matrix, Matrix];
    const k = Math.min(m, n);
    const l = packed.map((row, i) => row.slice(0, k).map((v, j) => (i === j ? 1 : i > j ? v : 0)));
    const u = packed.slice(0, k).map((row, i) => row.map((v, j) => (i <= j ? v : 0)));
    expectClose(
      times(l, u),
      permutation[0]!.map((row) => x[row]!),
    );
    const order = x.map((_, i) => i);
    pivots[0]!.forEach((p, i) => ([order[i], order[p]] = [order[p]!, order[i]!]));
    expect(order).toEqual(permutation[0]);
  }
});

test('Q has orthonormal columns and gives the matrix with an upper triangular R', () => {
  for (const [m, n] of [
    [5, 5],
    [6, 4],
    [3, 5],
  ] as const)
    for (const isFull of [true, false]) {
      const x = matrix(m, n);
      const [q, r] = run((t) => qr(t, { full: isFull }), x) as [Matrix, Matrix];
      expect(q[0]!.length).toBe(isFull ? m : Math.min(m, n));
      expectClose(times(q, r), x);
      expectClose(times(turned(q), q), identity(q[0]!.length));
      r.forEach((row, i) => row.slice(0, i).forEach((v) => expect(v).toBe(0)));
    }
});

test('eigenvectors keep their direction, and eigenvalues ascend', () => {
  const a = matrix(7, 7);
  const x = a.map((row, i) => row.map((v, j) => v + a[j]![i]!));
  const [[w], v] = run((t) => eigh(t), x) as [Matrix, Matrix];
  expectClose(times(x, v), times(v, diagonal(w!)));
  expectClose(times(turned(v), v), identity(7));
  expect(w).toEqual([...w!].sort((p, q) => p - q));
  expectClose(run((t) => eigh(t), diagonal([3, 3, 1]))[0]!, [[1, 3, 3]]);
});
test('symmetric matrices that fall apart, repeat their eigenvalues or are far from one are decomposed too', () => {
  const wide = matrix(40, 40);
  const chain = diagonal(new Array<number>(6).fill(0)).map((row, i) =>
    row.map((_, j) => Number(Math.abs(i - j) === 1)),
  );
  const blocks = chain.map((row, i) => row.map((v, j) => (i + j === 5 ? 0 : v)));
  const low = matrix(9, 2);
  for (const x of [times(wide, turned(wide)), chain, blocks, diagonal([0, 0, 0]), times(low, turned(low)), [[-7]]])
    for (const factor of [1, 1e200, 1e-200]) {
      const [[w], v] = run(
        (t) => eigh(t),
        x.map((row) => row.map((e) => e * factor)),
      ) as [Matrix, Matrix];
      const values = w!.map((e) => e / factor);
      expectClose(times(x, v), times(v, diagonal(values)), 8);
      expectClose(times(turned(v), v), identity(x.length));
      expect(values).toEqual([...values].sort((p, q) => p - q));
    }
  for (const odd of [Number.NaN, Infinity])
    expect(run((t) => eigh(t), diagonal([1, odd, 2])).flat(2)).toEqual(new Array<number>(12).fill(Number.NaN));
});

test('a matrix stretches its eigenvectors by their eigenvalues, complex or equal as they may be', () => {
  const permutation = [
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
  ];
  for (const x of [
    matrix(7, 7),
    [
      [0, 1],
      [-1, 0],
    ],
    permutation,
    diagonal([2, 2, 5]),
    [
      [1, 2],
      [0, 3],
    ],
    [[4]],
  ]) {
    const [re, im, vRe, vIm] = run((t) => eig(t), x) as [Matrix, Matrix, Matrix, Matrix];
    const stretched = (a: Matrix, b: Matrix, sign: number): Matrix =>
      a.map((row, i) => row.map((v, j) => v * re[0]![j]! + sign * b[i]![j]! * im[0]![j]!));
    expectClose(times(x, vRe), stretched(vRe, vIm, -1), 8);
    expectClose(times(x, vIm), stretched(vIm, vRe, 1), 8);
    turned(vRe).forEach((column, j) =>
      expect(column.reduce((sum, v, i) => sum + v * v + vIm[i]![j]! ** 2, 0)).toBeCloseTo(1, 9),
    );
  }
});

test('singular values descend, and the factors give the matrix whatever its form and rank', () => {
  const rankOne = times(turned([[1, 2, 3, 4]]), [[1, -1, 2]]);
  for (const x of [matrix(5, 5), matrix(6, 4), matrix(3, 5), rankOne, diagonal([0, 0, 0], 4)])
    for (const isFull of [true, false]) {
      const results = run((t) => {
        const { u, s, v } = svd(t, { full: isFull });
        return [u, s, v];
      }, x) as [Matrix, Matrix, Matrix];
      const [u, [s], v] = results;
      const k = s!.length;
      expectClose(
        times(
          times(
            u.map((row) => row.slice(0, k)),
            diagonal(s!),
          ),
          turned(v.map((row) => row.slice(0, k))),
        ),
        x,
      );
      expectClose(times(turned(u), u), identity(u[0]!.length));
      expectClose(times(turned(v), v), identity(v[0]!.length));
      expect(s).toEqual([...s!].sort((p, q) => q - p));
      expect(u[0]!.length).toBe(isFull ? x.length : k);
    }
});

test('the gradient of the singular values is u times v, in full form too', () => {
  const x = matrix(4, 3);
  const sum = (t: Tensor, isFull: boolean): Tensor => {
    const { s } = svd(t, { full: isFull });
    const one = full({ shape: [], dtype: 'float64', value: 1 });
    return gradients([reduceSum(mul(s, s), { axes: [0] })], [one], [t])[0]!;
  };
  // The sum of squared singular values is that of squared entries.
  for (const isFull of [true, false])
    expectClose(
      run((t) => [sum(t, isFull)], x)[0]!,
      x.map((row) => row.map((v) => 2 * v)),
    );
});

test('the Fourier transform is the sum that defines it, for every length', () => {
  for (const n of [1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 17, 30, 49, 64, 97]) {
    const [re, im] = matrix(2, n) as [number[], number[]];
    const results = run((t) => fft(t, mul(t, t), { inverse: false }), [re, im]);
    for (const row of [0, 1]) {
      const x = [re, im][row]!;
      const expected = x.map((_, k) => {
        const terms = x.map((v, j) => [v, v * v, (-2 * Math.PI * ((j * k) % n)) / n] as const);
        const sum = (f: (a: number, b: number, t: number) => number) =>
          terms.reduce((s, [a, b, t]) => s + f(a, b, t), 0);
        return [
          sum((a, b, t) => a * Math.cos(t) - b * Math.sin(t)),
          sum((a, b, t) => a * Math.sin(t) + b * Math.cos(t)),
        ] as const;
      });
      expectClose([results[0]![row]!], [expected.map(([a]) => a)], 8);
      expectClose([results[1]![row]!], [expected.map(([, b]) => b)], 8);
    }
  }
});
