import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

export interface Weather {
  /**
   * A row for each day: highest and lowest temperature (°C), rain (the logarithm of mm and one), wind (m/s), and sine and cosine of
   * the day within the year.
   */
  readonly days: keras.Tensor;
  /** Highest temperatures. */
  readonly highs: keras.Tensor;
}

/** The weather of Seattle, day by day, from a file like that in `examples/data`. */
export async function loadWeather(file: string): Promise<Weather> {
  const number = 'float32';
  const columns = { date: 'string', temp_max: number, temp_min: number, precipitation: number, wind: number } as const;
  const rows = await keras.data.fromCsv(file, { columns }).batch(10_000).toArray();
  const { date, temp_max, temp_min, precipitation, wind } = rows[0]!;
  const angles = (await date.array<1, 'string'>()).map(seasonOf);
  const days = ops.stack([temp_max, temp_min, ops.log1p(precipitation), wind, ops.sin(angles), ops.cos(angles)], {
    axis: 1,
  });
  return { days, highs: temp_max };
}
/** Where in the year a date lies, as an angle. */
function seasonOf(date: string): number {
  const days = (Date.parse(date) - Date.UTC(Number(date.slice(0, 4)), 0, 1)) / 86_400_000;
  return (2 * Math.PI * days) / 365.25;
}

export interface Windows {
  /** Number of days from which the next is forecast. */
  readonly length: number;
  /** The first day that is used, and that before which it ends; all when absent. */
  readonly from?: number;
  readonly to?: number;
  readonly shuffle?: boolean;
}
/** Batches of `length` days each, with how much warmer the day after them is than the last of them. */
export function windows({ days, highs }: Weather, { length, from = 0, to, shuffle = false }: Windows) {
  const count = days.shape[0]!;
  const changes = ops.subtract(
    ops.slice(highs, [length], [count - length]),
    ops.slice(highs, [length - 1], [count - length]),
  );
  return keras.utils.timeseriesDatasetFromArray(days, changes, {
    sequenceLength: length,
    batchSize: 32,
    shuffle,
    seed: 1,
    startIndex: from,
    // The day to forecast comes right after its window.
    endIndex: (to ?? count) - 1,
  });
}
