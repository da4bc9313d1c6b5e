import { floatx } from '../../base/config.ts';
import { asDType, type DType, isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf, refuseSurplus } from '../../base/options.ts';
import { range, type Shape } from '../../base/shape.ts';
import { isPlainObject } from '../../base/tree.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast, transpose } from '../../primitives/movement.ts';
import { shapeArgument, sizeArgument } from '../axes.ts';
import { op, opNames } from '../op.ts';
import { cast, filled, like, type Operand, promotableOf, spread, spreadTo } from '../operands.ts';
import { resultType } from '../promotion.ts';

export interface DTypeOption {
  /** Element type of the result; `config.floatx()`, or what the values ask for, by default. */
  readonly dtype?: string | null | undefined;
}
const dTypeOption: OptionNames<DTypeOption> = { dtype: true };
const dtypeOf = (who: string, { dtype }: DTypeOption, fallback: DType): DType =>
  dtype === undefined || dtype === null ? fallback : asDType(dtype, who);

/** Zeros everywhere. @example zeros([2]) // [0, 0] */
export const zeros = op(
  'zeros',
  (shape: Shape | number, options: DTypeOption = {}) =>
    filled(shapeArgument('zeros', shape), dtypeOf('zeros', options, floatx()), 0),
  ['value'],
  dTypeOption,
);
/** Ones everywhere. @example ones([2]) // [1, 1] */
export const ones = op(
  'ones',
  (shape: Shape | number, options: DTypeOption = {}) =>
    filled(shapeArgument('ones', shape), dtypeOf('ones', options, floatx()), 1),
  ['value'],
  dTypeOption,
);
/** A tensor with unspecified elements (zeros). @example empty([2]).shape // [2] */
export const empty = op(
  'empty',
  (shape: Shape | number, options: DTypeOption = {}) =>
    filled(shapeArgument('empty', shape), dtypeOf('empty', options, floatx()), 0),
  ['value'],
  dTypeOption,
);
/** One value everywhere. @example full([2], 7) // [7, 7] */
export const full = op(
  'full',
  (shape: Shape | number, fillValue: Operand, options: DTypeOption = {}) => {
    const dtype = dtypeOf('full', options, floatx());
    const target = shapeArgument('full', shape);
    return typeof fillValue === 'object'
      ? spreadTo(cast(fillValue, dtype), target)
      : filled(target, dtype, Number(fillValue));
  },
  ['value', 'operand'],
  dTypeOption,
);
/** Zeros in the shape and dtype of `x`. @example zerosLike([1, 2]) // [0, 0] */
export const zerosLike = op(
  'zerosLike',
  (x: Tensor, options: DTypeOption = {}) => filled(x.shape, dtypeOf('zerosLike', options, x.dtype), 0),
  ['tensor'],
  dTypeOption,
);
/** Ones in the shape and dtype of `x`. @example onesLike([1, 2]) // [1, 1] */
export const onesLike = op(
  'onesLike',
  (x: Tensor, options: DTypeOption = {}) => filled(x.shape, dtypeOf('onesLike', options, x.dtype), 1),
  ['tensor'],
  dTypeOption,
);
/** A tensor with unspecified elements in the shape and dtype of `x`. @example emptyLike([1, 2]).shape // [2] */
export const emptyLike = op(
  'emptyLike',
  (x: Tensor, options: DTypeOption = {}) => filled(x.shape, dtypeOf('emptyLike', options, x.dtype), 0),
  ['tensor'],
  dTypeOption,
);
/** One value in the shape and dtype of `x`. @example fullLike([1, 2], 7) // [7, 7] */
export const fullLike = op(
  'fullLike',
  (x: Tensor, fillValue: Operand, options: DTypeOption = {}) => {
    const dtype = dtypeOf('fullLike', options, x.dtype);
    return typeof fillValue === 'object'
      ? spreadTo(cast(fillValue, dtype), x.shape)
      : filled(x.shape, dtype, Number(fillValue));
  },
  ['tensor', 'operand'],
  dTypeOption,
);

