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
    yield* eventsFrom(who, await byteStream(source));
  },
);

/** How far a file was read: bytes, and the metadata of tags, which may come with the first value only. */
export class EventPlace {
  bytes = 0;
  readonly kinds = new Map<string, ValueMessage['metadata']>();
}
/** The values in pieces of a file that begin at a place, which moves on with them. */
export async function* eventsFrom(
  who: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  place = new EventPlace(),
): AsyncGenerator<LoggedValue> {
  const library = await protobuf();
  const { kinds } = place;
  for await (const record of recordsOf(who, pieces, place)) {
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
}
