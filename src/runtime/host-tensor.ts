import type { TypedArray } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import type { Buffer, Device } from '../devices/device.ts';
import { type Aval, Tensor } from '../ir/tensor.ts';
import { DeviceStorage, download, storageOf } from './storage.ts';

interface HostBuffer extends Buffer {
  readonly data: TypedArray;
}
/** JavaScript's own memory, where data waits until a device needs it. */
const memory: Device = {
  name: 'memory',
  compile: () => fail('memory', 'it computes nothing', 'choose a device'),
  upload: (data): HostBuffer => ({ bytes: data.byteLength, data }),
  download: (buffer) => (buffer as HostBuffer).data.slice(),
  copy: (buffer) => buffer,
  free: () => {},
  bytesInUse: 0,
};
/** A tensor whose (stored) elements stay where they are until a device computes with them; nobody may change them. */
export const hostTensor = (data: TypedArray, aval: Aval): Tensor =>
  new Tensor(aval, { storage: new DeviceStorage(memory, memory.upload(data, aval.dtype), () => {}) });

/** The numbers of a tensor that JavaScript can read at once, because no device has them yet. */
export function numbersInMemory({ storage, dtype }: Tensor): TypedArray | undefined {
  if (!(storage instanceof DeviceStorage) || storage.device !== memory) return undefined;
  return dtype === 'float16' || dtype === 'bfloat16' ? undefined : (storage.buffer as HostBuffer).data;
}

/** The stored elements, read-only: not copied if they are already in JavaScript's memory. */
export function elementsOf(t: Tensor): TypedArray | Promise<TypedArray> {
  const { device, buffer } = storageOf(t);
  return device === memory ? (buffer as HostBuffer).data : download(t);
}
