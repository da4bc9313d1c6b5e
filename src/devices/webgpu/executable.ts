import type { Plan } from '../../compiler/plan.ts';
import { reports } from '../../compiler/reports.ts';
import type { Region } from '../../ir/expr.ts';
import type { Program } from '../../ir/program.ts';
import { showAval } from '../../ir/tensor.ts';
import type { Buffer, Executable } from '../device.ts';
import { bytesOf, encode } from './elements.ts';
import { type Command, commandsOf, type OwnKernels, type Place } from './emit/commands.ts';
import { GpuBuffer, type Machine } from './machine.ts';
import { Stopwatch, timeKernels } from './stopwatch.ts';

type Run = (place: Place) => GPUBuffer;
/** Bind groups of a dispatch, for the buffers it was last given. */
interface Bound {
  readonly buffers: readonly GPUBuffer[];
  readonly group: GPUBindGroup;
}
/** How many bind groups are kept per dispatch. */
const keptGroups = 4;

/**
 * A program ready to run, its kernels compiled. A run is one submission, unless the host has to decide about a loop or
 * a branch.
 */
export function load(program: Program, plan: Plan, machine: Machine, own: OwnKernels): Executable {
  const { gpu, device } = machine;
  const { commands, slots } = commandsOf(plan, gpu, own);
  const names = slotNames(program, plan, slots, machine);
  const outputNames = program.outputs.map((t, k) => `output ${k} of "${program.name}" (${showAval(t)})`);
  // Refuse what a run could not hold before any buffer is taken.
  slots.forEach((bytes, k) => machine.expectFits(bytes, names[k]));
  plan.outputs.forEach((region, k) => machine.expectFits(bytesOf(region, gpu), outputNames[k]));
  const constants = new Map<Region, GPUBuffer>();
  for (const [region, home] of plan.homes)
    if (home.kind === 'constant') {
      const bytes = encode(home.data, region.dtype, gpu);
      const buffer = machine.take(bytes.byteLength, `a constant of "${program.name}" (${showAval(region)})`);
      device.queue.writeBuffer(buffer, 0, bytes);
      constants.set(region, buffer);
    }
  const bound = new Map<Command, Bound[]>();
  prepare(commands, machine);

  const groupOf = (command: Command & { kind: 'dispatch' }, pipeline: GPUComputePipeline, at: Run): GPUBindGroup => {
    const buffers = command.places.map(at);
    let known = bound.get(command);
    if (!known) bound.set(command, (known = []));
    const found = known.find((b) => b.buffers.every((x, k) => x === buffers[k]));
    if (found) return found.group;
    const group = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    if (known.length >= keptGroups) known.shift();
    known.push({ buffers, group });
    return group;
  };

  /** Records commands; yields the place of a word wherever the host needs it to decide how to go on. */
  function* play(list: readonly Command[], recorder: Recorder, at: Run): Generator<Place, void, number> {
    for (const command of list) {
      switch (command.kind) {
        case 'dispatch': {
          const { workgroups } = command.dispatch;
          if (workgroups[0] * workgroups[1] * workgroups[2] === 0) break;
          const pipeline = machine.pipeline(command.dispatch);
          const pass = recorder.compute(command.kernel);
          pass.setPipeline(pipeline);
          if (command.places.length > 0) pass.setBindGroup(0, groupOf(command, pipeline, at));
          pass.dispatchWorkgroups(...workgroups);
          break;
        }
        case 'copy': {
          const { from, fromByte, to, toByte, bytes } = command;
          recorder.copies().copyBufferToBuffer(at(from), fromByte, at(to), toByte, bytes);
          break;
        }
        case 'repeat':
          for (let round = 0; round < command.times; round++) yield* play(command.body, recorder, at);
          break;
        case 'while':
          for (;;) {
            yield* play(command.condition, recorder, at);
            if ((yield command.test) === 0) break;
            yield* play(command.body, recorder, at);
          }
          break;
        case 'switch':
          yield* play(command.branches[yield command.index], recorder, at);
      }
    }
  }

  function execute(at: Run, watch: Stopwatch | undefined): void | Promise<void> {
    const recorder = new Recorder(device, watch);
    const playing = play(commands, recorder, at);
    let next = playing.next();
    const finish = async (): Promise<void> => {
      while (!next.done) {
        recorder.submit();
        const [word] = new Int32Array(await machine.read(at(next.value), 4, `a decision of "${program.name}"`));
        next = playing.next(word);
      }
      recorder.submit();
    };
    if (!next.done) return finish();
    recorder.submit();
  }

  function run(inputs: readonly Buffer[], watch?: Stopwatch): GpuBuffer[] {
    machine.check();
    for (const input of inputs) machine.expectHeld((input as GpuBuffer).gpu);
    const outputs = plan.outputs.map((region, k) => {
      const replaced = plan.donated.get(k);
      if (replaced !== undefined) return inputs[replaced] as GpuBuffer;
      return machine.allocate(bytesOf(region, gpu), outputNames[k]);
    });
    const given = inputs.map((x) => (x as GpuBuffer).gpu);
    const made = outputs.map((x) => x.gpu);
    machine.inOrder(() => {
      const taken = slots.map((bytes, k) => machine.take(bytes, names[k]));
      const at: Run = (place) =>
        place.kind === 'input'
          ? given[place.index]
          : place.kind === 'output'
            ? made[place.index]
            : place.kind === 'slot'
              ? taken[place.index]
              : constants.get((place as Place & { kind: 'constant' }).region)!;
      const give = (): void => {
        for (const buffer of taken) machine.give(buffer);
      };
      const wait = execute(at, watch);
      if (wait) return wait.finally(give);
      give();
    });
    return outputs;
  }

  const kernels = reports(plan);
  return {
    program,
    kernels,
    scratchBytes: slots.reduce((sum, n) => sum + n, 0),
    run: (inputs) => run(inputs),
    time(inputs, rounds) {
      if (!gpu.timestamps)
        return { untimed: 'this GPU does not tell when its kernels began and ended (timestamp-query)' };
      const watch = new Stopwatch(device, kernels.length);
      return timeKernels(inputs, rounds, watch, machine, (copies, isTimed) => {
        const outputs = run(copies, isTimed ? watch : undefined);
        outputs.forEach((output, k) => {
          if (!program.donated.has(k)) machine.free(output);
        });
      });
    },
  };
}

