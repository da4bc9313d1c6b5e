/** The scale of an axis: positions of numbers, and ticks. */
export interface Scale {
  /** The position of a number, from 0 at the low end to 1 at the high end; NaN if it has none. */
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
}
export interface Tick {
  readonly value: number;
  readonly label: string;
}
export interface ScaleOptions {
  /** Approximate number of ticks. Default: 5. */
  readonly count?: number | undefined;
  /** Whether ticks must be integers, e.g. for epochs. */
  readonly isWhole?: boolean | undefined;
  /** Whether the ends are fixed; otherwise they are extended to the next tick. */
  readonly isFixed?: boolean | undefined;
}

/** Steps of 1, 2 or 5 times a power of ten. */
export function linearScale(from: number, to: number, options: ScaleOptions = {}): Scale {
  const { count = 5, isWhole = false, isFixed = false } = options;
  let [low, high] = from < to ? [from, to] : around(from, isWhole);
  const step = Math.max(roundStep((high - low) / count), isWhole ? 1 : 0);
  // Rounding errors must not lose a tick.
  const [first, last] = isFixed
    ? [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)]
    : [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  if (!isFixed) [low, high] = [first * step, last * step];
  const ticks = Array.from({ length: last - first + 1 }, (_, k) => ({
    value: (first + k) * step,
    label: numberText((first + k) * step, step),
  }));
  return { place: (value) => (value - low) / (high - low), ticks };
}
const around = (value: number, isWhole: boolean): [number, number] => {
  const room = isWhole ? 1 : Math.abs(value) / 10 || 1;
  return [value - room, value + room];
};

/** The smallest step of 1, 2 or 5 times a power of ten that is not below a given one. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((k) => k * power >= least * (1 - 1e-9)) ?? 10);
}

/** A logarithmic scale, with ticks between powers of ten if there are few of those. Numbers <= 0 have no position. */
export function logScale(from: number, to: number, options: ScaleOptions = {}): Scale {
  const { count = 5 } = options;
  const room = Math.max((to / from) ** 0.04, from < to ? 1 : 2);
  const [low, high] = [Math.log10(from / room), Math.log10(to * room)];
  const place = (value: number): number => (value > 0 ? (Math.log10(value) - low) / (high - low) : Number.NaN);
  const decades = Math.floor(high) - Math.ceil(low) + 1;
  const every = Math.max(1, Math.ceil(decades / (count + 1)));
  const inside = ({ value }: Tick): boolean => place(value) >= 0 && place(value) <= 1;
  const powers = (digits: readonly number[]): Tick[] =>
    Array.from({ length: decades + 2 }, (_, k) => Math.ceil(low) - 1 + k)
      .filter((power) => power % every === 0)
      .flatMap((power) =>
        digits.map((digit) => ({ value: digit * 10 ** power, label: numberText(digit * 10 ** power, 10 ** power) })),
      )
      .filter(inside);
  for (const digits of [[1], [1, 3], [1, 2, 5]]) {
    const ticks = powers(digits);
    if (ticks.length >= 3) return { place, ticks };
  }
  return { place, ticks: linearScale(10 ** low, 10 ** high, { count, isFixed: true }).ticks.filter(inside) };
}

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
const clockSteps = [1, 5, 15, 30]
  .flatMap((k) => [k * second, k * minute])
  .concat(
    [1, 3, 6, 12].map((k) => k * hour),
    [1, 2, 7, 14].map((k) => k * day),
  )
  .sort((a, b) => a - b);
const monthSteps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

/** A time scale in milliseconds since 1970, labelled with dates and times in UTC. */
export function timeScale(from: number, to: number, { count = 5 }: ScaleOptions = {}): Scale {
  const [low, high] = from < to ? [from, to] : [from - day, to + day];
  const place = (value: number): number => (value - low) / (high - low);
  const least = (high - low) / count;
  const step = clockSteps.find((s) => s >= least);
  const months = monthSteps.find((m) => m * 31 * day >= least) ?? 12 * roundStep(least / (365.25 * day));
  const ticks: Tick[] = [];
  if (step)
    for (let value = Math.ceil(low / step) * step; value <= high; value += step)
      ticks.push({ value, label: value % day === 0 ? dateText(value) : timeText(value, step) });
  else {
    const start = new Date(low).getUTCFullYear() * 12 + new Date(low).getUTCMonth();
    for (let month = Math.ceil(start / months) * months; ; month += months) {
      const value = Date.UTC(Math.floor(month / 12), month % 12);
      if (!(value <= high)) break;
      const text = dateText(value);
      if (value >= low) ticks.push({ value, label: months % 12 === 0 ? text.slice(0, 4) : text.slice(0, 7) });
    }
  }
  return { place, ticks };
}
const dateText = (value: number): string => new Date(value).toISOString().split('T')[0];
const timeText = (value: number, step: number): string =>
  new Date(value).toISOString().slice(11, step < minute ? 19 : 16);

/** Formats a number with as many decimals as a step needs. */
function numberText(value: number, step: number): string {
  if (Math.abs(value) < step * 1e-9) return '0';
  const size = Math.max(Math.abs(value), step);
  const places = -Math.floor(Math.log10(step) + 1e-9);
  if (size >= 1e6 || size < 0.99e-4) {
    const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value)) + 1e-9) + places);
    return value.toExponential(Math.min(6, digits)).replace('e+', 'e');
  }
  return value.toFixed(Math.min(10, Math.max(0, places)));
}
