import { isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { runGraph } from '../models/functional/functional-graph.ts';
import { graphOf } from '../models/functional/graph-of.ts';
import type { Model } from '../models/index.ts';
import { nestedModel } from '../models/nested-model.ts';
import { normal } from '../random/index.ts';
import { replay, Tensor, tensor, tensorsIn } from '../tensor/index.ts';
import { decodeFloats, encodeBytes } from './base64.ts';
import { histogramOf } from './histogram.ts';
import type { StudioActivation, StudioFeed } from './protocol.ts';

const [mostMaps, mostSide] = [16, 64];

/** The outputs of every layer of a functional model, nested ones included, for an input. */
export async function activationsOf(model: Model<any>, feed: StudioFeed): Promise<StudioActivation[]> {
  const graph =
    graphOf(model) ??
    fail(
      model,
      'it has no graph whose nodes could be watched',
      'feed a functional model, or a Sequential one that is built',
    );
  const inputs = graph.inputs.map((input, k) => {
    const shape = [1, ...input.symbolicShape.slice(1).map((n) => n ?? 16)];
    if (input.dtype === 'string') fail(model, 'it takes strings', 'feed a model of numbers');
    if (k > 0 || feed.data === undefined) {
      const noise = normal(shape, { seed: feed.random ?? 0 });
      return isFloat(input.dtype) ? noise : tensor(new Int32Array(sizeOf(shape)), { shape, dtype: 'int32' });
    }
    const values = decodeFloats(feed.data);
    if (values.length !== sizeOf(shape))
      fail(
        model,
        `${values.length} numbers were fed`,
        `give the ${sizeOf(shape)} of a sample of shape ${JSON.stringify(shape.slice(1))}`,
      );
    return tensor(values, { shape });
  });
  const list: StudioActivation[] = [];
  for (const { id, y } of valuesOf(model, inputs)) list.push(await activation(id, y));
  return list;
}

/** The first output tensor of every node of a functional model, nested ones included, by path. */
export function valuesOf(model: Model<any>, inputs: unknown): { readonly id: string; readonly y: Tensor }[] {
  const found: { id: string; y: Tensor }[] = [];
  const run = (part: Model<any>, given: unknown, path: string): unknown =>
    runGraph(`${part.className} "${part.name}"`, graphOf(part)!, given, ({ operation }, args) => {
      const id = `${path}${operation.name}`;
      const nested = nestedModel(operation);
      const y = nested ? run(nested, args[0], `${id}/`) : operation[replay](args);
      const first = tensorsIn(y)[0];
      if (first) found.push({ id, y: first });
      return y as Tensor;
    });
  run(model, inputs, '');
  return found;
}

async function activation(id: string, y: Tensor): Promise<StudioActivation> {
  const values: ArrayLike<number> = await y.data();
  const { shape } = y;
  const channels = shape.length > 1 ? shape[shape.length - 1] : 1;
  const isAlive = new Uint8Array(channels);
  for (let k = 0; k < values.length; k++) if (values[k] !== 0) isAlive[k % channels] = 1;
  const dead = isAlive.reduce((n, alive) => n - alive, channels);
  return {
    id,
    shape: [...shape],
    histogram: histogramOf(values),
    dead,
    channels,
    maps: shape.length === 4 && shape[1] * shape[2] > 1 ? mapsOf(values, shape[1], shape[2], channels) : undefined,
  };
}

/** The first channels as grey images, each scaled from its smallest to its largest value; large ones are subsampled. */
function mapsOf(values: ArrayLike<number>, h: number, w: number, channels: number): StudioActivation['maps'] {
  const shrink = Math.max(1, Math.max(h, w) / mostSide);
  const [height, width] = [Math.max(1, Math.floor(h / shrink)), Math.max(1, Math.floor(w / shrink))];
  const data = Array.from({ length: Math.min(mostMaps, channels) }, (_, c) => {
    let [low, high] = [Infinity, -Infinity];
    for (let k = c; k < h * w * channels; k += channels) {
      low = Math.min(low, values[k]);
      high = Math.max(high, values[k]);
    }
    const scale = high > low ? 255 / (high - low) : 0;
    const pixels = new Uint8Array(width * height);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        pixels[y * width + x] =
          (values[(Math.floor(y * shrink) * w + Math.floor(x * shrink)) * channels + c] - low) * scale;
    return encodeBytes(pixels);
  });
  return { width, height, data };
}
