import { compiling } from '../../base/content-policy.ts';
import type { Plan } from '../../compiler/plan.ts';
import type { Program } from '../../ir/program.ts';
import type { Executable } from '../device.ts';
import { bindProgram } from '../host/executable.ts';
import { scalarFunction } from '../reference/scalar-functions.ts';
import { emitProgram } from './emit/program.ts';
import type { Machine } from './machine.ts';

/** A program ready to run, with its addresses on the heap and its module on every thread. */
export interface Loaded {
  readonly executable: Executable;
  readonly owned: { readonly addresses: readonly number[]; readonly module: number | undefined };
}

/** With `tick`, it runs on one thread and calls `tick` with the number of each finished kernel. */
export function load(
  program: Program,
  plan: Plan,
  machine: Machine,
  { tick, leastWork }: { tick?: (kernel: number) => void; leastWork?: number | undefined } = {},
): Loaded {
  const { heap, pool } = machine;
  const emitted = emitProgram(plan, heap.limits, tick ? 1 : pool.threadCount, {
    ticking: tick !== undefined,
    leastWork,
  });
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
    plan,
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
