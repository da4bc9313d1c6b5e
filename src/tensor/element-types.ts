import type { DType, TypedArray } from '../base/dtype.ts';

/** The array that `data()` gives for each dtype; of complex numbers real and imaginary parts in turn. */
interface DataOfDType {
  readonly bool: Uint8Array;
  readonly uint8: Uint8Array;
  readonly uint16: Uint16Array;
  readonly uint32: Uint32Array;
  readonly int8: Int8Array;
  readonly int16: Int16Array;
  readonly int32: Int32Array;
  readonly float16: Float32Array;
  readonly bfloat16: Float32Array;
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly complex64: Float32Array;
  readonly string: string[];
}
/** What all typed arrays have, each in words of its own, which cannot be called on one of several kinds. */
interface AnyKind {
  map(f: (value: number, index: number) => number): AnyTypedArray;
  filter(f: (value: number, index: number) => unknown): AnyTypedArray;
  slice(start?: number, end?: number): AnyTypedArray;
  subarray(start?: number, end?: number): AnyTypedArray;
  reduce(f: (previous: number, current: number, index: number) => number): number;
  reduce<U>(f: (previous: U, current: number, index: number) => U, initial: U): U;
  reduceRight(f: (previous: number, current: number, index: number) => number): number;
  reduceRight<U>(f: (previous: U, current: number, index: number) => U, initial: U): U;
}
/** A typed array of some kind. */
export type AnyTypedArray = TypedArray & AnyKind;
/** What `data()` gives for a dtype; a typed array of some kind where the dtype is not said. */
export type DataOf<D extends DType> = DType extends D ? AnyTypedArray : DataOfDType[D];
/** What one element is in JavaScript. */
export type ElementOf<D extends DType> = DType extends D
  ? number
  : D extends 'string'
    ? string
    : D extends 'bool'
      ? boolean
      : D extends 'complex64'
        ? [real: number, imaginary: number]
        : number;

/** Arrays in arrays of numbers of a depth that only the tensor knows: taken for a number, a row, a matrix alike. */
export type NumberNest = number & NumberNest[];
type Deep<E, R extends number> = [E, E[], E[][], E[][][], E[][][][], E[][][][][], E[][][][][][]][R];
/** What `array()` gives of a tensor with `R` axes; where their number is not said, what may be taken for any of them. */
export type ArrayOf<R extends number, D extends DType> = number extends R
  ? DType extends D
    ? NumberNest
    : Deep<ElementOf<D>, 0 | 1 | 2 | 3 | 4 | 5 | 6>
  : Deep<ElementOf<D>, R>;
