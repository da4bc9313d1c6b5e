import { type DType, dtypeInfo } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { findClass } from '../../../base/registry/serialize.ts';
import { range, sizeOf } from '../../../base/shape.ts';
import type { AnyLayer } from '../../../layers/layer/layer.ts';
import * as library from '../../../ops/index.ts';
import { upload } from '../../../runtime/storage.ts';
import { KerasTensor, type Tensor } from '../../../tensor/index.ts';
import { dataNow } from '../../../tensor/read.ts';
import type { ElementType } from '../element-types.ts';
import { type FileArray, who } from './model-file.ts';

type Callable = (...args: unknown[]) => Tensor;
/** Keras's ops by name. */
export const ops = library as unknown as Readonly<Record<string, Callable>>;

/**
 * What a name of the graph stands for. Images may be stored with channels last, as Keras's layers need them, where the
 * graph has channels behind the batch. Vectors of integers are kept as such: sizes, with null for unknown ones, and
 * axes.
 */
export type Value =
  | {
      readonly t: Tensor;
      readonly last: boolean;
      /** How many leading axes the graph has merged into one of unknown size; a product need not care. */
      readonly merged?: number;
    }
  | { readonly ints: readonly (number | null)[]; readonly isScalar: boolean };

export const isInts = (v: Value): v is Extract<Value, { ints: unknown }> => 'ints' in v;
/** The dtype here of elements in a file. */
export function dtypeOf(type: ElementType): DType {
  if (type === 'int64' || type === 'uint64') return type === 'int64' ? 'int32' : 'uint32';
  if (type === 'float64') return 'float32';
  return type as DType;
}
const limits = (type: DType): readonly [number, number] => dtypeInfo[type].range ?? [-Infinity, Infinity];

/** An array of the file as a value. */
export function valueOf({ type, shape, data }: FileArray): Value {
  const isWhole = type === 'int64' || type === 'int32';
  if (isWhole && shape.length < 2 && data.length <= 4096)
    return { ints: Array.from(data), isScalar: shape.length === 0 };
  return { t: tensorOf(type, shape, data), last: false };
}
function tensorOf(type: ElementType, shape: readonly number[], data: ArrayLike<number>): Tensor {
  const dtype = dtypeOf(type);
  const [low, high] = limits(dtype);
  const elements = new dtypeInfo[dtype].array(data.length);
  for (let k = 0; k < data.length; k++) elements[k] = Math.min(Math.max(data[k], low), high);
  return upload(elements, { shape, dtype });
}

/** Sizes of the axes, as the graph has them. */
export function shapeOf(v: Value): (number | null)[] {
  if (isInts(v)) return v.isScalar ? [] : [v.ints.length];
  const shape = [...(v.t.shape as readonly (number | null)[])];
  if (v.merged) return [null, ...shape.slice(v.merged)];
  return v.last ? [shape[0], shape.at(-1)!, ...shape.slice(1, -1)] : shape;
}
export const isSymbolic = (v: Value): boolean => !isInts(v) && v.t instanceof KerasTensor;

/** The largest array that is computed while a file is read. */
const largest = 2 ** 26;
/** Refuses huge arrays described by a small file. */
export function checkSize(node: string, shape: readonly (number | null)[]): void {
  if (!(sizeOf(shape.map((n) => n ?? 1)) <= largest))
    fail(who, `node "${node}" makes an array of the sizes [${shape.join(', ')}]`, 'check that the file is undamaged');
}

/** A layer of Keras by its class. */
export function layer(className: string, config: Readonly<Record<string, unknown>>): AnyLayer {
  const made = findClass({ class_name: className, module: 'keras.layers', registered_name: null });
  return Reflect.construct(made as typeof made & Function, [config]) as AnyLayer;
}
export const call = (of: AnyLayer, ...args: unknown[]): Tensor => of(...args) as Tensor;

/** The tensor with its axes as the graph has them. */
export function plain(v: Value): Tensor {
  if (isInts(v)) {
    if (v.ints.includes(null))
      fail(who, 'a size that is open is computed with', 'export the model with sizes that are fixed');
    return tensorOf('int32', v.isScalar ? [] : [v.ints.length], v.ints as number[]);
  }
  if (v.merged) return ops['reshape'](v.t, [-1, ...v.t.shape.slice(v.merged)]);
  if (!v.last) return v.t;
  const rank = v.t.shape.length;
  const order = [0, rank - 1, ...range(rank - 2).map((d) => d + 1)];
  return v.t instanceof KerasTensor
    ? call(layer('Permute', { dims: order.slice(1) }), v.t)
    : ops['transpose'](v.t, { axes: order });
}
/** The elements of an array that is known. */
export const elementsOf = (t: Tensor): ArrayLike<number> =>
  dataNow(t, 'reading a model') ??
  fail(who, 'numbers live on a device that has to be waited for', 'read the model before config.setDevice');

/** The tensor with its channels last. */
export function channelsLast(v: Value): Tensor {
  if (!isInts(v) && v.last) return v.t;
  const t = plain(v);
  const rank = t.shape.length;
  const order = [0, ...range(rank - 2).map((d) => d + 2), 1];
  return t instanceof KerasTensor
    ? call(layer('Permute', { dims: order.slice(1) }), t)
    : ops['transpose'](t, { axes: order });
}
/** The stored position of an axis of the graph. */
export const heldAxis = (axis: number, rank: number, last: boolean): number =>
  !last || axis === 0 ? axis : axis === 1 ? rank - 1 : axis - 1;
