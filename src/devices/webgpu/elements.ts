import { type DType, dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import type { Aval } from '../../ir/tensor.ts';
import { stored } from '../reference/stored-numbers.ts';
import type { Gpu } from './dispatch.ts';
import { elementType } from './emit/bindings.ts';

type Halves = Pick<Gpu, 'f16'>;

/** Bytes of an element on the device. */
export const storedBytes = (dtype: DType, gpu: Halves): number => (elementType(dtype, gpu) === 'f16' ? 2 : 4);
/** Bytes of an array on the device, rounded up to a whole word. */
export const bytesOf = ({ shape, dtype }: Aval, gpu: Halves): number =>
  Math.ceil((sizeOf(shape) * storedBytes(dtype, gpu)) / 4) * 4;

const words = { f32: Float32Array, i32: Int32Array, u32: Uint32Array } as const;

function refuse(dtype: DType): void {
  if (dtype === 'float64')
    fail('webgpu device', 'WebGPU has no float64', "use float32, or config.setDevice('wasm') for this computation");
}

/** Elements as the device stores them: a new array of bytes, or a view of `data` where nothing changes. */
export function encode(data: TypedArray, dtype: DType, gpu: Halves): Uint8Array<ArrayBuffer> {
  refuse(dtype);
  const type = elementType(dtype, gpu);
  const bytes = bytesOf({ shape: [data.length], dtype }, gpu);
  if (data.byteLength === bytes && (type === 'f16' || data instanceof words[type]))
    return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, bytes);
  const result = new Uint8Array(bytes);
  if (type === 'f16') result.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  else {
    const { decode } = stored[dtype] ?? {};
    new words[type](result.buffer).set(decode ? Float32Array.from(data, decode) : data);
  }
  return result;
}

/** The elements as the library stores them, from the device's bytes. */
export function decode(bytes: ArrayBuffer, { shape, dtype }: Aval, gpu: Halves): TypedArray {
  const count = sizeOf(shape);
  const { array } = dtypeInfo[dtype];
  const type = elementType(dtype, gpu);
  if (type === 'f16') return new Uint16Array(bytes, 0, count);
  const words32 = new words[type](bytes, 0, count);
  const { encode: narrow } = stored[dtype] ?? {};
  const result = new array(count);
  if (narrow) for (let i = 0; i < count; i++) result[i] = narrow(words32[i]);
  else if (words32.BYTES_PER_ELEMENT === result.BYTES_PER_ELEMENT) return words32;
  else result.set(words32);
  return result;
}
