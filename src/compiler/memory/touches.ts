import type { TypedArray } from '../../base/dtype.ts';

/** Who touches an array. */
export interface Toucher {
  readonly thread: number;
  readonly step: string;
  readonly region: string;
}

/** For one range of bytes: who has written each since the last barrier, and who has read it. */
interface Log {
  readonly epochs: Uint32Array;
  readonly writers: (Toucher | undefined)[];
  readonly readers: Toucher[][];
}

/** Which threads have read and written which bytes since the last barrier, and the first access that was wrong. */
export class Touches {
  conflict: string | undefined;
  private epoch = 1;
  private readonly logs = new Map<ArrayBufferLike, Log>();
  private user:
    | { readonly step: object; readonly alone: boolean; readonly name: string; readonly epoch: number }
    | undefined;

  /** All threads have arrived here. */
  barrier(): void {
    this.epoch++;
  }

  /** A step works in the workspace: others may be there only behind a barrier, or on the same thread. */
  workspace(step: object, alone: boolean, name: string): void {
    const { user } = this;
    if (user?.epoch === this.epoch && user.step !== step && !(alone && user.alone))
      this.conflict ??= `"${name}" works where "${user.name}" may still work: no barrier is between them`;
    this.user = { step, alone, name, epoch: this.epoch };
  }

  /** The array, so that reading and writing its elements is recorded. */
  watched<T extends TypedArray>(array: T, who: Toucher): T {
    const log = this.logOf(array.buffer);
    const bytes = array.BYTES_PER_ELEMENT;
    return new Proxy(array, {
      get: (target, key) => {
        if (key === 'length') return target.length;
        const index = Number(key);
        for (let b = 0; b < bytes; b++) this.read(log, target.byteOffset + index * bytes + b, index, who);
        return target[index];
      },
      set: (target, key, value) => {
        const index = Number(key);
        for (let b = 0; b < bytes; b++) this.write(log, target.byteOffset + index * bytes + b, index, who);
        target[index] = value;
        return true;
      },
    });
  }

  private logOf(buffer: ArrayBufferLike): Log {
    let log = this.logs.get(buffer);
    if (!log) this.logs.set(buffer, (log = { epochs: new Uint32Array(buffer.byteLength), writers: [], readers: [] }));
    return log;
  }

  private fresh(log: Log, at: number): void {
    if (log.epochs[at] === this.epoch) return;
    log.epochs[at] = this.epoch;
    log.writers[at] = undefined;
    log.readers[at] = [];
  }

  private read(log: Log, at: number, index: number, who: Toucher): void {
    this.fresh(log, at);
    const writer = log.writers[at];
    if (writer && writer.thread !== who.thread) this.blame(who, 'reads', index, writer, 'has written');
    const readers = log.readers[at];
    if (!readers.some(({ thread }) => thread === who.thread)) readers.push(who);
  }

  private write(log: Log, at: number, index: number, who: Toucher): void {
    this.fresh(log, at);
    const writer = log.writers[at];
    if (writer && writer.thread !== who.thread) this.blame(who, 'writes', index, writer, 'has written');
    const reader = log.readers[at].find(({ thread }) => thread !== who.thread);
    if (reader) this.blame(who, 'writes', index, reader, 'has read');
    log.writers[at] = who;
  }

  private blame(who: Toucher, does: string, index: number, other: Toucher, did: string): void {
    this.conflict ??=
      `thread ${who.thread} ${does} "${who.region}"[${index}] in step "${who.step}", ` +
      `what thread ${other.thread} ${did} as "${other.region}" in step "${other.step}" since the last barrier`;
  }
}