/** What each slot holds in words: the largest of its arrays. */
function slotNames(program: Program, plan: Plan, slots: readonly number[], { gpu }: Machine): string[] {
  const largest = new Map<number, Region>();
  for (const [region, home] of plan.homes) {
    if (home.kind !== 'slot') continue;
    const before = largest.get(home.index);
    if (!before || bytesOf(region, gpu) > bytesOf(before, gpu)) largest.set(home.index, region);
  }
  return slots.map((_, k) => {
    const region = largest.get(k);
    return region
      ? `an intermediate array of "${program.name}" (${showAval(region)}, ${region.name})`
      : `an array between two parts of a kernel of "${program.name}"`;
  });
}

/**
 * One encoder at a time. Its compute pass stays open while only kernels follow; with a stopwatch each kernel has a pass
 * of its own.
 */
class Recorder {
  private readonly device: GPUDevice;
  private readonly watch: Stopwatch | undefined;
  private encoder: GPUCommandEncoder | undefined;
  private pass: GPUComputePassEncoder | undefined;

  constructor(device: GPUDevice, watch: Stopwatch | undefined) {
    this.device = device;
    this.watch = watch;
  }

  compute(kernel: number | undefined): GPUComputePassEncoder {
    if (this.watch) {
      this.pass = this.copies().beginComputePass({ timestampWrites: this.watch.next(kernel) });
      return this.pass;
    }
    this.encoder ??= this.device.createCommandEncoder();
    return (this.pass ??= this.encoder.beginComputePass());
  }

  copies(): GPUCommandEncoder {
    this.pass?.end();
    this.pass = undefined;
    return (this.encoder ??= this.device.createCommandEncoder());
  }

  submit(): void {
    if (!this.encoder) return;
    this.device.queue.submit([this.copies().finish()]);
    this.encoder = undefined;
  }
}

/** Compiles every kernel ahead of the first run. */
function prepare(list: readonly Command[], machine: Machine): void {
  for (const command of list) {
    if (command.kind === 'dispatch') machine.pipeline(command.dispatch);
    else if (command.kind === 'repeat') prepare(command.body, machine);
    else if (command.kind === 'while') prepare([...command.condition, ...command.body], machine);
    else if (command.kind === 'switch') for (const branch of command.branches) prepare(branch, machine);
  }
}
