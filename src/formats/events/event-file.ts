import { type NodeModules, nodeModules } from '../node-modules.ts';
import { type Protobuf, protobuf } from '../protobuf.ts';
import { recordOf } from './records.ts';
import { Event, type EventMessage, type ValueMessage } from './schema.ts';

/** How many files this process has begun. */
let begun = 0;

/**
 * An event file in a folder, created with the first event. Flushed events stay readable, whatever happens to the
 * process.
 */
export class EventFile {
  readonly folder: string;
  #path: string | undefined;
  #waiting: Uint8Array[] = [];
  #flushing: Promise<void> = Promise.resolve();
  readonly #node: NodeModules;
  readonly #library: Promise<Protobuf>;

  constructor(who: string, folder: string) {
    this.#node = nodeModules(who, 'write event files in Node');
    this.folder = folder;
    this.#library = protobuf();
  }
  /** Adds a value; the next flush writes it to the file. */
  async add(value: ValueMessage, step: number): Promise<void> {
    await this.#event({ step, summary: { values: [value] } });
  }
  async #event(event: EventMessage): Promise<void> {
    const { encode } = await this.#library;
    const wallTime = Date.now() / 1000;
    if (this.#path === undefined) {
      const name = `events.out.tfevents.${Math.floor(wallTime).toString().padStart(10, '0')}.${this.#node.os.hostname()}`;
      this.#path = this.#node.path.join(this.folder, `${name}.${process.pid}.${begun++}.v2`);
      const first = { wallTime, fileVersion: 'brain.Event:2', source: { writer: 'hornbeam' } };
      this.#waiting.push(recordOf(encode(Event, first)));
    }
    this.#waiting.push(recordOf(encode(Event, { wallTime, ...event })));
  }
  /** Writes the pending events, after any write in progress. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(async () => {
      const waiting = this.#waiting;
      if (this.#path === undefined || waiting.length === 0) return;
      this.#waiting = [];
      await this.#node.fs.mkdir(this.folder, { recursive: true });
      await this.#node.fs.appendFile(this.#path, Buffer.concat(waiting));
    });
    return this.#flushing;
  }
}
