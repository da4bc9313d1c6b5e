import { OutOfMemoryError } from '../base/errors.ts';
import type { Buffer, Device } from '../devices/device.ts';

/** A device buffer and the JavaScript object that holds it. */
interface Holding {
  readonly device: Device;
  readonly buffer: Buffer;
  readonly holder: WeakRef<object>;
}

const mebi = 2 ** 20;
/** Smaller buffers are left to the garbage collector's own pace. */
const smallest = 4096;
/** The growth in buffer bytes that triggers a search for unreachable ones: as many as are in use, within bounds. */
const [leastGrowth, mostGrowth] = [256 * mebi, 512 * mebi];

const holdings = new Set<Holding>();
const limits = new WeakMap<Device, number>();
const collected = new FinalizationRegistry<Holding>(release);

/** Frees a buffer once its holder is unreachable. Returns a function that frees it immediately. */
export function freeWithHolder(holder: object, device: Device, buffer: Buffer): () => void {
  const holding = { device, buffer, holder: new WeakRef(holder) };
  holdings.add(holding);
  collected.register(holder, holding, holding);
  if (buffer.bytes >= smallest && device.bytesInUse > limitOf(device)) reclaim(device);
  return () => {
    collected.unregister(holding);
    release(holding);
  };
}

function release(holding: Holding): void {
  if (holdings.delete(holding)) holding.device.free(holding.buffer);
}

const limitOf = (device: Device): number => limits.get(device) ?? leastGrowth;

/**
 * The engine's garbage collector sees only the small objects that hold buffers, not the bytes on the device, and
 * reports what it collected only between tasks; a loop of eager ops would fill the memory first. Where the engine
 * allows it, we therefore collect in the middle of a task when the buffers have grown, and free what has become
 * unreachable.
 */
function reclaim(device: Device): void {
  collect ??= collector();
  if (collect()) {
    for (const holding of holdings)
      if (holding.device === device && holding.holder.deref() === undefined) release(holding);
  }
  lost.delete(device);
  const kept = device.bytesInUse;
  limits.set(device, kept + Math.min(Math.max(kept, leastGrowth), mostGrowth));
}

/** Bytes that were let go of since garbage was last looked for. */
const lost = new WeakMap<Device, number>();
const mostLost = 64 * mebi;
/** Says that nobody is likely to reach so many more bytes of a device: where they have become many, they are looked for. */
export function letGo(device: Device, bytes: number): void {
  const all = (lost.get(device) ?? 0) + bytes;
  lost.set(device, all);
  if (all > mostLost) reclaim(device);
}

/**
 * The result of `f`, which is retried after a garbage collection if memory runs out. `f` must itself hold references to
 * everything it needs, such as the tensors whose buffers it reads.
 */
export function withRoom<R>(device: Device, f: () => R): R {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof OutOfMemoryError)) throw error;
  }
  reclaim(device);
  return f();
}

let collect: (() => boolean) | undefined;

/** A full collection in the middle of a task; false if the engine does not offer one (pages). */
function collector(): () => boolean {
  const find = typeof process === 'undefined' ? undefined : process.getBuiltinModule;
  const [v8, vm] = [find?.('node:v8'), find?.('node:vm')];
  if (!v8 || !vm) return () => false;
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as () => void;
  v8.setFlagsFromString('--no-expose-gc');
  // References read or created in this task stay alive until its end, or that of a microtask queue such as this
  // context's.
  const context = vm.createContext({}, { microtaskMode: 'afterEvaluate' });
  const endOfTask = new vm.Script('0');
  return () => {
    endOfTask.runInContext(context);
    gc();
    return true;
  };
}
