import { RecentCache } from '../base/recent.ts';
import type { Device, Executable, Timing } from '../devices/device.ts';
import { complex, partsOf } from '../ir/complex.ts';
import { closeProgram, makeProgram, type Program, printProgram, scopesOf } from '../ir/program.ts';
import type { Tensor } from '../ir/tensor.ts';
import { currentDevice } from './device.ts';
import { withRoom } from './reclaim.ts';
import { bufferOn, concrete, storageOf } from './storage.ts';

const executables = new WeakMap<Device, RecentCache<Executable>>();

/** The approximate size of a compiled program in bytes: its graph, plan and code. */
export const bytesOfProgram = ({ program, kernels }: Executable): number =>
  2048 * program.equations.length + 8192 * (1 + kernels.length);

/** Compiles a program, all of whose inputs are declared; programs with equal text share the result. */
export function compiled(program: Program, key = printProgram(program)): Executable {
  const device = currentDevice();
  let cache = executables.get(device);
  if (!cache) executables.set(device, (cache = new RecentCache()));
  const known = cache.get(key);
  if (known) return known.program === program ? known : withScopesOf(program, known);
  const executable = device.compile(program);
  cache.set(key, executable, bytesOfProgram(executable) + 2 * key.length);
  return executable;
}

/** The executable of an equal program, whose layers may have other names. */
function withScopesOf(program: Program, known: Executable): Executable {
  const own = scopesOf(program);
  const names = new Map(scopesOf(known.program).map((scope, k) => [scope, own[k]]));
  const kernels = known.kernels.map((k) => ({ ...k, scopes: k.scopes.flatMap((scope) => names.get(scope) ?? []) }));
  // The device frees what it holds for an executable once nobody reaches that: this one must.
  return Object.assign(Object.create(known), { program, kernels });
}

/** Runs a compiled program on concrete tensors. The storages of donated inputs are overwritten: the caller keeps them. */
export function run(executable: Executable, inputs: readonly Tensor[]): (Tensor | null)[] {
  const device = currentDevice();
  const buffers = withRoom(device, () => executable.run(inputs.map((t) => bufferOn(device, t))));
  const { outputs, donated } = executable.program;
  // Overwritten bytes are no longer those that were uploaded.
  for (const n of donated.values()) storageOf(inputs[n]).known = undefined;
  return buffers.map((buffer, k) => (donated.has(k) ? null : concrete(outputs[k], device, buffer)));
}

/** Times each of the program's kernels. Nothing is changed; a GPU must be waited for. */
export function timeKernels(executable: Executable, inputs: readonly Tensor[]): Timing | Promise<Timing> {
  const device = currentDevice();
  const rounds = 20;
  return (
    executable.time?.(
      inputs.map((t) => bufferOn(device, t)),
      rounds,
    ) ?? { untimed: `the ${device.name} device does not time its kernels` }
  );
}

/** Computes the values of recorded tensors in place: each is given storage and keeps its history. */
export function evaluate(outputs: readonly Tensor[]): void {
  const pending = outputs.flatMap(partsOf).filter((t) => !t.storage);
  if (pending.length === 0) return;
  const { program, captured } = closeProgram(makeProgram('evaluate', [], pending));
  const values = run(compiled(program), captured);
  pending.forEach((t, k) => (t.storage = values[k]!.storage));
}

/** A second tensor with the same elements, in bytes of its own. */
export function copyOf(t: Tensor): Tensor {
  if (t.parts) return complex(copyOf(t.parts[0]), copyOf(t.parts[1]));
  const device = currentDevice();
  return concrete(
    t,
    device,
    withRoom(device, () => device.copy(bufferOn(device, t))),
  );
}
