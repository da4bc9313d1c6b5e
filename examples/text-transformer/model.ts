import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';

/** Adds waves that distinguish positions to each position of `[n, places, width]` (https://arxiv.org/abs/1706.03762). */
export class PositionEncoding extends keras.Layer {
  static override readonly className: string = 'PositionEncoding';
  readonly maxWavelength: number;
  constructor({ maxWavelength = 10_000, ...options }: { maxWavelength?: number } & keras.LayerOptions = {}) {
    super(options);
    this.maxWavelength = maxWavelength;
    this.supportsMasking = true;
  }
  override call(x: keras.Tensor): keras.Tensor {
    return ops.add(x, ops.cast(this.waves(x.shape[1]!, x.shape[2]!), x.dtype));
  }
  /** Sines and cosines of the places, from fast to slow, `[places, width]`. */
  waves(places: number, width: number): keras.Tensor {
    const half = width / 2;
    const speeds = ops.power(
      1 / this.maxWavelength,
      ops.divide(ops.arange(half, undefined, undefined, { dtype: 'float32' }), half),
    );
    const angles = ops.outer(ops.arange(places, undefined, undefined, { dtype: 'float32' }), speeds);
    return ops.concatenate([ops.sin(angles), ops.cos(angles)], { axis: -1 });
  }
  override getConfig() {
    return { ...super.getConfig(), maxWavelength: this.maxWavelength };
  }
}
keras.saving.registerKerasSerializable(PositionEncoding, { package: 'examples' });

export interface TransformerOptions {
  readonly characters: number;
  readonly places: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
  readonly dropout?: number;
}

/**
 * From numbers of characters `[n, places]` to logits of the character after each, `[n, places, characters]`: blocks of
 * attention to what came before, and of two dense layers, each with a way around it.
 */
export function makeTransformer({
  characters,
  places,
  width,
  heads,
  blocks,
  dropout = 0.1,
}: TransformerOptions): keras.Model {
  const table = new layers.ReversibleEmbedding({ inputDim: characters, outputDim: width, name: 'characters' });
  const inputs = keras.Input({ shape: [places], dtype: 'int32' });
  let x = ops.multiply(table(inputs), Math.sqrt(width));
  x = new layers.Dropout({ rate: dropout })(new PositionEncoding()(x));
  for (let k = 0; k < blocks; k++) {
    const attention = new layers.MultiHeadAttention({
      numHeads: heads,
      keyDim: width / heads,
      dropout,
      name: `attention_${k}`,
    });
    const seen = new layers.LayerNormalization()(x);
    x = ops.add(x, attention(seen, seen, { useCausalMask: true }));
    let y = new layers.LayerNormalization()(x);
    y = new layers.Dense({ units: 4 * width, activation: 'gelu' })(y);
    x = ops.add(x, new layers.Dropout({ rate: dropout })(new layers.Dense({ units: width })(y)));
  }
  // The way back to characters goes over the same table.
  const outputs = table(new layers.LayerNormalization()(x), { reverse: true });
  return new keras.Model({ inputs, outputs, name: 'transformer' });
}

/**
 * Continues a text, one character at a time. The model sees the last `places` characters; what stands behind the last of
 * them does not count, since it attends to what came before alone.
 */
export async function generate(
  model: keras.Model,
  prompt: Int32Array,
  { length, temperature = 0.5, seed = 1 }: { length: number; temperature?: number; seed?: number },
): Promise<number[]> {
  const places = model.inputs![0]!.symbolicShape[1]!;
  const seeds = new keras.random.SeedGenerator({ seed });
  const next = keras.jit((seen: keras.Tensor, last: keras.Tensor) => {
    const logits = ops.take(ops.squeeze(model(seen), { axis: 0 }), last, { axis: 0 });
    return keras.random.categorical(ops.expandDims(ops.divide(logits, temperature), 0), 1, { seed: seeds });
  });
  const text = [...prompt];
  for (let k = 0; k < length; k++) {
    const seen = text.slice(-places);
    const padded = Int32Array.from({ length: places }, (_, i) => seen[i] ?? 0);
    const drawn = next(keras.tensor(padded, { shape: [1, places] }), keras.tensor(seen.length - 1, { dtype: 'int32' }));
    text.push(Number((await drawn.data())[0]));
  }
  return text;
}

/** What each head of a layer of attention looks at, `[heads, places, places]`, for one text `[1, places]`. */
export function attentionOf(model: keras.Model, name: string, x: keras.Tensor): Promise<keras.Tensor> {
  const attention = model.getLayer(name) as layers.MultiHeadAttention;
  const seen = attention.input as keras.KerasTensor[];
  const [, scores] = attention(seen[0]!, seen[0]!, {
    useCausalMask: true,
    returnAttentionScores: true,
  }) as unknown as [keras.KerasTensor, keras.KerasTensor];
  return new keras.Model({ inputs: model.inputs!, outputs: scores }).predict(x, {
    verbose: 0,
  }) as Promise<keras.Tensor>;
}
