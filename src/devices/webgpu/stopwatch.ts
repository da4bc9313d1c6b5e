import type { Buffer, Timing } from '../device.ts';
import type { GpuBuffer, Machine } from './machine.ts';

// The constants of GPUBufferUsage, which Node does not have as a global.
const usage = { copySource: 4, resolve: 512 } as const;
/** The most queries that a set may have. */
const most = 4096;
const wordBytes = 8;

/** Times kernels on the GPU: each gets a pass of its own, which writes two timestamps. */
export class Stopwatch {
  private readonly device: GPUDevice;
  private readonly sets: GPUQuerySet[] = [];
  /** The kernel that each pass ran; undefined for auxiliary dispatches. */
  private readonly passes: (number | undefined)[] = [];
  private readonly kernels: number;

  constructor(device: GPUDevice, kernels: number) {
    this.device = device;
    this.kernels = kernels;
  }

  /** Where the next pass writes its timestamps. */
  next(kernel: number | undefined): GPUComputePassTimestampWrites {
    const at = (2 * this.passes.length) % most;
    if (at === 0) this.sets.push(this.device.createQuerySet({ type: 'timestamp', count: most }));
    this.passes.push(kernel);
    return { querySet: this.sets.at(-1)!, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 };
  }

  /** Milliseconds of each kernel in all its passes together, once they are done. */
  async read(machine: Machine): Promise<number[]> {
    const nanoseconds = await Promise.all(this.sets.map((set, k) => this.resolve(set, k, machine)));
    const sums = Array.from({ length: this.kernels }, () => 0);
    let last = 0;
    this.passes.forEach((kernel, n) => {
      const words = nanoseconds[Math.floor((2 * n) / most)];
      const [began, ended] = [Number(words[(2 * n) % most]), Number(words[((2 * n) % most) + 1])];
      // Some drivers report that a pass began while it still waited for the previous one: count no time twice.
      if (kernel !== undefined) sums[kernel] += Math.max(0, ended - Math.max(began, last)) / 1e6;
      last = Math.max(last, ended);
    });
    return sums;
  }

  private async resolve(set: GPUQuerySet, k: number, machine: Machine): Promise<BigUint64Array> {
    const count = Math.min(most, 2 * this.passes.length - k * most);
    const buffer = this.device.createBuffer({ size: count * wordBytes, usage: usage.resolve | usage.copySource });
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(set, 0, count, buffer, 0);
    this.device.queue.submit([encoder.finish()]);
    try {
      return new BigUint64Array(await machine.read(buffer, count * wordBytes, 'the times of kernels'));
    } finally {
      buffer.destroy();
      set.destroy();
    }
  }
}

/**
 * The mean time over several runs on copies of the inputs, after one warm-up run. Not the minimum: browsers round
 * timestamps to 0.1 ms, so a short kernel appears to take no time in most runs.
 */
export async function timeKernels(
  inputs: readonly Buffer[],
  rounds: number,
  watch: Stopwatch,
  machine: Machine,
  run: (inputs: readonly Buffer[], isTimed: boolean) => void,
): Promise<Timing> {
  const copies = inputs.map((input) => machine.copy(input as GpuBuffer));
  try {
    for (let n = 0; n <= rounds; n++) run(copies, n > 0);
    const sums = await new Promise<number[]>((resolve, reject) => {
      machine.inOrder(() => {
        watch.read(machine).then(resolve, reject);
      });
    });
    return { ms: sums.map((ms) => ms / rounds), where: `on the GPU (mean of ${rounds} runs)` };
  } finally {
    for (const copy of copies) machine.free(copy);
  }
}
