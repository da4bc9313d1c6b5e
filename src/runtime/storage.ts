import type { TypedArray } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import type { Buffer, Device } from '../devices/device.ts';
import { type Aval, type Storage, Tensor } from '../ir/tensor.ts';
import { currentDevice, onHost } from './device.ts';
import { freeWithHolder, letGo, withRoom } from './reclaim.ts';

/** A device buffer held by a JavaScript object: freed when the holder is garbage-collected, or by `dispose`. */
export class DeviceStorage implements Storage {
  declare device: Device;
  declare bytes: number;
  /** A local copy of the elements: for small arrays uploaded to a device that cannot be read synchronously. */
  known: TypedArray | undefined;
  declare private held: Buffer | undefined;
  declare private free: () => void;

  constructor(device: Device, buffer: Buffer, free?: () => void) {
    this.device = device;
    this.bytes = buffer.bytes;
    this.held = buffer;
    this.free = free ?? freeWithHolder(this, device, buffer);
  }

  /** Moves the elements to a buffer of another device. */
  move(device: Device, buffer: Buffer): void {
    this.dispose();
    this.known = undefined;
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

export function concrete({ shape, dtype }: Aval, device: Device, buffer: Buffer): Tensor {
  const storage = new DeviceStorage(device, buffer);
  if (device.isRemote) remember(storage, { shape, dtype });
  return new Tensor({ shape, dtype }, { storage });
}

/** The storages on devices that cannot be read synchronously. */
const remote = new Map<WeakRef<DeviceStorage>, Aval>();
const forgotten = new FinalizationRegistry<WeakRef<DeviceStorage>>((away) => remote.delete(away));

function remember(storage: DeviceStorage, { shape, dtype }: Aval): void {
  const away = new WeakRef(storage);
  remote.set(away, { shape, dtype });
  forgotten.register(storage, away);
}

/** Moves everything on a device that cannot be read synchronously to the default device. */
export async function bringHome(device: Device): Promise<void> {
  const home = onHost(currentDevice);
  const moveOne = async (storage: DeviceStorage, aval: Aval): Promise<void> => {
    const data = storage.known ?? (await device.download(storage.buffer, aval));
    if (!storage.isDisposed && storage.device === device) storage.move(home, home.upload(data, aval.dtype));
  };
  // More may be made while these are read.
  for (;;) {
    const moves: Promise<void>[] = [];
    for (const [away, aval] of remote) {
      const storage = away.deref();
      if (storage?.device === device && !storage.isDisposed) moves.push(moveOne(storage, aval));
      else if (!storage?.device.isRemote || storage.isDisposed) remote.delete(away);
    }
    if (moves.length === 0) return;
    await Promise.all(moves);
  }
}

/** Arrays of at most this many elements are kept locally after uploading. */
const fewElements = 1024;

/** A concrete tensor on the current device, from stored elements. */
export function upload(data: TypedArray, aval: Aval): Tensor {
  const device = currentDevice();
  const buffer = withRoom(device, () => device.upload(data, aval.dtype));
  const t = concrete(aval, device, buffer);
  if (device.isRemote && data.length <= fewElements) storageOf(t).known = data.slice();
  return t;
}

export function storageOf(t: Tensor): DeviceStorage {
  if (t.storage) return t.storage as DeviceStorage;
  return fail(
    'Tensor',
    `it has no value: it is part of a computation being recorded (shape (${t.shape.join(', ')}))`,
    'read values outside of jit and of compiled layers, or compile with runEagerly: true',
  );
}

/** Says that nobody is likely to hold tensors any longer, so that their memory is found before much of it has gathered. */
export function letGoOf(tensors: readonly Tensor[]): void {
  for (const t of tensors) if (t.storage) letGo(storageOf(t).device, storageOf(t).bytes);
}

/** The tensor's stored elements; a promise if the device is asynchronous. */
export function download(t: Tensor): TypedArray | Promise<TypedArray> {
  const storage = storageOf(t);
  return storage.known?.slice() ?? storage.device.download(storage.buffer, t);
}

/** The tensor's buffer on the given device; a tensor elsewhere is moved there. */
export function bufferOn(device: Device, t: Tensor): Buffer {
  const storage = storageOf(t);
  if (storage.device === device) return storage.buffer;
  const data = storage.known ?? storage.device.download(storage.buffer, t);
  if (data instanceof Promise)
    return fail(
      'Tensor',
      `it lives on the ${storage.device.name} device, whose bytes cannot be read at once`,
      'await t.data() first, and make a new tensor from it',
    );
  storage.move(device, device.upload(data, t.dtype));
  if (device.isRemote) remember(storage, t);
  return storage.buffer;
}
