import { expect, test } from 'vitest';
import { argSort } from '../src/primitives/index.ts';
import { jit, tensor } from '../src/tensor/index.ts';

const special = [Number.NaN, -0, 0, Infinity, -Infinity, 1e-40, -1e-40, 1, -1];
const element = {
  float32: (i: number) => (i % 37 === 0 ? special[(i / 37) % 9]! : Math.round(Math.sin(i * i) * 1000) / 8),
  float16: (i: number) => (i % 37 === 0 ? special[(i / 37) % 9]! : Math.round(Math.sin(i * i) * 1000) / 8),
  int32: (i: number) => Math.imul(i, 2654435761),
  uint32: (i: number) => Math.imul(i, 2654435761) >>> 0,
  int8: (i: number) => ((i * 77) % 256) - 128,
};
const compare = (p: number, q: number): number =>
  Number.isNaN(p) || Number.isNaN(q) ? Number(Number.isNaN(p)) - Number(Number.isNaN(q)) : p < q ? -1 : Number(p > q);

test.each(
  [300, 20_000].flatMap((n) => (Object.keys(element) as (keyof typeof element)[]).map((dtype) => ({ n, dtype }))),
)('$n elements of $dtype come in order, equal ones and NaN in their old order', async ({ n, dtype }) => {
  const x = tensor(
    Array.from({ length: n }, (_, i) => element[dtype](i)),
    { dtype },
  );
  const values = Array.from(await x.data());
  for (const descending of [false, true]) {
    const sign = descending ? -1 : 1;
    const expected = [...values.keys()].sort((a, b) => sign * compare(values[a]!, values[b]!) || a - b);
    expect(await jit((t: typeof x) => argSort(t, { axis: 0, descending }))(x).array()).toEqual(expected);
  }
});
