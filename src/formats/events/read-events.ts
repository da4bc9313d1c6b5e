import { exact } from '../../base/exact.ts';
import { byteStream } from '../byte-stream.ts';
import type { FileSource } from '../file.ts';
import { protobuf } from '../protobuf.ts';
import { recordsOf } from './records.ts';
import { Event, type ValueMessage } from './schema.ts';
import { type Logged, loggedOf } from './values.ts';

/** A logged value with its tag, step and time. */
export type LoggedValue = Logged & {
  readonly tag: string;
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
};

/** The most tags whose kinds are remembered, so that a hostile file cannot fill the memory. */
const mostTags = 100_000;

/** The values in an event file, in the order written, as a stream. */
export const readEvents = exact(
  'utils.readEvents',
  1,
  async function* (source: FileSource): AsyncGenerator<LoggedValue> {
    const who = source instanceof URL || typeof source === 'string' ? `file ${source}` : 'events';
    const library = await protobuf();
    // A tag's metadata may come with its first value only.
    const kinds = new Map<string, ValueMessage['metadata']>();
    for await (const record of recordsOf(who, await byteStream(source))) {
      const { wallTime = 0, step = 0, summary, graph } = library.decode(who, Event, record);
      if (graph) yield { kind: 'graph', graph, tag: '', step, wallTime };
      for (const value of summary?.values ?? []) {
        const { tag = '', metadata } = value;
        const known = kinds.get(tag);
        if (metadata && !known && kinds.size < mostTags) kinds.set(tag, metadata);
        const logged = loggedOf(who, library, value, known ?? metadata);
        if (logged) yield { ...logged, tag, step, wallTime };
      }
    }
  },
);
