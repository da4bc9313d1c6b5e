import { fail } from '../../base/errors.ts';
import { crc32c } from '../crc32.ts';

/** A checksum as stored in TFRecord files: masked, so that data containing checksums can be checksummed safely. */
const masked = (bytes: Uint8Array): number => {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
};

/** A TFRecord record: the length of the data, its checksum, the data, their checksum. */
export function recordOf(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return record;
}

/** Larger records are refused: TensorBoard's largest hold a graph of a few megabytes. */
export const mostRecordBytes = 256 * 2 ** 20;

/**
 * The records of a TFRecord file as a stream. An incomplete last record is skipped, since the file may still be written
 * to. Damage is an error that names its position. `place` tells how far they were read: reading may go on from there.
 */
export async function* recordsOf(
  who: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  place: { bytes: number } = { bytes: 0 },
): AsyncGenerator<Uint8Array> {
  const queue = new ByteQueue();
  let length: number | undefined;
  for await (const piece of pieces) {
    queue.push(piece);
    for (;;) {
      if (length === undefined) {
        if (queue.length < 12) break;
        length = lengthOf(who, queue.take(12), place.bytes);
      }
      if (queue.length < length + 4) break;
      const data = queue.take(length);
      if (uint32(queue.take(4)) !== masked(data))
        fail(
          who,
          `the record at byte ${place.bytes} is damaged: its checksum is wrong`,
          'fetch or write the file again',
        );
      place.bytes += 16 + length;
      length = undefined;
      yield data;
    }
  }
}

function lengthOf(who: string, head: Uint8Array, offset: number): number {
  if (uint32(head.subarray(8)) !== masked(head.subarray(0, 8)))
    fail(
      who,
      offset === 0
        ? 'it is no TFRecord file'
        : `the record at byte ${offset} is damaged: the checksum of its length is wrong`,
      offset === 0 ? 'give a file of events, "events.out.tfevents.…"' : 'fetch or write the file again',
    );
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  if (length > mostRecordBytes)
    fail(who, `the record at byte ${offset} has ${length} bytes`, `records of at most ${mostRecordBytes} are read`);
  return Number(length);
}
const uint32 = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);

/** A queue of bytes that regroups the pieces put into it. */
class ByteQueue {
  #pieces: Uint8Array[] = [];
  length = 0;

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pieces.push(piece);
    this.length += piece.length;
  }
  /** Removes the first `count` bytes; there must be enough. */
  take(count: number): Uint8Array {
    this.length -= count;
    const [first] = this.#pieces;
    if (count === 0) return new Uint8Array(0);
    if (first.length >= count) {
      if (first.length === count) this.#pieces.shift();
      else this.#pieces[0] = first.subarray(count);
      return first.subarray(0, count);
    }
    const taken = new Uint8Array(count);
    let [filled, used] = [0, 0];
    while (filled < count) {
      const piece = this.#pieces[used];
      const wanted = Math.min(piece.length, count - filled);
      taken.set(piece.subarray(0, wanted), filled);
      filled += wanted;
      if (wanted === piece.length) used++;
      else this.#pieces[used] = piece.subarray(wanted);
    }
    this.#pieces.splice(0, used);
    return taken;
  }
}
