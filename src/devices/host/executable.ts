import { bytesOf } from '../../compiler/memory/homes.ts';
import type { KernelReport, Plan } from '../../compiler/plan.ts';
import { reports } from '../../compiler/reports.ts';
import type { Program } from '../../ir/program.ts';
import type { Buffer, Executable } from '../device.ts';
import type { Buffers, HeapBuffer } from './buffers.ts';
import type { Entry } from './program.ts';

/** A plan as a machine's program, with all that running it takes. */
export interface Emitted extends Sizes {
  readonly code: Uint8Array<ArrayBuffer>;
  /** What its address arguments refer to, in order. */
  readonly table: readonly Entry[];
  /** Bytes of workspace, used by one contraction after another. */
  readonly workspaceBytes: number;
}

/** What a program keeps of its plan. */
export interface Sizes {
  /** Bytes of the arena, in which intermediates stand. */
  readonly arenaBytes: number;
  /** Bytes of each output. */
  readonly outputBytes: readonly number[];
  readonly kernels: readonly KernelReport[];
}

export const sizesOf = (plan: Plan): Sizes => ({
  arenaBytes: plan.scratch[0],
  outputBytes: plan.outputs.map(bytesOf),
  kernels: reports(plan),
});

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
  { table, workspaceBytes, arenaBytes, outputBytes, kernels }: Emitted,
  buffers: Buffers,
  fill: (address: number, bytes: Uint8Array) => void,
  launch: (addressOf: (slot: number) => number) => void,
): Bound {
  const constants: number[] = [];
  // The workspace follows the arena.
  const workspace = Math.ceil(arenaBytes / 64) * 64;
  const scratch = workspace + workspaceBytes;
  const sources = table.map((entry): Source => {
    if (entry.kind !== 'constant') return source(entry, workspace);
    const { buffer, byteOffset, byteLength } = entry.data;
    const address = buffers.reserve(byteLength);
    fill(address, new Uint8Array(buffer, byteOffset, byteLength));
    constants.push(address);
    return () => address;
  });
  const { donated } = program;
  const executable: Executable = {
    program,
    kernels,
    scratchBytes: scratch,
    run(inputs) {
      const made: HeapBuffer[] = [];
      const outputs: HeapBuffer[] = [];
      let arena = 0;
      try {
        for (const [k, bytes] of outputBytes.entries()) {
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
  return { executable, constants };
}

type Source = (inputs: readonly Buffer[], outputs: readonly Buffer[], arena: number) => number;

function source(entry: Exclude<Entry, { kind: 'constant' }>, workspace: number): Source {
  if (entry.kind === 'input') return (inputs) => (inputs[entry.index] as HeapBuffer).address;
  if (entry.kind === 'output') return (_, outputs) => (outputs[entry.index] as HeapBuffer).address;
  const offset = entry.kind === 'workspace' ? workspace : 0;
  return (_, __, arena) => arena + offset;
}
