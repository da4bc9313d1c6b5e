import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { widthsHere } from '../../src/devices/native/testing.ts';
import * as ops from '../../src/ops/index.ts';
import { currentDevice } from '../../src/runtime/device.ts';
import { setDevice } from '../../src/runtime/set-device.ts';
import { download } from '../../src/runtime/storage.ts';
import { Tensor, valueAndGrad } from '../../src/tensor/index.ts';
import { hasGpu } from './cases.ts';
import { bodies } from './op-bodies.ts';
import { callArguments, exported } from './op-calls.ts';
import { decompositions } from './op-decompositions.ts';
import { decodeValue, difference, flat, type Json, readCases, type StoredArray, type Tolerance } from './op-values.ts';

type Key = number | string | readonly [number, number];
interface OpCase {
  readonly id: string;
  readonly public: string;
  readonly args: readonly Json[];
  readonly kwargs: Readonly<Record<string, Json>>;
  readonly call_args?: readonly Json[];
  readonly outputs: Json;
  readonly grads?: { readonly cotangents: Json; readonly wrt: readonly Key[]; readonly values: readonly Json[] };
  readonly tol?: readonly [number, number];
  readonly grad_tol?: readonly [number, number];
  readonly int_atol?: number;
  readonly compare?: string;
}
interface Call {
  args: unknown[];
  kwargs: Record<string, unknown>;
  callArgs: unknown[] | undefined;
}

const decoded = (c: OpCase): Call => ({
  args: c.args.map((x) => decodeValue(x, bodies)),
  kwargs: decodeValue(c.kwargs, bodies) as Record<string, unknown>,
  callArgs: c.call_args?.map((x) => decodeValue(x, bodies)),
});
function call(name: string, { args, kwargs, callArgs }: Call): unknown {
  const result = exported(name)!(...callArguments(name, args, kwargs));
  return callArgs ? (result as (...a: unknown[]) => unknown)(...callArgs) : result;
}

/** Reads, or replaces, the argument that a gradient is taken with respect to. */
const get = (c: Call, key: Key): unknown =>
  typeof key === 'number'
    ? c.args[key]
    : typeof key === 'object'
      ? (c.args[key[0]] as unknown[])[key[1]]
      : key.startsWith('call:')
        ? c.callArgs![Number(key.slice(5))]
        : c.kwargs[key];
function put(c: Call, key: Key, value: unknown): void {
  if (typeof key === 'number') c.args[key] = value;
  else if (typeof key === 'object') (c.args[key[0]] as unknown[])[key[1]] = value;
  else if (key.startsWith('call:')) c.callArgs![Number(key.slice(5))] = value;
  else c.kwargs[key] = value;
}
const copied = (c: Call): Call => ({
  args: c.args.map((x) => (Array.isArray(x) ? [...x] : x)),
  kwargs: { ...c.kwargs },
  callArgs: c.callArgs && [...c.callArgs],
});

async function gradientProblem(c: OpCase): Promise<string | undefined> {
  const { cotangents, wrt, values } = c.grads!;
  const base = decoded(c);
  const weights = flat(decodeValue(cotangents, bodies));
  const loss = (inputs: Tensor[]): Tensor => {
    const changed = copied(base);
    wrt.forEach((key, k) => put(changed, key, inputs[k]));
    const outputs = flat(call(c.public, changed)) as Tensor[];
    const terms = outputs.flatMap((y, k) =>
      weights[k] instanceof Tensor ? [ops.sum(ops.multiply(y, weights[k]))] : [],
    );
    return terms.reduce((a, b) => ops.add(a, b));
  };
  const [, gradients] = valueAndGrad(loss)(wrt.map((key) => get(base, key) as Tensor));
  const tol = c.grad_tol ?? [Math.max(5e-5, c.tol?.[0] ?? 0), Math.max(1e-5, c.tol?.[1] ?? 0)];
  return difference(gradients, values, { rtol: tol[0], atol: tol[1], intAtol: 0 }, 'gradient');
}