const arangeOp = op(
  'arange',
  (start: number, stop: number, step: number, dtype: DType): Tensor => {
    const count = Math.max(0, Math.ceil((stop - start) / step));
    const wide: DType = isFloat(dtype) ? (dtype === 'float64' ? dtype : 'float32') : 'int32';
    const i = iota({ shape: [count], dtype: wide, axis: 0 });
    return cast(p.add(p.mul(i, like(i, step)), like(i, start)), dtype);
  },
  ['value', 'value', 'value', 'value'],
);
/** `start`, `start + step`, … up to, not including, `stop`; with one number: from 0 up to it. @example arange(1, 7, 2) // [1, 3, 5] */
export const arange: (
  start: number,
  stop?: number | DTypeOption | null,
  step?: number | DTypeOption | null,
  options?: DTypeOption,
) => Tensor = Object.assign((...args: (number | DTypeOption | null | undefined)[]): Tensor => {
  const isNumber = (n: unknown): n is number | null | undefined =>
    typeof n === 'number' || n === null || n === undefined;
  const at = args.findIndex((n) => !isNumber(n));
  const options = at < 0 ? {} : optionsOf('arange', dTypeOption, args[at] as DTypeOption);
  refuseSurplus('arange', args, at < 0 ? 4 : at + 1);
  const [a, b, c] = args.map((n) => (typeof n === 'number' ? n : undefined));
  for (const n of [a, b, c])
    if (n !== undefined && !Number.isFinite(n))
      fail('arange', `${n} is no place to start, stop or step`, 'give finite numbers');
  if (a === undefined)
    fail('arange', 'it has no number', 'arange(stop), arange(start, stop) or arange(start, stop, step)');
  const [start, stop, step] = b === undefined ? [0, a, c ?? 1] : [a, b, c ?? 1];
  if (step === 0) fail('arange', 'step is 0', 'give a step that is not 0');
  const natural = resultType(...[a, b, c].filter((n) => n !== undefined).map(promotableOf));
  return arangeOp(start, stop, step, dtypeOf('arange', options, natural));
}, opNames('arange'));

export interface SpaceOptions extends DTypeOption {
  /** Number of values; 50 by default. */
  readonly num?: number | undefined;
  /** Whether `stop` is the last element. */
  readonly endpoint?: boolean | undefined;
  /** Position of the axis of the values, if the ends are arrays; 0 by default. */
  readonly axis?: number | undefined;
}
/** `num` evenly spaced numbers from start to stop, along a new first axis. */
export function spaced(
  who: string,
  start: Operand,
  stop: Operand,
  { num = 50, endpoint = true }: SpaceOptions,
): Tensor {
  const count = sizeArgument(who, 'num', num);
  const dtype = resultType(promotableOf(start), promotableOf(stop), 'float');
  const [low, high] = spread(who, [start, stop] as const, dtype);
  const shape = [count, ...low.shape];
  const over = (x: Tensor): Tensor => broadcast(x, { shape, axes: x.shape.map((_, d) => d + 1) });
  const steps = endpoint ? count - 1 : count;
  const i = iota({ shape, dtype, axis: 0 });
  const t = p.div(i, like(i, Math.max(steps, 1)));
  const one = like(t, 1);
  // Weighted from both ends, so that the last element is exactly `stop`.
  return p.add(p.mul(over(low), p.sub(one, t)), p.mul(over(high), t));
}
const stepOf = (start: Operand, stop: Operand, steps: number): Tensor => {
  const [low, high] = spread(
    'linspace',
    [start, stop] as const,
    resultType(promotableOf(start), promotableOf(stop), 'float'),
  );
  return steps > 0 ? p.div(p.sub(high, low), like(low, steps)) : like(low, Number.NaN);
};
/** Moves the first axis to the requested position. */
export function toAxis(x: Tensor, axis: number): Tensor {
  const rank = x.shape.length;
  const place = axis < 0 ? axis + rank : axis;
  if (place === 0) return x;
  const rest = range(rank).slice(1);
  return transpose(x, { perm: [...rest.slice(0, place), 0, ...rest.slice(place)] });
}
/**
 * `num` evenly spaced numbers from `start` to `stop`; with `retstep` also the step.
 * @example linspace(0, 1, { num: 3 }) // [0, 0.5, 1]
 */
export const linspace = op(
  'linspace',
  (
    start: Operand,
    stop: Operand,
    options: SpaceOptions & { readonly retstep?: boolean | undefined } = {},
  ): Tensor | [Tensor, Tensor] => {
    const dtype = dtypeOf('linspace', options, resultType(promotableOf(start), promotableOf(stop), 'float'));
    const exact = spaced('linspace', start, stop, options);
    const values = toAxis(cast(isFloat(dtype) ? exact : p.floor(exact), dtype), options.axis ?? 0);
    if (!options.retstep) return values;
    return [values, stepOf(start, stop, (options.num ?? 50) - (options.endpoint === false ? 0 : 1))];
  },
  ['operand', 'operand'],
  { num: true, endpoint: true, axis: true, dtype: true, retstep: true },
) as {
  (
    start: Parameters<typeof fullLike>[1],
    stop: Parameters<typeof fullLike>[1],
    options: SpaceOptions & {
      /** Returns the step as well. */
      readonly retstep: true;
    },
  ): [Tensor, Tensor];
  (
    start: Parameters<typeof fullLike>[1],
    stop: Parameters<typeof fullLike>[1],
    options?: SpaceOptions & {
      /** Whether to return the step as well; false by default. */
      readonly retstep?: false | undefined;
    },
  ): Tensor;
  readonly opName: string;
};

