import { readEvents } from '../formats/events/read-events.ts';
import { encodeBytes } from './base64.ts';
import type { StudioHistogram, StudioLine } from './protocol.ts';

type Tell = (lines: readonly StudioLine[]) => void;
const together = 2000;

/** Reports the values in a TensorBoard event file, except the first `skip`; returns their number. Stops at damage. */
export async function linesOfEvents(path: string, run: string, skip: number, tell: Tell): Promise<number> {
  let count = 0;
  let lines: StudioLine[] = [];
  try {
    for await (const value of readEvents(path)) {
      if (count++ < skip) continue;
      const { tag, step } = value;
      const time = value.wallTime * 1000;
      if (count === 1) lines.push({ kind: 'run', run, name: run, time, epochs: 0, controls: false });
      if (value.kind === 'scalar')
        lines.push({ kind: 'scalars', of: 'epoch', epoch: step, step, time, logs: { [tag]: value.value }, run });
      else if (value.kind === 'histogram')
        lines.push({
          kind: 'histograms',
          epoch: step,
          histograms: { [tag]: evened(value.buckets) },
          run,
        });
      else if (value.kind === 'text') lines.push({ kind: 'note', tag, epoch: step, text: value.text.join('\n'), run });
      else if (value.kind === 'image' && value.images[0])
        lines.push({
          kind: 'note',
          tag,
          epoch: step,
          image: `data:image/png;base64,${encodeBytes(value.images[0])}`,
          run,
        });
      else if (value.kind === 'hparams')
        lines.push({
          kind: 'run',
          run,
          name: run,
          time,
          epochs: 0,
          controls: false,
          hyperparameters: value.hparams,
        });
      if (lines.length >= together) {
        tell(lines);
        lines = [];
      }
    }
  } catch {
    // The file is being written, or damaged: values before that are shown.
  }
  if (lines.length > 0) tell(lines);
  return Math.max(count, skip);
}

/** Buckets of any width as bars of one width. */
function evened(
  buckets: readonly { readonly left: number; readonly right: number; readonly count: number }[],
): StudioHistogram {
  const bars = 48;
  const low = Math.min(...buckets.map(({ left }) => left), Infinity);
  const high = Math.max(...buckets.map(({ right }) => right), -Infinity);
  const [from, to] = Number.isFinite(low) && Number.isFinite(high) ? [low, high] : [0, 0];
  const counts = new Array<number>(bars).fill(0);
  let [size, sum, squares] = [0, 0, 0];
  for (const { left, right, count } of buckets) {
    const middle = (left + right) / 2;
    size += count;
    sum += count * middle;
    squares += count * middle * middle;
    // Distributed evenly over the bars that the bucket covers.
    const place = (x: number): number => (to > from ? ((x - from) / (to - from)) * bars : bars / 2);
    const [a, b] = [place(left), place(right)];
    for (let k = Math.floor(a); k < Math.max(b, Math.floor(a) + 1) && k < bars; k++) {
      const covered = b > a ? Math.min(b, k + 1) - Math.max(a, k) : 1;
      counts[k] += (count * covered) / (b > a ? b - a : 1);
    }
  }
  const mean = size > 0 ? sum / size : 0;
  const deviation = size > 0 ? Math.sqrt(Math.max(0, squares / size - mean * mean)) : 0;
  return { low: from, high: to, counts, mean, deviation, size, nan: 0, infinite: 0, zero: 0 };
}
