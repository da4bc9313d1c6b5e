import * as ops from '../../src/ops/index.ts';
import { Tensor, tensor } from '../../src/tensor/index.ts';
import { elementsOf, type Json, type StoredArray, type Tolerance } from './op-values.ts';

interface Case {
  readonly args: readonly Json[];
  readonly kwargs: Readonly<Record<string, Json>>;
  readonly outputs: Json;
}
const stored = (x: Json): Tensor => {
  const { data, dtype, shape } = elementsOf(x as unknown as StoredArray);
  return tensor(Array.from(data), { dtype, shape: [...shape] });
};
/** Largest distance between two tensors of one shape; infinite where shapes differ. */
async function distance(x: Tensor, y: Tensor): Promise<number> {
  if (x.shape.join() !== y.shape.join() || x.dtype !== y.dtype) return Infinity;
  return ops.max(ops.abs(ops.subtract(x, y))).item();
}
const transposed = (x: Tensor): Tensor => ops.swapaxes(x, -1, -2);
const identityLike = (x: Tensor): Tensor => ops.broadcastTo(ops.eye(x.shape.at(-1)!), x.shape);
type Compare = (found: unknown, c: Case, tol: Tolerance) => Promise<string | undefined>;
async function all(checks: Readonly<Record<string, Promise<number>>>, limit = 2e-4): Promise<string | undefined> {
  for (const [what, value] of Object.entries(checks))
    if (!((await value) <= limit)) return `${what} is off by ${await value}`;
  return undefined;
}

/** Factors that are not unique are judged by what they must multiply to. */
export const decompositions: Readonly<Record<string, Compare>> = {
  qr: async (found, c) => {
    const [q, r] = found as [Tensor, Tensor];
    const [, expected] = (c.outputs as readonly Json[]).map(stored) as [Tensor, Tensor];
    const product = ops.matmul(transposed(q), q);
    return all({
      'Q R': distance(ops.matmul(q, r), stored(c.args[0]!)),
      "Q'Q": distance(product, identityLike(product)),
      'the lower triangle of R': distance(r, ops.triu(r)),
      '|R|': distance(ops.abs(r), ops.abs(expected)),
    });
  },
  eigh: async (found, c) => {
    const [w, v] = found as [Tensor, Tensor];
    const x = stored(c.args[0]!);
    const expected = stored((c.outputs as readonly Json[])[0]!);
    const product = ops.matmul(transposed(v), v);
    return all({
      eigenvalues: distance(w, expected),
      'X V': distance(ops.matmul(x, v), ops.multiply(v, ops.expandDims(w, -2))),
      "V'V": distance(product, identityLike(product)),
    });
  },
  eig: async (found, c) => {
    const [w, v] = found as [Tensor, Tensor];
    const x = stored(c.args[0]!);
    const keys = async (values: Tensor): Promise<number[]> =>
      (await values.array<1, 'complex64'>()).sort((a, b) => Math.round((a[0] - b[0]) * 1e3) || a[1] - b[1]).flat();
    const [own, wanted] = [await keys(w), await keys(stored((c.outputs as readonly Json[])[0]!))];
    if (own.some((n, i) => Math.abs(n - wanted[i]!) > 2e-4)) return `eigenvalues ${own}, not ${wanted}`;
    return all({ 'X V': distance(ops.matmul(x, v), ops.multiply(v, ops.expandDims(w, -2))) });
  },
  svd: async (found, c) => {
    const [u, s, v] = found as [Tensor, Tensor, Tensor];
    const expected = (c.outputs as readonly Json[]).map(stored) as [Tensor, Tensor, Tensor];
    const k = s.shape.at(-1)!;
    const first = (x: Tensor): Tensor => ops.split(x, [k], { axis: -1 })[0]!;
    const top = ops.split(v, [k], { axis: -2 })[0]!;
    const [uu, vv] = [ops.matmul(transposed(u), u), ops.matmul(v, transposed(v))];
    const shape = (x: Tensor): string => x.shape.join();
    if (shape(u) !== shape(expected[0]) || shape(v) !== shape(expected[2])) return `shapes ${shape(u)} and ${shape(v)}`;
    return all({
      'singular values': distance(s, expected[1]),
      'U S V': distance(ops.matmul(ops.multiply(first(u), ops.expandDims(s, -2)), top), stored(c.args[0]!)),
      "U'U": distance(uu, identityLike(uu)),
      "V'V": distance(vv, identityLike(vv)),
    });
  },
};
