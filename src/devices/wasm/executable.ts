import { compiling } from '../../base/content-policy.ts';
import type { Program } from '../../ir/program.ts';
import type { Executable } from '../device.ts';
import { bindProgram } from '../host/executable.ts';
import { scalarFunction } from '../reference/scalar-functions.ts';
import type { EmittedProgram } from './emit/program.ts';
import type { Machine } from './machine.ts';

/** A program ready to run, with its addresses on the heap and its module on every thread. */
export interface Loaded {
  readonly executable: Executable;
  readonly owned: { readonly addresses: readonly number[]; readonly module: number | undefined };
}

/** With `tick`, it runs on one thread and calls `tick` with the number of each finished kernel. */
export function load(
  program: Program,
  emitted: EmittedProgram,
  machine: Machine,
  tick?: (kernel: number) => void,
): Loaded {
  const { heap, pool } = machine;
  const module = compiling('wasm device', () => new WebAssembly.Module(emitted.code));
  const count = emitted.table.length;
  const addresses = machine.reserve(4 * Math.max(1, count));

  const imports = Object.fromEntries(emitted.hostOperations.map((name) => [name, scalarFunction(name, 'f64')!]));
  const alone = tick !== undefined || emitted.hostOperations.length > 0;
  const id = alone ? undefined : pool.load(module);
  const instance = alone
    ? new WebAssembly.Instance(module, {
        env: { memory: heap.memory, look: () => {} },
        math: imports,
        ...(tick && { clock: { tick } }),
      })
    : undefined;
  const entry = instance?.exports['run'] as ((index: number, count: number, addresses: number) => void) | undefined;
  const threads = emitted.isParallel ? pool.threadCount : 1;
  const args = [addresses];

  const { executable, constants } = bindProgram(
    program,
    emitted,
    machine,
    (address, bytes) => heap.bytes(address, bytes.byteLength).set(bytes),
    (addressOf) => {
      const words = heap.uint32(addresses, count);
      for (let i = 0; i < count; i++) words[i] = addressOf(i);
      if (entry) entry(0, 1, addresses);
      else pool.run(id!, 'run', args, threads);
    },
  );
  return { executable, owned: { addresses: [addresses, ...constants], module: id } };
}
