/** Arrays as the conformance cases hold them, read where there is no Node. */
import { asDType, type DType, dtypeInfo } from '../../src/base/dtype.ts';
import * as keras from '../../src/index.ts';
import { decode } from '../../src/tensor/elements.ts';
import type { Stored } from '../conformance/cases.ts';

const isStored = (x: unknown): x is Stored => typeof x === 'object' && x !== null && 'data' in x && 'shape' in x;

function tensorOf({ shape, dtype, data }: Stored): keras.Tensor {
  const bytes = Uint8Array.from(atob(data as string), (c) => c.charCodeAt(0)).buffer;
  const numbers =
    dtype === 'int64' || dtype === 'uint64'
      ? Array.from(new BigInt64Array(bytes), Number)
      : decode(new dtypeInfo[dtype as DType].array(bytes), dtype as DType);
  return keras.tensor(Array.from(numbers), { shape, dtype: asDType(dtype) });
}

/** A nest in which stored arrays became tensors. */
export function withTensors(x: unknown): unknown {
  if (isStored(x)) return tensorOf(x);
  if (Array.isArray(x)) return x.map(withTensors);
  if (typeof x !== 'object' || x === null) return x;
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, withTensors(value)]));
}
