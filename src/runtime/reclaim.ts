import { OutOfMemoryError } from '../base/errors.ts';
import type { Buffer, Device } from '../devices/device.ts';

/** A device's buffer and the object of JavaScript that holds it. */
interface Holding {
  readonly device: Device;
  readonly buffer: Buffer;
  readonly holder: WeakRef<object>;
}

const mebi = 2 ** 20;
/** Smaller buffers are left to the garbage collector's own pace. */
const smallest = 4096;
/** Bytes by which the buffers of a device may grow before unreachable ones are looked for: as many as they are, in bounds. */
const [leastGrowth, mostGrowth] = [256 * mebi, 512 * mebi];

const holdings = new Set<Holding>();
const limits = new WeakMap<Device, number>();
const collected = new FinalizationRegistry<Holding>(release);

/** Frees a buffer when nobody can reach its holder any more. Gives the function that frees it at once. */
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
 * The engine's garbage collector sees the small objects that hold buffers, not the bytes on the device, and reports what it took
 * only between two tasks: a loop of eager ops would fill the memory before. So where the engine lets us, we collect
 * when the buffers have grown, and free what became unreachable, in the middle of a task.
 */
function reclaim(device: Device): void {
  collect ??= collector();
  if (collect()) {
    for (const holding of holdings)
      if (holding.device === device && holding.holder.deref() === undefined) release(holding);
  }
  const kept = device.bytesInUse;
  limits.set(device, kept + Math.min(Math.max(kept, leastGrowth), mostGrowth));
}

/**
 * What `f` gives; where memory runs out, once more after garbage was looked for. Whatever it needs, such as the tensors whose
 * buffers it reads, it must hold itself: it is not to be reachable from what is collected only.
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

/** A full collection, in the middle of a task; false where the engine has none to offer (pages). */
function collector(): () => boolean {
  const find = typeof process === 'undefined' ? undefined : process.getBuiltinModule;
  const [v8, vm] = [find?.('node:v8'), find?.('node:vm')];
  if (!v8 || !vm) return () => false;
  v8.setFlagsFromString('--expose-gc');
  const gc = vm.runInNewContext('gc') as () => void;
  v8.setFlagsFromString('--no-expose-gc');
  // References read or made in this task count as alive to its end, or to that of a queue of microtasks: such as this context's.
  const context = vm.createContext({}, { microtaskMode: 'afterEvaluate' });
  const endOfTask = new vm.Script('0');
  return () => {
    endOfTask.runInContext(context);
    gc();
    return true;
  };
}
