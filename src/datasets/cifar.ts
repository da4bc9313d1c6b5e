import { imageDataFormat } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { type Pickled, readPickle } from '../formats/pickle.ts';
import { type Tensor, tensor } from '../tensor/index.ts';

const side = 32;
const area = side * side;

/** Images and labels of several files, one after the other: `[n, 32, 32, 3]` (or channels first, as images are set to be) and `[n, 1]`. */
export async function readBatches(
  who: string,
  files: readonly string[],
  read: (file: string) => Promise<Uint8Array>,
  labels: string,
): Promise<readonly [x: Tensor, y: Tensor]> {
  const batches = await Promise.all(files.map(async (file) => readBatch(who, file, await read(file), labels)));
  const count = batches.reduce((n, batch) => n + batch.labels.length, 0);
  const x = new Uint8Array(count * 3 * area);
  let at = 0;
  for (const { data } of batches) {
    x.set(data, at);
    at += data.length;
  }
  const y = Uint8Array.from(batches.flatMap((batch) => [...batch.labels]));
  const isFirst = imageDataFormat() === 'channels_first';
  return [
    tensor(isFirst ? x : channelsLast(x), { shape: isFirst ? [count, 3, side, side] : [count, side, side, 3] }),
    tensor(y, { shape: [count, 1] }),
  ];
}

function readBatch(
  who: string,
  path: string,
  bytes: Uint8Array,
  key: string,
): { data: Uint8Array; labels: readonly number[] } {
  const pickled = readPickle(bytes);
  const entries = new Map(
    pickled instanceof Map ? [...(pickled as Map<Pickled, Pickled>)].map(([name, x]) => [textOf(name), x]) : [],
  );
  const data = entries.get('data');
  const labels = entries.get(key);
  const isImages = typeof data === 'object' && data !== null && 'dtype' in data && data.data instanceof Uint8Array;
  if (!isImages || !Array.isArray(labels) || data.data.length !== labels.length * 3 * area)
    return fail(who, `${path} holds no images with "${key}"`, 'use the file that Keras uses, or another of its form');
  return { data: data.data as Uint8Array, labels: labels as number[] };
}
const textOf = (name: Pickled): string => (name instanceof Uint8Array ? new TextDecoder().decode(name) : String(name));

function channelsLast(x: Uint8Array): Uint8Array {
  const out = new Uint8Array(x.length);
  for (let n = 0; n < x.length; n += 3 * area)
    for (let p = 0; p < area; p++) for (let c = 0; c < 3; c++) out[n + 3 * p + c] = x[n + c * area + p];
  return out;
}
