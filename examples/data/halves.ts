// Weights of live pages: 16-bit floats, one weight after the other.
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

/** The weights of a model as stored in such a file. */
export async function halvesOf(model: keras.Model): Promise<Uint8Array> {
  const parts = model.getWeights().map((weight) => ops.reshape(ops.cast(weight, 'float16'), [-1]));
  const bits = ops.view(ops.concatenate(parts), { dtype: 'uint16' });
  return new Uint8Array(Uint16Array.from((await bits.data()) as ArrayLike<number>).buffer);
}

/** Gives a model the weights of such a file. */
export function setHalves(model: keras.Model, bytes: ArrayBuffer): void {
  const numbers = ops.cast(ops.view(keras.tensor(new Uint16Array(bytes)), { dtype: 'float16' }), 'float32');
  let at = 0;
  const weights = model.getWeights().map(({ shape }) => {
    const from = at;
    at += shape.reduce((product: number, n) => product * n, 1);
    return ops.reshape(ops.getItem(numbers, { slice: [from, at] }), shape);
  });
  model.setWeights(weights);
}

/** A file beside a page. */
export async function fetchFile(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  return response.arrayBuffer();
}
