import { bytesOf } from '../../compiler/memory/homes.ts';
import type { Plan } from '../../compiler/plan.ts';
import { reports } from '../../compiler/reports.ts';
import type { Region } from '../../ir/expr.ts';
import type { Program } from '../../ir/program.ts';
import type { Buffer, Executable } from '../device.ts';
import type { Buffers, HeapBuffer } from './buffers.ts';
import type { Entry } from './program.ts';

/** A plan as a machine's program. */
export interface Emitted {
  /** What its address arguments refer to, in order. */
  readonly table: readonly Entry[];
  /** Bytes of workspace, used by one contraction after another. */
  readonly workspaceBytes: number;
}

export interface Bound {
  readonly executable: Executable;
  /** Addresses of its constants on the heap. */
  readonly constants: readonly number[];
}

/**
 * A program bound to a heap: each run allocates the outputs and scratch memory and passes the addresses to `launch`.
 * `fill` writes bytes to an address.
 */
export function bindProgram(
  program: Program,
  plan: Plan,
  { table, workspaceBytes }: Emitted,
  buffers: Buffers,
  fill: (address: number, bytes: Uint8Array) => void,
  launch: (addressOf: (slot: number) => number) => void,
): Bound {
  const constants = new Map<Region, number>();
  for (const entry of table)
    if (entry.kind === 'constant') {
      const home = plan.homes.get(entry.region)!;
      const data = home.kind === 'constant' ? home.data : new Uint8Array();
      const address = buffers.reserve(data.byteLength);
      fill(address, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      constants.set(entry.region, address);
    }
  // The workspace follows the arena.
  const workspace = Math.ceil(plan.scratch[0] / 64) * 64;
  const scratch = workspace + workspaceBytes;
  const sources = table.map((slot) => source(slot, constants, workspace));
  const sizes = plan.outputs.map(bytesOf);
  // The executable keeps no more of the plan than this.
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
          if (replaced === undefined) made.push(buffers.allocate(bytes));
          outputs.push(replaced === undefined ? made.at(-1)! : (inputs[replaced] as HeapBuffer));
        }
        if (scratch > 0) arena = buffers.arena(scratch);
      } catch (error) {
        for (const buffer of made) buffers.free(buffer);
        throw error;
      }
      launch((slot) => sources[slot](inputs, outputs, arena));
      return outputs;
    },
  };
  return { executable, constants: [...constants.values()] };
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
