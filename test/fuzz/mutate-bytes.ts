import type { Choices } from './random.ts';

const telling = [0, 1, 2, 3, 7, 8, 16, 32, 64, 127, 128, 255];
// What begins the structures of HDF5 and zip files: near them, a byte says most.
const marks = ['TREE', 'SNOD', 'HEAP', 'OHDR', 'OCHK', 'GCOL', 'FRHP', 'FHDB', 'BTHD', 'BTLF', 'FADB', 'EAIB', 'PK'];
const places = new WeakMap<Uint8Array, number[]>();

function placesOfMarks(bytes: Uint8Array): number[] {
  const known = places.get(bytes);
  if (known) return known;
  const text = new TextDecoder('latin1').decode(bytes);
  const found = [0];
  for (const mark of marks) for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) found.push(at);
  places.set(bytes, found);
  return found;
}

/** A copy with some bytes changed, moved, left out or zeroed. */
export function mutateBytes(random: Choices, bytes: Uint8Array): Uint8Array {
  let out = bytes.slice();
  const marked = placesOfMarks(bytes);
  for (let n = 1 + random.below(4); n > 0 && out.length > 0; n--) {
    const at = Math.min(
      random.chance(0.6) ? random.of(marked) + random.below(64) : random.below(out.length),
      out.length - 1,
    );
    const kind = random.below(8);
    if (kind < 3) out[at] = random.chance(0.5) ? random.of(telling) : random.below(256);
    else if (kind === 3) out[at]! ^= 1 << random.below(8);
    else if (kind === 4) out.fill(random.chance(0.7) ? 0 : 255, at, at + random.of([2, 4, 8, 64, 512]));
    else if (kind === 5) out = out.slice(0, random.chance(0.5) ? at : out.length - random.below(64));
    else if (kind === 6) out.copyWithin(at, random.below(out.length), random.below(out.length));
    else {
      // A whole field: an address or a length that leads elsewhere.
      const value = random.of([random.below(out.length), out.length, 2 ** 31, 2 ** 32 - 1, 0, at]);
      if (out.length >= 4) new DataView(out.buffer).setUint32(Math.min(at, out.length - 4), value, true);
    }
  }
  return out;
}