/** Position of row and column, as comparisons with a diagonal: `column - row - k`. */
function offDiagonal(shape: Shape, k: number): Tensor {
  const rank = shape.length;
  const column = iota({ shape, dtype: 'int32', axis: rank - 1 });
  const row = iota({ shape, dtype: 'int32', axis: rank - 2 });
  return p.sub(p.sub(column, row), like(row, k));
}
export interface EyeOptions extends DTypeOption {
  /** Number of columns; as many as rows when absent. */
  readonly M?: number | null | undefined;
  /** Which diagonal: 0 the main one, positive above it. */
  readonly k?: number | undefined;
}
const eyeOptions: OptionNames<EyeOptions> = { M: true, k: true, dtype: true };
/** Ones on a diagonal, zeros elsewhere. @example eye(2) // [[1, 0], [0, 1]] */
export const eye = op(
  'eye',
  (N: number, options: EyeOptions = {}) => {
    const shape = [sizeArgument('eye', 'N', N), sizeArgument('eye', 'M', options.M ?? N)];
    const off = offDiagonal(shape, options.k ?? 0);
    return cast(p.eq(off, like(off, 0)), dtypeOf('eye', options, floatx()));
  },
  ['value'],
  eyeOptions,
);
/** The square matrix with ones on the diagonal. @example identity(2) // [[1, 0], [0, 1]] */
export const identity = op(
  'identity',
  (n: number, options: DTypeOption = {}) => eye(n, options),
  ['value'],
  dTypeOption,
);
/** Ones on and below a diagonal, zeros above. @example tri(2) // [[1, 0], [1, 1]] */
export const tri = op(
  'tri',
  (N: number, options: EyeOptions = {}) => {
    const off = offDiagonal([sizeArgument('tri', 'N', N), sizeArgument('tri', 'M', options.M ?? N)], options.k ?? 0);
    return cast(p.le(off, like(off, 0)), dtypeOf('tri', options, floatx()));
  },
  ['value'],
  eyeOptions,
);
const triangle = (name: string, keep: (off: Tensor, zero: Tensor) => Tensor) =>
  op(
    name,
    (
      x: Tensor,
      {
        k = 0,
      }: {
        /** The diagonal at which the triangle ends: 0 (the default) the main one, positive above it. */
        readonly k?: number | undefined;
      } = {},
    ) => {
      if (x.shape.length < 2)
        fail(name, `the tensor has rank ${x.shape.length}`, 'give a matrix, or a stack of matrices');
      const off = offDiagonal(x.shape, k);
      return p.select(keep(off, like(off, 0)), x, like(x, 0));
    },
    ['tensor'],
    { k: true },
  );
/** The elements on and below a diagonal, zeros above. @example tril([[1, 2], [3, 4]]) // [[1, 0], [3, 4]] */
export const tril = triangle('tril', p.le);
/** The elements on and above a diagonal, zeros below. @example triu([[1, 2], [3, 4]]) // [[1, 2], [0, 4]] */
export const triu = triangle('triu', p.ge);

const grid = op(
  'meshgrid',
  (x: readonly Tensor[], { indexing = 'xy' }: { readonly indexing?: 'xy' | 'ij' | undefined } = {}) => {
    if (indexing !== 'xy' && indexing !== 'ij')
      fail('meshgrid', `unknown indexing "${String(indexing)}"`, 'use "xy" or "ij"');
    const rank = x.length;
    const place = (k: number): number => (indexing === 'xy' && rank > 1 && k < 2 ? 1 - k : k);
    const shape = range(rank).map((d) => sizeOfVector(x[place(d)]));
    return x.map((v, k) => broadcast(v.shape.length === 0 ? spreadTo(v, [1]) : v, { shape, axes: [place(k)] }));
  },
  ['tensors'],
  { indexing: true },
);
const sizeOfVector = (x: Tensor): number =>
  x.shape.length > 1 ? fail('meshgrid', `an input has rank ${x.shape.length}`, 'give vectors') : (x.shape[0] ?? 1);
type MeshInput = Parameters<typeof tril>[0];
/** Coordinate grids of vectors; the last argument may be `{ indexing: 'xy' | 'ij' }`. @example meshgrid([1, 2], [3])[0] // [[1, 2]] */
export const meshgrid: (...args: (MeshInput | { readonly indexing?: 'xy' | 'ij' })[]) => Tensor[] = Object.assign(
  (...args: unknown[]): Tensor[] => {
    const last = args[args.length - 1];
    const hasOptions = isPlainObject(last);
    const list = (hasOptions ? args.slice(0, -1) : args) as MeshInput[];
    return grid(list, hasOptions ? (last as { indexing?: 'xy' | 'ij' }) : {});
  },
  opNames('meshgrid'),
);
