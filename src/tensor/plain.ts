import { asDType, type DType, dtypeInfo, isDType, isFloat, type TypedArray } from '../base/dtype.ts';
import { fail, refusePromise } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { noSize, type Shape, sameShape, showShape, sizeOf } from '../base/shape.ts';
import { refuseDepth } from '../base/tree.ts';
import { Tensor } from '../ir/tensor.ts';
import { complex } from '../primitives/complex/complex.ts';
import { convert } from '../primitives/elementwise.ts';
import { full } from '../primitives/generators.ts';
import { reshape } from '../primitives/movement.ts';
import { evaluate } from '../runtime/execute.ts';
import { upload } from '../runtime/storage.ts';
import { encode } from './elements.ts';
import { currentTrace } from './frames.ts';
import { isStrings, type NestedStrings, tensorOfStrings } from './strings.ts';

export type Nested = number | boolean | readonly Nested[];
/** JavaScript values, or a tensor. */
export type Plain = Tensor | Nested | TypedArray | readonly NestedStrings[];

/** Options of `tensor`. */
export interface TensorOptions {
  /** Shape of the result; by default that of the nested arrays. */
  readonly shape?: Shape | undefined;
  /**
   * Element type; `complex64` takes pairs `[real, imaginary]` along the last axis. By default that of the typed array,
   * else float32 (int32 for integers only, bool for booleans only).
   */
  readonly dtype?: DType | undefined;
}
const tensorOptions: OptionNames<TensorOptions> = { shape: true, dtype: true };

export const isTypedArray = (x: unknown): x is TypedArray => ArrayBuffer.isView(x) && !(x instanceof DataView);

/** The dtype of a typed array; 64-bit arrays count as their 32-bit counterparts. */
export function dtypeOf(data: TypedArray): DType {
  if (data instanceof Float64Array) return 'float32';
  const found = (Object.keys(dtypeInfo) as DType[]).find(
    (d) =>
      d !== 'bool' && d !== 'float16' && d !== 'bfloat16' && d !== 'complex64' && data instanceof dtypeInfo[d].array,
  );
  if (found) return found;
  if ((data as unknown) instanceof Uint8ClampedArray) return 'uint8';
  return fail(
    'tensor',
    `a ${(data as object).constructor.name} has no dtype here`,
    'use a typed array of numbers of 32 bits or less',
  );
}

/** Whether nested arrays contain nothing but numbers. */
export function isNumbers(x: unknown, depth = 0): boolean {
  refuseDepth(depth);
  return Array.isArray(x) ? x.every((y) => isNumbers(y, depth + 1)) : typeof x === 'number' || typeof x === 'boolean';
}

/**
 * What was found instead of a number. Objects are described by their class, since those from files may have a
 * `toString` that is not a function.
 */
function nameKind(x: unknown): string {
  if (x === null) return 'null';
  return typeof x === 'object'
    ? `an object (${Object.getPrototypeOf(x)?.constructor.name ?? 'without class'})`
    : `${typeof x} (${String(x)})`;
}

/** As in NumPy. */
const deepest = 64;
/** Shape, elements and natural dtype of nested numbers. */
function flattenNest(nest: Nested): { shape: number[]; flat: number[]; dtype: DType } {
  refusePromise(
    'tensor',
    'expected numbers, got a promise; where a function of yours gave it, the function must not be async',
    nest,
  );
  const shape: number[] = [];
  for (let x: Nested = nest; Array.isArray(x); x = (x as readonly Nested[])[0]) {
    if (shape.length === deepest)
      fail(
        'tensor',
        `the arrays are nested deeper than ${deepest} times, or one contains itself`,
        'give a nest of numbers',
      );
    shape.push(x.length);
    if (x.length === 0) break;
  }
  const flat: number[] = [];
  let [booleans, integers] = [true, true];
  const walk = (x: Nested, depth: number): void => {
    if (Array.isArray(x)) {
      if (x.length !== shape[depth])
        fail(
          'tensor',
          `the nested arrays are ragged: ${shape[depth] ?? 'no'} elements were expected at depth ${depth}, one has ${x.length}`,
          'give all rows the same length',
        );
      for (const y of x as readonly Nested[]) walk(y, depth + 1);
      return;
    }
    if (depth !== shape.length)
      fail(
        'tensor',
        'the nested arrays are ragged: numbers and arrays stand side by side',
        'give all rows the same depth',
      );
    if (typeof x !== 'number' && typeof x !== 'boolean')
      fail(
        'tensor',
        `expected numbers, got ${nameKind(x)}`,
        'give a tensor, a typed array, a number or nested arrays of numbers',
      );
    if (typeof x !== 'boolean') booleans = false;
    if (typeof x === 'number' && !Number.isInteger(x)) integers = false;
    flat.push(Number(x));
  };
  walk(nest, 0);
  const dtype = flat.length === 0 ? 'float32' : booleans ? 'bool' : integers ? 'int32' : 'float32';
  return { shape, flat, dtype };
}

