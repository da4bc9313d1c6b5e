import { encodePng } from '../images/png.ts';
import type { Protobuf } from '../protobuf.ts';
import { dataClasses, dtypes, HParams, type TensorMessage, type ValueMessage } from './schema.ts';
import type { Bucket, HParamValues } from './values.ts';

const utf8 = new TextEncoder();

const value = (
  tag: string,
  plugin: string,
  tensor: TensorMessage,
  dataClass: number,
  content?: Uint8Array,
): ValueMessage => ({
  tag,
  tensor,
  metadata: { plugin: { name: plugin, ...(content && { content }) }, dataClass },
});
const shapeOf = (...sizes: number[]) => ({ dims: sizes.map((size) => ({ size })) });
const bytesOf = (numbers: Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** A number. */
export const scalar = (tag: string, x: number): ValueMessage =>
  value(tag, 'scalars', { dtype: dtypes.float, shape: {}, content: bytesOf(Float32Array.of(x)) }, dataClasses.scalar);

/** A histogram of values. */
export function histogram(tag: string, values: ArrayLike<number>, count = 30): ValueMessage {
  const rows = Float64Array.from(buckets(values, count).flatMap(({ left, right, count }) => [left, right, count]));
  const tensor = { dtype: dtypes.double, shape: shapeOf(count, 3), content: bytesOf(rows) };
  return value(tag, 'histograms', tensor, dataClasses.tensor);
}
/**
 * Counts values in ranges of equal width, as TensorBoard does; if all are equal, they fall into the last range.
 * Non-finite values are left out.
 */
export function buckets(values: ArrayLike<number>, count: number): Bucket[] {
  let [low, high, size] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let k = 0; k < values.length; k++) {
    const x = values[k];
    if (!Number.isFinite(x)) continue;
    size++;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  if (size === 0) [low, high] = [0, 0];
  const counts = new Float64Array(count);
  const width = (high - low) / count;
  if (width === 0) counts[count - 1] = size;
  else
    for (let k = 0; k < values.length; k++)
      if (Number.isFinite(values[k])) counts[Math.min(count - 1, Math.floor((values[k] - low) / width))]++;
  const edge = (k: number): number => (k === count ? high : low + k * width);
  return Array.from(counts, (n, k) => ({ left: edge(k), right: edge(k + 1), count: n }));
}

/** An image of 1, 3 or 4 channels, in 8 bits. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}
/** Images of one size. */
export async function images(tag: string, pictures: readonly Picture[]): Promise<ValueMessage> {
  const files = await Promise.all(
    pictures.map(({ width, height, channels, data }) =>
      encodePng('TensorBoard', { mode: channels === 1 ? 'L' : channels === 3 ? 'RGB' : 'RGBA', width, height, data }),
    ),
  );
  const [{ width, height }] = pictures;
  const strings = [utf8.encode(String(width)), utf8.encode(String(height)), ...files];
  return value(tag, 'images', { dtype: dtypes.string, shape: shapeOf(strings.length), strings }, dataClasses.blobs);
}

/** A text, which TensorBoard shows as Markdown. */
export const text = (tag: string, content: string): ValueMessage =>
  value(tag, 'text', { dtype: dtypes.string, shape: {}, strings: [utf8.encode(content)] }, dataClasses.tensor);

/** The config of a model as JSON. */
export const kerasModel = (tag: string, json: string): ValueMessage => ({
  tag,
  tensor: { dtype: dtypes.string, shape: {}, strings: [utf8.encode(json)] },
  metadata: { plugin: { name: 'graph_keras_model', content: utf8.encode('1') } },
});

/** The hyperparameters of a run and its start time (seconds since 1970). */
export function hparams({ encode }: Protobuf, values: HParamValues, startTime: number): ValueMessage {
  const entries = Object.entries(values).map(([key, x]) => ({
    key,
    value: typeof x === 'number' ? { number: x } : typeof x === 'string' ? { text: x } : { truth: x },
  }));
  // Runs with the same hyperparameters are shown as one group.
  const groupName = JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  const content = encode(HParams, { start: { hparams: entries, groupName, startTime } });
  const nothing = { dtype: dtypes.float, shape: shapeOf(0) };
  return value('_hparams_/session_start_info', 'hparams', nothing, dataClasses.tensor, content);
}