async function problemOf(c: OpCase): Promise<string | undefined> {
  try {
    const found = await call(c.public, decoded(c));
    const tol = { rtol: c.tol?.[0] ?? 1e-5, atol: c.tol?.[1] ?? 2e-6, intAtol: c.int_atol ?? 0 };
    const problem =
      (await comparisons[c.compare ?? 'values']!(found, c, tol)) ?? (c.grads && (await gradientProblem(c)));
    return problem && `${c.id}: ${problem}`;
  } catch (error) {
    return `${c.id}: ${String((error as Error).stack)
      .split('\n')
      .slice(0, 6)
      .join('\n')}`;
  }
}
type Compare = (found: unknown, c: OpCase, tol: Tolerance) => Promise<string | undefined>;
const comparisons: Readonly<Record<string, Compare>> = {
  values: (found, c, tol) => difference(found, c.outputs, tol),
  shape_dtype: async (found, c) => {
    const [x, y] = [found as Tensor, c.outputs as unknown as StoredArray];
    return x.dtype === y.dtype && x.shape.join() === y.shape.join() ? undefined : x.toString();
  },
  bits: async (found, c) => {
    const [x, y] = [found as Tensor, c.outputs as unknown as StoredArray];
    const stored = Buffer.from(y.data, 'base64').toString('hex');
    const bytes = (await download(x)) as Uint8Array;
    const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
    return own === stored ? undefined : `bytes ${own}, not ${stored}`;
  },
  argpartition: async (found, c) => argpartitionProblem(found as Tensor, c),
  ...decompositions,
};
/** Whatever stands before position kth must not be larger than what stands there, nor smaller what stands behind. */
async function argpartitionProblem(found: Tensor, c: OpCase): Promise<string | undefined> {
  const x = decodeValue(c.args[0]!, bodies) as Tensor;
  const options = { axis: (c.kwargs.axis as number | undefined) ?? -1 };
  const sorted = ops.takeAlongAxis(x, found, options);
  const pivot = ops.take(sorted, [c.args[1] as number], options);
  const size = x.shape.at(options.axis)!;
  const [low, , high] = ops.split(sorted, [c.args[1] as number, (c.args[1] as number) + 1], options) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const fits = ops.logicalAnd(ops.all(ops.lessEqual(low, pivot)), ops.all(ops.greaterEqual(high, pivot)));
  const places = ops.sort(found, options);
  const isWhole = ops.all(ops.equal(ops.moveaxis(places, options.axis, -1), ops.arange(size)));
  return (await ops.logicalAnd(fits, isWhole).item()) ? undefined : 'no partition';
}

// A software GPU is slow to compile: what differs in kind runs there, the rest in the samples of the primitives.
const onGpu =
  /\.(scan|whileLoop|while_loop|cond|switch|forLoop|fori_loop|map|sort|argsort|topK|top_k|cumsum|cumprod|matmul|einsum|conv|depthwise_conv|softmax|log_softmax|layer_normalization|batch_normalization|var|std|mean|sum|max|amax|isnan|isinf|floor_divide|mod|power|bitwise_\w+|right_shift|concatenate|pad|one_hot|scatter|segment_sum|erf|logsumexp|gelu|view|astype|cast|cholesky|qr|svd|lstsq|resize|nan_to_num|searchsorted|unique|where|take|quantile)$/;
const families = ['ops_numpy', 'ops_nn', 'ops_core', 'ops_math', 'ops_linalg', 'ops_image'];
const withGpu = await hasGpu();
test('every case of Keras has its op', () => {
  const cases = families.flatMap((family) => readCases<OpCase>(family));
  expect(cases.filter((c) => !exported(c.public)).map((c) => c.public)).toEqual([]);
  expect(cases.length).toMatchInlineSnapshot(`1253`);
});
const devices = [
  'wasm',
  'reference',
  ...(widthsHere().length > 0 ? (['native'] as const) : []),
  ...(withGpu ? (['webgpu'] as const) : []),
] as const;
describe.each(devices)('on %s', (device) => {
  const before = currentDevice().name;
  beforeAll(() => setDevice(device));
  afterAll(() => setDevice(before));
  describe.each(families)('%s', (family) => {
    const cases = readCases<OpCase>(family).filter(
      (c) => exported(c.public) && (device !== 'webgpu' || onGpu.test(c.public)),
    );
    for (const name of new Set(cases.map((c) => c.public)))
      test(`${name} gives Keras's values and gradients`, async () => {
        const problems: string[] = [];
        for (const c of cases) {
          if (c.public !== name || (device === 'reference' && c.id.includes('(large)'))) continue;
          const problem = await problemOf(c);
          if (problem) problems.push(problem);
        }
        expect(problems.join('\n')).toBe('');
      });
  });
});
