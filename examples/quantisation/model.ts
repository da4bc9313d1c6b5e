import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { PositionEncoding } from '../text-transformer/model.ts';
import type { Characters } from '../text-transformer/text.ts';

export interface LanguageModelOptions {
  readonly characters: number;
  readonly places: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
}

/** A language model with its parts: the embedding and the blocks after it. */
export interface LanguageModel {
  readonly model: keras.Model;
  readonly structure: keras.quantizers.LayerStructure;
}

/** A block of a transformer as a model of its own, from `[n, places, width]` to the same: quantisation processes the blocks one by one. */
function makeBlock({ places, width, heads }: LanguageModelOptions, name: string): keras.Model {
  const inputs = keras.Input({ shape: [places, width] });
  const seen = new layers.LayerNormalization()(inputs);
  const attention = new layers.MultiHeadAttention({ numHeads: heads, keyDim: width / heads, name: 'attention' });
  const x = ops.add(inputs, attention(seen, seen, { useCausalMask: true }));
  let y = new layers.LayerNormalization()(x);
  y = new layers.Dense({ units: 4 * width, activation: 'gelu', name: 'up' })(y);
  y = new layers.Dense({ units: width, name: 'down' })(y);
  return new keras.Model({ inputs, outputs: ops.add(x, y), name });
}

/** From numbers of characters `[n, places]` to logits of the character after each, `[n, places, characters]`. */
export function makeLanguageModel(options: LanguageModelOptions): LanguageModel {
  const { characters, places, width, blocks } = options;
  const table = new layers.Embedding({ inputDim: characters, outputDim: width, name: 'characters' });
  const encoding = new PositionEncoding({ name: 'places' });
  const chain = Array.from({ length: blocks }, (_, k) => makeBlock(options, `block_${k}`));
  const inputs = keras.Input({ shape: [places], dtype: 'int32' });
  const x = chain.reduce<keras.KerasTensor>((y, block) => block(y), encoding(table(inputs)));
  const outputs = new layers.Dense({ units: characters, name: 'logits' })(new layers.LayerNormalization()(x));
  const model = new keras.Model({ inputs, outputs, name: 'writer' });
  return { model, structure: { preBlockLayers: [table, encoding], sequentialBlocks: chain } };
}

/** The quantisation modes that are compared, each with what it does to a model. */
export function waysOf(text: string, characters: Characters, places: number): Readonly<Record<string, Way>> {
  /** Data that show what the layers are called on: 32 passages of the text. */
  const shown = { dataset: [text], tokenizer: (part: string) => characters.encode(part), numSamples: 32 };
  const calibrated = (structure: keras.quantizers.LayerStructure) => ({
    ...shown,
    sequenceLength: places,
    groupSize: 64,
    quantizationLayerStructure: structure,
  });
  // The same layers for all: those in the blocks, which are nearly all of the model.
  const inBlocks = { filters: '^(query|key|value|attention_output|up|down)$' };
  const blockSize = 64;
  return {
    float32: () => {},
    int8: ({ model }) => void model.quantize('int8', inBlocks),
    int4: ({ model }) =>
      void model.quantize('int4', {
        ...inBlocks,
        config: new keras.quantizers.Int4QuantizationConfig({ blockSize }),
      }),
    AWQ: ({ model, structure }) =>
      void model.quantize('awq', { config: new keras.quantizers.AWQConfig(calibrated(structure)) }),
    GPTQ: ({ model, structure }) =>
      void model.quantize('gptq', { config: new keras.quantizers.GPTQConfig(calibrated(structure)) }),
  };
}
export type Way = (made: LanguageModel) => void;

/** The products within the blocks: the layers that are quantized, and that can be given a correction. */
export function productsIn({ structure }: LanguageModel): (layers.Dense | layers.EinsumDense)[] {
  return (structure.sequentialBlocks as readonly keras.Model[]).flatMap((block) => {
    const { queryDense, keyDense, valueDense, outputDense } = block.getLayer('attention') as layers.MultiHeadAttention;
    const [up, down] = ['up', 'down'].map((name) => block.getLayer(name) as layers.Dense);
    return [queryDense, keyDense, valueDense, outputDense, up!, down!];
  });
}
/** Freezes a model except for a correction of low rank to each product in its blocks; returns the number of trained weights. */
export function enableLora(made: LanguageModel, rank: number): number {
  for (const weight of made.model.weights) weight.trainable = false;
  for (const layer of productsIn(made)) layer.enableLora(rank);
  return learningIn(made.model);
}
/** How many numbers of a model learn. */
export const learningIn = (model: keras.Model): number =>
  model.trainableWeights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