function strings(data: NestedStrings, { shape, dtype = 'string' }: TensorOptions): Tensor {
  if (dtype !== 'string') fail('tensor', `strings were given where ${dtype} is wanted`, 'give numbers');
  return tensorOfStrings(data, shape);
}
/** A concrete tensor of numbers or strings; `place` moves the elements to where they belong. */
export function plainTensor(data: Plain, options: TensorOptions = {}, place = upload): Tensor {
  optionsOf('tensor', tensorOptions, options);
  // Unlike in ops, a tensor requested as float64 is float64.
  if (isStrings(data) || (typeof data === 'string' && options.dtype === 'string')) return strings(data, options);
  const wanted = options.dtype && (isDType(options.dtype) ? options.dtype : asDType(options.dtype, 'tensor'));
  if (options.shape && noSize(options.shape) !== undefined)
    fail(
      'tensor',
      `shape ${showShape(options.shape)} holds ${noSize(options.shape)}`,
      'give whole numbers of at least 0',
    );
  if (data instanceof Tensor) return shaped(asPlainTensor(data, wanted), options.shape);
  const { shape, flat, dtype } = isTypedArray(data)
    ? { shape: [data.length], flat: data, dtype: dtypeOf(data) }
    : flattenNest(data);
  if (wanted === 'complex64')
    return complexTensor(flat, options.shape ?? (isTypedArray(data) ? undefined : shape.slice(0, -1)), shape);
  const aval = { shape: options.shape ?? shape, dtype: wanted ?? dtype };
  if (sizeOf(aval.shape) !== flat.length)
    fail(
      'tensor',
      `${flat.length} elements do not fill shape ${showShape(aval.shape)} (${sizeOf(aval.shape)})`,
      'give as many elements as the shape has',
    );
  refuseOverflow(flat, aval.dtype);
  return place(encode(flat, aval.dtype), aval);
}

/** The tensor reshaped, if a shape is given. */
function shaped(x: Tensor, shape: Shape | undefined): Tensor {
  if (!shape || sameShape(x.shape, shape)) return x;
  if (sizeOf(shape) !== sizeOf(x.shape))
    fail(
      'tensor',
      `shape ${showShape(x.shape)} does not fill shape ${showShape(shape)}`,
      'give as many elements as the shape has',
    );
  const y = reshape(x, { shape });
  if (!currentTrace()) evaluate([y]);
  return y;
}

/** Refuses numbers that an integer type cannot hold. */
function refuseOverflow(numbers: ArrayLike<number>, dtype: DType): void {
  const { range, kind, array } = dtypeInfo[dtype];
  if (!range || kind === 'bool' || numbers instanceof array) return;
  const [low, high] = range;
  for (let i = 0; i < numbers.length; i++) {
    const x = Math.trunc(numbers[i]);
    if (!(x >= low && x <= high))
      fail(
        'tensor',
        `${numbers[i]} is none of the numbers of ${dtype}, ${low} to ${high}`,
        "give another dtype, e.g. 'float32'",
      );
  }
}

/** Separates interleaved real and imaginary parts. */
function complexTensor(flat: ArrayLike<number>, shape: Shape = [flat.length / 2], given: Shape): Tensor {
  if (sizeOf(shape) * 2 !== flat.length)
    fail(
      'tensor',
      `${flat.length} numbers of shape ${showShape(given)} do not make complex64 numbers of shape ${showShape(shape)}`,
      'give pairs [real, imaginary] along the last axis; real numbers become complex with ops.cast(x, "complex64")',
    );
  const part = (k: number): Tensor =>
    upload(
      Float32Array.from({ length: flat.length / 2 }, (_, n) => flat[2 * n + k]),
      { shape, dtype: 'float32' },
    );
  return complex(part(0), part(1));
}

/** A tensor of plain values, of the given `dtype` if any. */
export function asPlainTensor(x: Plain, dtype?: DType): Tensor {
  if (x instanceof Tensor) {
    if (dtype === undefined || x.dtype === dtype) return x;
    if (x.dtype === 'string' || dtype === 'string')
      fail(
        'tensor',
        `a tensor of dtype ${x.dtype} came where ${dtype} is wanted`,
        'strings are no numbers: look them up',
      );
    const converted = convert(x, { dtype });
    if (!currentTrace()) evaluate([converted]);
    return converted;
  }
  if (typeof x === 'number' || typeof x === 'boolean') {
    if (dtype === 'complex64') return asPlainTensor(asPlainTensor(x, 'float32'), dtype);
    const own = dtype ?? (typeof x === 'boolean' ? 'bool' : Number.isInteger(x) ? 'int32' : 'float32');
    refuseOverflow([Number(x)], own);
    const value = isFloat(own) ? Number(x) : own === 'bool' ? Number(Boolean(x)) : Math.trunc(Number(x));
    return currentTrace()
      ? full({ shape: [], dtype: own, value })
      : upload(encode([value], own), { shape: [], dtype: own });
  }
  return plainTensor(x, { dtype });
}
