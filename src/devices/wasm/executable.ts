import { compiling } from '../../base/content-policy.ts';
import type { Plan } from '../../compiler/plan.ts';
import type { Region } from '../../ir/expr.ts';
import type { Program } from '../../ir/program.ts';
import { showAval } from '../../ir/tensor.ts';
import type { Buffer, Executable, KernelReport } from '../device.ts';
import { scalarFunction } from '../reference/scalar-functions.ts';
import { bytesOf, type Entry, emitProgram, kernelSteps } from './emit/program.ts';
import type { HeapBuffer, Machine } from './machine.ts';

/** A program ready to run, and what it holds besides: addresses on the heap and a module on every thread. */
export interface Loaded {
  readonly executable: Executable;
  readonly owned: { readonly addresses: readonly number[]; readonly module: number | undefined };
}

/** With `tick` it runs on one thread and calls it with the number of each kernel that is done. */
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
  const addresses = machine.reserve(4 * Math.max(1, emitted.table.length));
  const constants = new Map<Region, number>();
  for (const entry of emitted.table)
    if (entry.kind === 'constant') constants.set(entry.region, place(entry.region, plan, machine));

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
  // The workspace follows the arena.
  const workspace = Math.ceil(plan.scratch[0] / 64) * 64;
  const scratch = workspace + emitted.workspaceBytes;
  const args = [addresses];
  const table = emitted.table.map((slot) => source(slot, constants, workspace));
  const sizes = plan.outputs.map(bytesOf);
  // What runs it holds no more of the plan than this.
  const { donated } = plan;

  const executable: Executable = {
    program,
    kernels: reports(plan),
    scratchBytes: scratch,
    run(inputs) {
      const made: HeapBuffer[] = [];
      const outputs: HeapBuffer[] = [];
      let arena = 0;
      try {
        for (const [k, bytes] of sizes.entries()) {
          const replaced = donated.get(k);
          if (replaced === undefined) made.push(machine.allocate(bytes));
          outputs.push(replaced === undefined ? made.at(-1)! : (inputs[replaced] as HeapBuffer));
        }
        if (scratch > 0) arena = machine.arena(scratch);
      } catch (error) {
        for (const buffer of made) machine.free(buffer);
        throw error;
      }
      const words = heap.uint32(addresses, table.length);
      for (let i = 0; i < table.length; i++) words[i] = table[i](inputs, outputs, arena);
      if (entry) entry(0, 1, addresses);
      else pool.run(id!, 'run', args, threads);
      return outputs;
    },
  };
  return { executable, owned: { addresses: [addresses, ...constants.values()], module: id } };
}

type Source = (inputs: readonly Buffer[], outputs: readonly Buffer[], arena: number) => number;

function source(entry: Entry, constants: ReadonlyMap<Region, number>, workspace: number): Source {
  switch (entry.kind) {
    case 'input':
      return (inputs) => (inputs[entry.index] as HeapBuffer).address;
    case 'output':
      return (_, outputs) => (outputs[entry.index] as HeapBuffer).address;
    case 'arena':
      return (_, __, arena) => arena;
    case 'workspace':
      return (_, __, arena) => arena + workspace;
    case 'constant': {
      const address = constants.get(entry.region)!;
      return () => address;
    }
  }
}

function place(region: Region, plan: Plan, machine: Machine): number {
  const home = plan.homes.get(region)!;
  const data = home.kind === 'constant' ? home.data : new Uint8Array();
  const address = machine.reserve(data.byteLength);
  machine.heap.bytes(address, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return address;
}

const reports = (plan: Plan): KernelReport[] =>
  kernelSteps(plan.steps).map(({ info, writes }) => ({ ...info, output: writes.map(showAval).join(', ') }));
