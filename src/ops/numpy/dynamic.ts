import { type DType, dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { range, type Shape, type SymbolicShape, showShape, sizeOf, stridesOf } from '../../base/shape.ts';
import { Tensor } from '../../ir/tensor.ts';
import { KerasTensor } from '../../tensor/keras-tensor.ts';
import { asTensor, type Like, tensor } from '../../tensor/like.ts';
import type { SymbolicAval } from '../../tensor/symbolic.ts';
import { axisOf } from '../axes.ts';
import { exactOp, recordShapes } from '../op.ts';
import { resultType } from '../promotion.ts';

/**
 * An op whose result's shape depends on values: it reads them and returns a promise. For KerasTensors it returns what
 * is known.
 */
const dynamic = <A extends unknown[], R>(
  name: string,
  most: Required<Parameters<(...args: A) => Promise<R>>>['length'],
  f: (...args: A) => Promise<R>,
  shapes: (x: SymbolicAval, ...options: Rest<A>) => SymbolicAval | readonly SymbolicAval[],
) =>
  exactOp(name, most, (...args: A): Promise<R> => {
    const [x, ...options] = args;
    if (x instanceof Tensor && !x.storage && !(x instanceof KerasTensor)) unknown(name);
    if (!(x instanceof KerasTensor)) return f(...args);
    const { symbolicShape: shape, dtype } = x;
    const found = shapes({ shape, dtype }, ...(options as Rest<A>));
    return recordShapes<Promise<R>>(name, args, found);
  });
type Rest<A extends unknown[]> = A extends [unknown, ...infer R] ? R : never;
const unknown = (who: string): never =>
  fail(
    who,
    'the shape of its result depends on values that are not known yet',
    'call it on computed tensors, outside of jit and models',
  );
async function valuesOf(who: string, x: Like): Promise<{ t: Tensor; data: TypedArray }> {
  const t = asTensor(x);
  if (t instanceof KerasTensor || !t.storage) return unknown(who);
  return { t, data: await t.data() };
}
const integers = (data: readonly number[], shape: Shape): Tensor =>
  tensor(Int32Array.from(data), { shape: [...shape], dtype: 'int32' });

/** Positions of the non-zero elements, one vector per axis. @example await nonzero([0, 5, 7]) // [[1, 2]] */
export const nonzero = dynamic(
  'nonzero',
  1,
  async (x: Like): Promise<Tensor[]> => {
    const { t, data } = await valuesOf('nonzero', x);
    const found = Array.from(data.keys()).filter((i) => data[i] !== 0);
    const strides = stridesOf(t.shape);
    return t.shape.map((n, d) =>
      integers(
        found.map((i) => Math.floor(i / strides[d]) % n),
        [found.length],
      ),
    );
  },
  ({ shape }) => shape.map(() => ({ shape: [null], dtype: 'int32' })),
);

export interface BincountOptions {
  /** Weights of the elements; 1 by default. */
  readonly weights?: Like | null | undefined;
  /** Smallest length of the result; 0 by default. */
  readonly minlength?: number | undefined;
  /** There are no sparse tensors: true is refused. */
  readonly sparse?: boolean | undefined;
}
const bincountOptions: OptionNames<BincountOptions> = { weights: true, minlength: true, sparse: true };
/** How often each number from 0 on occurs, in a vector or in each row; with weights: their sums. @example await bincount([1, 1, 3]) // [0, 2, 0, 1] */
export const bincount = dynamic(
  'bincount',
  2,
  async (x: Like, options: BincountOptions = {}): Promise<Tensor> => {
    const { weights, minlength = 0, sparse } = optionsOf('bincount', bincountOptions, options);
    if (sparse) fail('bincount', 'there are no sparse tensors', 'leave `sparse` out');
    const { t, data } = await valuesOf('bincount', x);
    if (t.shape.length !== 1 && t.shape.length !== 2)
      fail('bincount', `the tensor has shape ${showShape(t.shape)}`, 'give a vector, or rows of one');
    if (dtypeInfo[t.dtype].kind === 'float') fail('bincount', `the numbers are ${t.dtype}`, 'give integers');
    const w = weights === undefined || weights === null ? undefined : await valuesOf('bincount', weights);
    // Negative numbers count as 0.
    const places = Array.from(data, (n) => Math.max(0, n));
    const length = Math.max(minlength, ...places.map((n) => n + 1), 0);
    const [rows, columns] = t.shape.length === 1 ? [1, t.shape[0]] : (t.shape as [number, number]);
    const counts = new Float64Array(rows * length);
    places.forEach((n, i) => (counts[Math.floor(i / columns) * length + n] += w ? w.data[i] : 1));
    const shape = t.shape.length === 1 ? [length] : [rows, length];
    return w ? tensor(Float32Array.from(counts), { shape, dtype: w.t.dtype }) : integers(Array.from(counts), shape);
  },
  ({ shape, dtype }, { weights } = {}) => ({
    shape: [...shape.slice(0, -1), null],
    dtype: weights === undefined || weights === null ? 'int32' : resultType(dtype, asTensor(weights).dtype),
  }),
);

export interface UniqueOptions {
  /** Results are always sorted. */
  readonly sorted?: boolean | undefined;
  /** Whether the positions of first appearance are returned too. */
  readonly returnIndex?: boolean | undefined;
  /** Whether, for each element, its position among the values is returned too. */
  readonly returnInverse?: boolean | undefined;
  /** Whether the number of appearances is returned too. */
  readonly returnCounts?: boolean | undefined;
  /** Axis whose slices are compared; the flattened tensor's elements when absent. */
  readonly axis?: number | null | undefined;
  /** Length of the result: cut, or filled up with `fillValue` (the smallest element when absent). */
  readonly size?: number | null | undefined;
  /** Fills the result up to `size`; the smallest value by default. */
  readonly fillValue?: number | null | undefined;
}
const uniqueOptions: OptionNames<UniqueOptions> = {
  sorted: true,
  returnIndex: true,
  returnInverse: true,
  returnCounts: true,
  axis: true,
  size: true,
  fillValue: true,
};
type Uniques = Tensor | Tensor[];
/**
 * The distinct elements (or slices), sorted; optionally with first positions, inverse and counts.
 * @example await unique([3, 1, 3]) // [1, 3]
 */
export const unique = dynamic(
  'unique',
  2,
  async (x: Like, options: UniqueOptions = {}): Promise<Uniques> => {
    optionsOf('unique', uniqueOptions, options);
    const { t, data } = await valuesOf('unique', x);
    const isFlat = options.axis === undefined || options.axis === null;
    const d = isFlat ? 0 : axisOf('unique', options.axis, t.shape.length);
    const shape = isFlat ? [sizeOf(t.shape)] : t.shape;
    const strides = stridesOf(shape);
    const others = range(shape.length).filter((k) => k !== d);
    const sliceShape = others.map((k) => shape[k]);
    const offsets = range(sizeOf(sliceShape)).map((i) => {
      let rest = i;
      let offset = 0;
      for (let k = others.length - 1; k >= 0; k--) {
        offset += (rest % sliceShape[k]) * strides[others[k]];
        rest = Math.floor(rest / sliceShape[k]);
      }
      return offset;
    });
    const row = (i: number): number[] => offsets.map((o) => data[i * strides[d] + o]);
    const rows = range(shape[d]).map(row);
    const compare = (a: readonly number[], b: readonly number[]): number => {
      for (let k = 0; k < a.length; k++) {
        if (a[k] === b[k]) continue;
        // NaN stands last.
        return Number.isNaN(a[k]) ? (Number.isNaN(b[k]) ? 0 : 1) : Number.isNaN(b[k]) ? -1 : a[k] - b[k];
      }
      return 0;
    };
    const order = range(rows.length).sort((i, j) => compare(rows[i], rows[j]) || i - j);
    const first: number[] = [];
    const inverse = new Array<number>(rows.length);
    const counts: number[] = [];
    order.forEach((i) => {
      if (first.length === 0 || compare(rows[first.at(-1)!], rows[i]) !== 0) {
        first.push(i);
        counts.push(0);
      }
      counts[counts.length - 1]++;
      inverse[i] = first.length - 1;
    });
    const length = options.size ?? first.length;
    const filler =
      options.fillValue === undefined || options.fillValue === null
        ? rows[first[0] ?? 0]
        : offsets.map(() => options.fillValue!);
    const chosen = range(length).map((k) => (k < first.length ? rows[first[k]] : filler));
    const out = slicesAlong(chosen, shape, d, t.dtype);
    const extra = range(Math.max(0, length - first.length));
    const results = [
      out,
      ...(options.returnIndex
        ? [integers([...first.slice(0, length), ...extra.map(() => first[0] ?? 0)], [length])]
        : []),
      ...(options.returnInverse ? [integers(inverse, isFlat ? t.shape : [rows.length])] : []),
      ...(options.returnCounts ? [integers([...counts.slice(0, length), ...extra.map(() => 0)], [length])] : []),
    ];
    return results.length === 1 ? out : results;
  },
  uniqueShapes,
);
function uniqueShapes({ shape, dtype }: SymbolicAval, options: UniqueOptions = {}): SymbolicAval | SymbolicAval[] {
  const { size = null, axis = null, returnIndex, returnInverse, returnCounts } = options;
  const d = axis === null ? 0 : axisOf('unique', axis, shape.length);
  const whole = (n: SymbolicShape): SymbolicAval => ({ shape: n, dtype: 'int32' });
  const results: SymbolicAval[] = [
    { shape: axis === null ? [size] : shape.map((n, k) => (k === d ? size : n)), dtype },
    ...(returnIndex ? [whole([size])] : []),
    ...(returnInverse ? [whole(axis === null ? shape : [shape[d]])] : []),
    ...(returnCounts ? [whole([size])] : []),
  ];
  return results.length === 1 ? results[0] : results;
}
/** Stacks slices along an axis. */
function slicesAlong(rows: readonly (readonly number[])[], shape: Shape, d: number, dtype: DType): Tensor {
  const full = shape.map((n, k) => (k === d ? rows.length : n));
  const strides = stridesOf(full);
  const after = strides[d] ?? 1;
  const flat = new Array<number>(sizeOf(full));
  rows.forEach((row, i) =>
    row.forEach((value, k) => {
      const [outer, inner] = [Math.floor(k / after), k % after];
      flat[(outer * rows.length + i) * after + inner] = value;
    }),
  );
  return tensor(flat, { shape: full, dtype });
}
