import { EventPlace, eventsFrom, type LoggedValue } from '../formats/events/read-events.ts';
import type { HParamValues } from '../formats/events/values.ts';
import { encodeBytes } from './base64.ts';
import type { StudioHistogram, StudioLine } from './protocol.ts';
import { shownInFull, Thinning } from './thinning.ts';

type Tell = (lines: readonly StudioLine[]) => void;
const together = 2000;

/** A TensorBoard event file: how far it was read, and which of its values are shown. */
export class EventFile {
  readonly #path: string;
  readonly #run: string;
  readonly #place = new EventPlace();
  readonly #thinning = new Thinning();
  #isBegun = false;

  constructor(path: string, run: string) {
    this.#path = path;
    this.#run = run;
  }
  /** Reports the values that came since the last time. Stops at damage. */
  async read(tell: Tell): Promise<void> {
    const { createReadStream } = process.getBuiltinModule('node:fs');
    let lines: StudioLine[] = [];
    // The newest of the numbers that are left out is shown after all, so that curves end where the log does.
    const newest = new Map<string, StudioLine>();
    try {
      const pieces = createReadStream(this.#path, { start: this.#place.bytes }) as AsyncIterable<Uint8Array>;
      for await (const value of eventsFrom(`file ${this.#path}`, pieces, this.#place)) {
        if (!this.#isBegun) lines.push(this.#start(value.wallTime));
        this.#isBegun = true;
        const name = `${value.kind} ${value.tag}`;
        const isShown = this.#thinning.keeps(name, mostOf[value.kind] ?? shownInFull.texts);
        if (!isShown && value.kind !== 'scalar') continue;
        const line = this.#line(value);
        if (!line) continue;
        if (isShown) {
          lines.push(line);
          newest.delete(name);
        } else newest.set(name, line);
        if (lines.length < together) continue;
        tell(lines);
        lines = [];
      }
    } catch {
      // The file is being written, or damaged: what stands before that is shown.
    }
    lines.push(...newest.values());
    if (lines.length > 0) tell(lines);
  }
  #start(wallTime: number, hyperparameters?: HParamValues): StudioLine {
    const name = this.#run;
    return { kind: 'run', run: name, name, time: wallTime * 1000, controls: false, hyperparameters };
  }
  #line(value: LoggedValue): StudioLine | undefined {
    const { tag, step, wallTime } = value;
    const of = { epoch: step, run: this.#run };
    if (value.kind === 'scalar')
      return { kind: 'scalars', of: 'epoch', ...of, step, time: wallTime * 1000, logs: { [tag]: value.value } };
    if (value.kind === 'histogram') return { kind: 'histograms', ...of, histograms: { [tag]: evened(value.buckets) } };
    if (value.kind === 'text') return { kind: 'note', tag, ...of, text: value.text.join('\n') };
    if (value.kind === 'image' && value.images[0])
      return { kind: 'note', tag, ...of, image: `data:image/png;base64,${encodeBytes(value.images[0])}` };
    return value.kind === 'hparams' ? this.#start(wallTime, value.hparams) : undefined;
  }
}
const mostOf: Readonly<Record<string, number>> = {
  scalar: shownInFull.numbers,
  histogram: shownInFull.histograms,
  image: shownInFull.pictures,
};

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
