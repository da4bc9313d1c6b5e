import type { TypedArray } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import type { Buffer, Device } from '../devices/device.ts';
import { type Aval, type Storage, Tensor } from '../ir/tensor.ts';
import { currentDevice } from './device.ts';
import { freeWithHolder } from './reclaim.ts';

/** A device's buffer held by JavaScript: given back when the garbage collector takes the holder, or by `dispose`. */
export class DeviceStorage implements Storage {
  readonly device: Device;
  readonly bytes: number;
  private held: Buffer | undefined;
  private readonly free: () => void;

  constructor(device: Device, buffer: Buffer) {
    this.device = device;
    this.bytes = buffer.bytes;
    this.held = buffer;
    this.free = freeWithHolder(this, device, buffer);
  }

  get buffer(): Buffer {
    return (
      this.held ??
      fail('Tensor', 'it was disposed', 'use it before dispose(), or do not dispose it: memory is freed by itself')
    );
  }
  get isDisposed(): boolean {
    return this.held === undefined;
  }

  dispose(): void {
    if (!this.held) return;
    this.held = undefined;
    this.free();
  }
}

export const concrete = (aval: Aval, device: Device, buffer: Buffer): Tensor =>
  new Tensor({ shape: aval.shape, dtype: aval.dtype }, { storage: new DeviceStorage(device, buffer) });

/** A concrete tensor on the current device, from elements as stored. */
export function upload(data: TypedArray, aval: Aval): Tensor {
  const device = currentDevice();
  return concrete(aval, device, device.upload(data, aval.dtype));
}

export function storageOf(t: Tensor): DeviceStorage {
  if (t.storage) return t.storage as DeviceStorage;
  return fail(
    'Tensor',
    `it has no value: it is part of a computation being recorded (shape (${t.shape.join(', ')}))`,
    'read values outside of jit and of compiled layers, or compile with runEagerly: true',
  );
}

/** The tensor's elements as stored; a promise where the device cannot wait. */
export function download(t: Tensor): TypedArray | Promise<TypedArray> {
  const storage = storageOf(t);
  return storage.device.download(storage.buffer, t);
}

/** The tensor's buffer on the given device; one that lives elsewhere moves over for good. */
export function bufferOn(device: Device, t: Tensor): Buffer {
  const storage = storageOf(t);
  if (storage.device === device) return storage.buffer;
  const data = storage.device.download(storage.buffer, t);
  if (data instanceof Promise)
    return fail(
      'Tensor',
      `it lives on the ${storage.device.name} device, whose bytes cannot be read at once`,
      'await t.data() first, and make a new tensor from it',
    );
  const moved = new DeviceStorage(device, device.upload(data, t.dtype));
  t.storage = moved;
  return moved.buffer;
}
