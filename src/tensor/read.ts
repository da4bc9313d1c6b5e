import type { DType, TypedArray } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { showShape, sizeOf } from '../base/shape.ts';
import { partsOf } from '../ir/complex.ts';
import { Tensor } from '../ir/tensor.ts';
import { DeviceStorage, download } from '../runtime/storage.ts';
import type { ArrayOf, DataOf } from './element-types.ts';
import { decode } from './elements.ts';
import { KerasTensor } from './keras-tensor.ts';
import type { Nested } from './like.ts';

declare module '../ir/tensor.ts' {
  interface Tensor extends Readable {}
}

/** Ways to read the contents of a tensor. */
interface Readable {
  /** Number of elements. */
  readonly size: number;
  /** Number of axes. */
  readonly rank: number;
  /**
   * The elements in row-major order: for complex64 real and imaginary parts alternate, for strings a list. The type follows the
   * dtype if it is given: `data<'float32'>()` is a `Float32Array`.
   */
  data<D extends DType = DType>(): Promise<DataOf<D>>;
  /**
   * The elements as nested arrays; booleans as `true` and `false`, complex numbers as pairs. The type follows the number of axes
   * and the dtype if they are given: `array<2>()` is `number[][]`, `array<1, 'string'>()` is `string[]`.
   */
  array<R extends number = number, D extends DType = DType>(): Promise<ArrayOf<R, D>>;
  /** The only element; a string with `item<'string'>()`. */
  item<D extends 'string' | 'float32' = 'float32'>(): Promise<D extends 'string' ? string : number>;
  /** The elements, synchronously, on devices that support it (not webgpu: `await data()` there). */
  dataSync<D extends DType = DType>(): DataOf<D>;
  /** Frees the bytes before the garbage collector does. Never necessary. */
  dispose(): void;
  [Symbol.dispose](): void;
  /** The only element, for expressions such as `loss < 0.1`; an error if there are more. */
  valueOf(): number;
  /** Its shape and dtype: `Tensor(shape=(2, 3), dtype=float32)`. */
  toString(): string;
}

/** Explains why a tensor has no values, and what to do instead. */
export function refuse(t: Tensor, wish: string): never {
  if (t instanceof KerasTensor) {
    const from = t.history ? `, the output of "${t.history.node.operation.name}"` : '';
    return fail(
      `KerasTensor "${t.name}"`,
      `${wish} needs numbers, but this tensor is symbolic (shape ${showShape(t.symbolicShape)}, ${t.dtype}${from}): it stands for values that exist only when the model runs`,
      `use the function of keras.ops instead (ops.max for Math.max, ops.add for +, …), or put the computation into the call() of a custom layer`,
    );
  }
  return fail(
    `Tensor of shape ${showShape(t.shape)}`,
    `${wish} needs numbers, but this tensor is being recorded for a compiled program`,
    'use the function of keras.ops instead, or compile the model with runEagerly: true to see values while it runs',
  );
}

export function stored(t: Tensor, wish: string): TypedArray | Promise<TypedArray> {
  if (!t.parts) return t.storage ? download(t) : refuse(t, wish);
  const [re, im] = t.parts.map((part) => stored(part, wish));
  return re instanceof Promise || im instanceof Promise
    ? Promise.all([re, im]).then(([a, b]) => interleaved(a, b))
    : interleaved(re, im);
}
const interleaved = (re: TypedArray, im: TypedArray): TypedArray =>
  Float32Array.from({ length: 2 * re.length }, (_, n) => (n % 2 === 0 ? re : im)[n >> 1]);

export function nest(t: Tensor, data: ArrayLike<number> | readonly string[]): Nested {
  const leaf = (x: number | string): Nested => (t.dtype === 'bool' ? x !== 0 : (x as Nested));
  const shape = t.parts ? [...t.shape, 2] : t.shape;
  const build = (d: number, offset: number): Nested => {
    if (d === shape.length) return leaf(data[offset]);
    const step = sizeOf(shape.slice(d + 1));
    return Array.from({ length: shape[d] }, (_, i) => build(d + 1, offset + i * step));
  };
  return build(0, 0);
}

export function dataSync(t: Tensor, wish: string): TypedArray {
  const data = dataNow(t, wish);
  if (data === undefined)
    fail('Tensor', `${wish} cannot wait for this device`, 'await t.data(), t.array() or t.item()');
  return data;
}
/** The elements, unless the device is asynchronous. */
export function dataNow(t: Tensor, wish: string): TypedArray | undefined {
  const data = stored(t, wish);
  return data instanceof Promise ? undefined : decode(data, t.dtype);
}

function only(t: Tensor, data: TypedArray): number {
  if (t.parts)
    fail(
      `Tensor of shape ${showShape(t.shape)}`,
      'a complex64 number is two numbers',
      'use data() or array(), or ops.real(x), ops.imag(x)',
    );
  if (data.length !== 1)
    fail(
      `Tensor of shape ${showShape(t.shape)}`,
      `it has ${data.length} elements, not one`,
      'use data() or array(), or reduce it first',
    );
  return data[0];
}

const methods = {
  async data(this: Tensor): Promise<TypedArray | string[]> {
    if (this.strings) return [...this.strings];
    return decode(await stored(this, 'data()'), this.dtype);
  },
  async array(this: Tensor) {
    if (this.strings) return nest(this, this.strings);
    return nest(this, decode(await stored(this, 'array()'), this.dtype));
  },
  async item(this: Tensor): Promise<number | string> {
    if (this.strings?.length === 1) return this.strings[0];
    return only(this, decode(await stored(this, 'item()'), this.dtype));
  },
  dataSync(this: Tensor): TypedArray | string[] {
    if (this.strings) return [...this.strings];
    return dataSync(this, 'dataSync()');
  },
  dispose(this: Tensor) {
    for (const { storage } of partsOf(this)) if (storage instanceof DeviceStorage) storage.dispose();
  },
  valueOf(this: Tensor): number {
    return only(this, dataSync(this, 'a conversion to a number (Number(x), Math.max(x), x + 1, x > 0)'));
  },
  toString(this: Tensor): string {
    const head = `Tensor(shape=${showShape(this.shape)}, dtype=${this.dtype}`;
    return this instanceof KerasTensor
      ? `<KerasTensor shape=${showShape(this.symbolicShape)}, dtype=${this.dtype}, name=${this.name}>`
      : `${head})`;
  },
};

for (const [name, value] of Object.entries(methods))
  Object.defineProperty(Tensor.prototype, name, { value: exact(name, 0, value), writable: true, configurable: true });
Object.defineProperties(Tensor.prototype, {
  size: {
    get: function (this: Tensor) {
      return sizeOf(this.shape);
    },
    configurable: true,
  },
  rank: {
    get: function (this: Tensor) {
      return this.shape.length;
    },
    configurable: true,
  },
  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: { value: methods.dispose, configurable: true },
  [Symbol.toPrimitive]: {
    value(this: Tensor, hint: string) {
      return hint === 'string' ? this.toString() : this.valueOf();
    },
    configurable: true,
  },
});
