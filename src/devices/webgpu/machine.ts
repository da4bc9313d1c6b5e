import { fail, HornbeamError } from '../../base/errors.ts';
import type { Buffer } from '../device.ts';
import type { Acquired } from './adapter.ts';
import type { Binding, Dispatch, Gpu } from './dispatch.ts';

/** Bytes on the GPU. */
export class GpuBuffer implements Buffer {
  readonly bytes: number;
  /** The GPU's buffer; undefined once freed. */
  at: GPUBuffer | undefined;

  constructor(bytes: number, at: GPUBuffer) {
    this.bytes = bytes;
    this.at = at;
  }

  get gpu(): GPUBuffer {
    return this.at ?? fail('webgpu device', 'the buffer was freed', 'keep it until its last use');
  }
}

// The constants of GPUBufferUsage, which Node does not have as globals.
const usage = { mapRead: 1, copySource: 4, copyTarget: 8, storage: 128 } as const;
const computeStage = 4;
/** The pool of free buffers keeps at least this many bytes. */
const keptBytes = 256 << 20;
/** How long to wait, in milliseconds, for a lost GPU to report its loss after it refused something. */
const patience = 200;

/** What all programs of a device share: the GPU, its queue, a pool of buffers, and pending errors. */
export class Machine {
  readonly device: GPUDevice;
  readonly gpu: Gpu;
  /** Bytes of all live buffers. */
  bytesInUse = 0;
  /** The GPU was lost, with all its contents. */
  isLost = false;
  private readonly acquired: Acquired;
  private readonly pool = new Map<number, GPUBuffer[]>();
  private pooledBytes = 0;
  private failure: string | undefined;
  /** What there was no memory for: reported instead of the failures that follow from it. */
  private shortage: string | undefined;
  /** Settles when the GPU has confirmed or refused every buffer requested so far. */
  private judged: Promise<void> = Promise.resolve();
  private unjudged = 0;
  private pending: Promise<void> | undefined;
  /** Buffers that the GPU had no memory for, with the error message of each. */
  private readonly broken = new WeakMap<GPUBuffer, string>();
  private readonly pipelines = new Map<string, GPUComputePipeline>();

