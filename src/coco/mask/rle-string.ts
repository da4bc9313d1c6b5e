import { fail } from '../../base/errors.ts';

/**
 * Run lengths as COCO's text: from the fourth run on the difference to the run two before, each number in groups of five
 * bits (lowest first), a sixth bit for "more follows", and 48 added to make characters from '0' to 'o'.
 */
export function runsToString(counts: Uint32Array): string {
  let text = '';
  for (let i = 0; i < counts.length; i++) {
    let rest = i > 2 ? counts[i] - counts[i - 2] : counts[i];
    for (let more = true; more; ) {
      const digit = rest & 31;
      rest = Math.floor(rest / 32);
      // The top bit of the last group is the sign.
      more = digit & 16 ? rest !== -1 : rest !== 0;
      text += String.fromCharCode(digit + (more ? 32 : 0) + 48);
    }
  }
  return text;
}

/** Reads the text back: the inverse of `runsToString`. */
export function runsFromString(text: string): Uint32Array {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let value = 0;
    let weight = 1;
    for (let more = true; more; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit < 64)) {
        const what = at < text.length ? `has '${text[at]}' at position ${at}` : 'ends inside a number';
        fail('RLE mask', `the string of run lengths ${what}`, 'check that it was not cut off or escaped twice');
      }
      value += (digit & 31) * weight;
      weight *= 32;
      more = (digit & 32) !== 0;
      if (!more && digit & 16) value -= weight;
    }
    const run = counts.length > 2 ? value + counts[counts.length - 2] : value;
    if (!(run >= 0 && run < 2 ** 32)) {
      fail(
        'RLE mask',
        `run ${counts.length} has the length ${run}`,
        'check that the string is an RLE and was not cut off',
      );
    }
    counts.push(run);
  }
  return Uint32Array.from(counts);
}