  constructor(acquired: Acquired) {
    this.acquired = acquired;
    this.device = acquired.device;
    this.gpu = acquired.gpu;
    this.device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.failure ??= event.error.message;
    });
    void this.device.lost.then(({ message, reason }) => {
      this.isLost = true;
      this.failure = `the GPU was lost (${reason}: ${message || 'no reason given'})`;
    });
  }

  /** Releases the GPU. */
  close(): void {
    this.acquired.device.destroy();
  }

  /** Throws the first error since the last check. */
  check(): void {
    const failure = this.isLost ? this.failure : (this.shortage ?? this.failure);
    if (failure === undefined) return;
    // The error may follow from a shortage that the GPU has not reported yet; the next await will tell.
    if (!this.isLost && this.shortage === undefined && this.unjudged > 0) return;
    if (this.isLost)
      fail('webgpu device', failure, "call config.setDevice('webgpu') again, and load the weights from a file");
    this.failure = undefined;
    this.shortage = undefined;
    refuse(failure);
  }

  /**
   * Does work in the order of calls: at once, unless earlier work, which then returned a promise, still waits for
   * numbers from the GPU.
   */
  inOrder(work: () => void | Promise<void>): void {
    if (!this.pending) {
      const wait = work();
      if (wait) this.follow(wait);
    } else this.follow(this.pending.then(work));
  }

  private follow(wait: Promise<void>): void {
    const settled = wait.catch((error: Error) => {
      this.failure ??= error.message;
    });
    this.pending = settled;
    void settled.then(() => {
      if (this.pending === settled) this.pending = undefined;
    });
  }

  /** Fails if no buffer can be that large; `what` names its contents. */
  expectFits(bytes: number, what: string): void {
    const most = this.gpu.bufferBytes;
    if (bytes > most) refuse(`${what} takes ${bytes} bytes, but this GPU's buffers have at most ${most}`);
  }

  /** A GPU buffer of at least `bytes` bytes, with undefined contents. */
  take(bytes: number, what: string): GPUBuffer {
    this.expectFits(bytes, what);
    const size = rounded(bytes);
    const free = this.pool.get(size)?.pop();
    if (!free)
      return this.create(
        Math.min(size, this.gpu.bufferBytes),
        usage.storage | usage.copySource | usage.copyTarget,
        what,
      );
    this.pooledBytes -= free.size;
    return free;
  }

  private create(size: number, uses: number, what: string): GPUBuffer {
    this.device.pushErrorScope('out-of-memory');
    const buffer = this.device.createBuffer({ size, usage: uses });
    this.unjudged++;
    const judged = this.device.popErrorScope().then((error) => {
      this.unjudged--;
      if (!error) return;
      const problem = `the GPU has no memory left for the ${size} bytes of ${what}`;
      this.broken.set(buffer, problem);
      this.shortage ??= problem;
      this.emptyPool();
    }, ignored);
    this.judged = this.judged.then(() => judged);
    return buffer;
  }

  /** Fails for a buffer that the GPU had no memory for. */
  expectHeld(buffer: GPUBuffer): void {
    const problem = this.broken.get(buffer);
    if (problem !== undefined) refuse(problem);
  }

  private emptyPool(): void {
    for (const list of this.pool.values()) for (const buffer of list) buffer.destroy();
    this.pool.clear();
    this.pooledBytes = 0;
  }

  /** Returns a buffer to the pool, to be reused by later work on the queue. */
  give(buffer: GPUBuffer): void {
    if (this.broken.has(buffer) || this.pooledBytes + buffer.size > Math.max(keptBytes, this.bytesInUse)) {
      buffer.destroy();
      return;
    }
    this.pooledBytes += buffer.size;
    const list = this.pool.get(buffer.size);
    if (list) list.push(buffer);
    else this.pool.set(buffer.size, [buffer]);
  }

  allocate(bytes: number, what: string): GpuBuffer {
    const buffer = new GpuBuffer(bytes, this.take(bytes, what));
    this.bytesInUse += bytes;
    return buffer;
  }

  /** A copy of a buffer, as its contents stand at this point in the order of calls. */
  copy({ gpu: from, bytes }: GpuBuffer): GpuBuffer {
    const second = this.allocate(bytes, 'a copy of an array');
    const { gpu: to } = second;
    this.inOrder(() => {
      if (bytes === 0) return;
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(from, 0, to, 0, bytes);
      this.device.queue.submit([encoder.finish()]);
    });
    return second;
  }

  free(buffer: GpuBuffer): void {
    const { gpu } = buffer;
    buffer.at = undefined;
    this.bytesInUse -= buffer.bytes;
    // Queued work may still need the buffer.
    this.inOrder(() => this.give(gpu));
  }

  /** The bytes of a buffer, once all earlier work is done; `what` names its contents. */
  async read(buffer: GPUBuffer, bytes: number, what: string): Promise<ArrayBuffer> {
    this.check();
    this.expectHeld(buffer);
    const staging = this.create(Math.max(4, bytes), usage.mapRead | usage.copyTarget, `a copy of ${what} for the host`);
    try {
      const encoder = this.device.createCommandEncoder();
      if (bytes > 0) encoder.copyBufferToBuffer(buffer, 0, staging, 0, bytes);
      this.device.queue.submit([encoder.finish()]);
      await staging.mapAsync(1);
      await this.judged;
      this.check();
      return staging.getMappedRange().slice(0, bytes);
    } catch (error) {
      if (error instanceof HornbeamError) throw error;
      // The loss of the GPU is reported only after the failure it caused here.
      await Promise.race([this.device.lost, new Promise((resolve) => setTimeout(resolve, patience))]);
      await this.judged;
      this.check();
      return refuse(`${what} cannot be read: ${(error as Error).message}`);
    } finally {
      staging.destroy();
    }
  }

  /** Layouts of bind groups, by the kinds of their buffers. */
  private layout(bindings: readonly Binding[]): GPUBindGroupLayout {
    return this.device.createBindGroupLayout({
      entries: bindings.map(({ access }, binding) => ({
        binding,
        visibility: computeStage,
        buffer: { type: access === 'read' ? 'read-only-storage' : 'storage' },
      })),
    });
  }

  /** The compiled kernel; kernels of equal text share one. */
  pipeline({ code, name, bindings }: Dispatch): GPUComputePipeline {
    let pipeline = this.pipelines.get(code);
    if (!pipeline) {
      this.device.pushErrorScope('validation');
      const module = this.device.createShaderModule({ code, label: name });
      pipeline = this.device.createComputePipeline({
        label: name,
        layout: this.device.createPipelineLayout({ bindGroupLayouts: [this.layout(bindings)] }),
        compute: { module, entryPoint: 'main' },
      });
      this.pipelines.set(code, pipeline);
      void this.device.popErrorScope().then((error) => {
        if (error) this.failure ??= `the kernel "${name}" does not compile: ${error.message}\n${code}`;
      }, ignored);
    }
    return pipeline;
  }
}

const refuse = (problem: string): never =>
  fail('webgpu device', problem, "use smaller arrays or batches, or config.setDevice('wasm')");
/** For error scopes that a lost GPU leaves open; the loss itself is reported elsewhere. */
const ignored = (): void => undefined;

/** Rounds a size up, to one of eight steps per power of two, so that similar arrays can reuse a buffer. */
function rounded(bytes: number): number {
  const step = Math.max(256, 2 ** (Math.ceil(Math.log2(Math.max(1, bytes))) - 4));
  return Math.max(step, Math.ceil(bytes / step) * step);
}
