import * as ops from '../../ops/index.ts';
import { AbsMaxQuantizer, absMaxQuantizeGroupedWithZeroPoint, packInt4, unpackInt4 } from '../../quantizers/index.ts';
import { dequantizeByGroups } from '../../quantizers/parameters.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { Embedding } from '../core/embedding.ts';
import { ReversibleEmbedding } from '../core/reversible-embedding.ts';
import type { CallOptions } from '../layer/call-context.ts';
import { loraOf } from '../layer/lora.ts';
import { setMask } from '../layer/masks.ts';
import type { Quantized } from '../layer/quantized.ts';
import { int4Table, int8Table, type KeptTable, quantizingInputs, type Table } from './embedding.ts';
import { addScale, addTo, addWhole, type Config, dropFrom, fill, type Kept } from './kept.ts';

export const isTable = (layer: object): layer is Table =>
  layer instanceof Embedding || layer instanceof ReversibleEmbedding;

/** The weights of the reverse direction, if they are not those of the table: a column for each row of it. */
interface WayBack {
  readonly variables: readonly Variable[];
  values(weight: Tensor): ReadonlyMap<Variable, Tensor>;
  products(x: Tensor): Tensor;
}
function int8WayBack(layer: ReversibleEmbedding, config: Config): WayBack {
  const quantizer = config?.weightQuantizer ?? new AbsMaxQuantizer({ axis: 0 });
  const main = addWhole(layer, 'reverse_embeddings', [layer.outputDim, layer.inputDim], 'int8');
  const scale = addScale(layer, 'reverse_embeddings_scale', [layer.inputDim]);
  return {
    variables: [main, scale],
    values(weight) {
      const [whole, factors] = quantizer(weight, { axis: 0, toNumpy: true });
      return new Map([
        [main, whole],
        [scale, ops.reshape(factors, [layer.inputDim])],
      ]);
    },
    products: (x) => ops.divide(ops.cast(ops.matmul(x, main), layer.computeDtype), scale),
  };
}
function int4WayBack(layer: ReversibleEmbedding, config: Config, blockSize: number | null, groups: Variable): WayBack {
  const { inputDim, outputDim } = layer;
  const quantizer = config?.weightQuantizer ?? new AbsMaxQuantizer({ axis: 0, valueRange: [-8, 7] });
  const main = addWhole(layer, 'reverse_embeddings', [Math.ceil(outputDim / 2), inputDim], 'int8');
  const scaleShape = blockSize === null ? [inputDim] : [Math.ceil(outputDim / blockSize), inputDim];
  const scale = addScale(layer, 'reverse_embeddings_scale', scaleShape);
  // Of floats, as Keras keeps these.
  const zero =
    blockSize === null
      ? null
      : addTo(layer, { name: 'reverse_embeddings_zero', shape: scaleShape, initializer: 'zeros' });
  return {
    variables: zero ? [main, scale, zero] : [main, scale],
    values(weight) {
      if (blockSize === null || !zero) {
        const [whole, factors] = quantizer(weight, { axis: 0, toNumpy: true });
        return new Map([
          [main, packInt4(whole)[0]],
          [scale, ops.reshape(factors, [inputDim])],
        ]);
      }
      const [whole, factors, zeros] = absMaxQuantizeGroupedWithZeroPoint(weight, blockSize, { toNumpy: true });
      return new Map([
        [main, packInt4(whole)[0]],
        [scale, factors],
        [zero, zeros],
      ]);
    },
    products(x) {
      const whole = ops.cast(unpackInt4(main.read(), outputDim), layer.computeDtype);
      const floats = zero ? dequantizeByGroups(whole, scale, zero, groups, 0) : ops.divide(whole, scale);
      return ops.matmul(ops.cast(x, layer.computeDtype), floats);
    },
  };
}

/** Makes the variables of a table that is kept quantized, and what computes with them. */
export function quantizedTable(
  layer: Table,
  mode: 'int8' | 'int4',
  config: Config,
  blockSize: number | null,
): { quantized: Quantized; kept: Kept; take: () => void } {
  const kept = mode === 'int8' ? int8Table(layer, config) : int4Table(layer, config, blockSize);
  const shape = [layer.inputDim, layer.outputDim];
  if (layer instanceof Embedding) {
    const weight = layer.embeddings as Variable | undefined;
    const quantized: Quantized = { shape, call: (x: Tensor) => kept.rows(x), stored: () => kept.variables };
    return { kept, quantized, take: () => weight && takeOver(layer, weight, kept) };
  }
  const { reverseEmbeddings } = layer;
  const back = layer.tieWeights
    ? null
    : mode === 'int8'
      ? int8WayBack(layer, config)
      : int4WayBack(layer, config, blockSize, kept.variables[3]);
  if (back) layer.reverseEmbeddings = back.variables[0];
  const quantized: Quantized = {
    shape,
    stored: () => [...kept.variables, ...(back?.variables ?? [])],
    call(x: Tensor, { reverse = false }: CallOptions & { readonly reverse?: boolean } = {}): Tensor {
      if (reverse) return capped(layer, backward(x, layer, kept, back, config));
      const rows = kept.rows(x);
      if (layer.maskZero) setMask(rows, ops.notEqual(x, 0));
      return rows;
    },
  };
  const { embeddings } = layer;
  const take = (): void => {
    takeOver(layer, embeddings, kept);
    if (!back || !reverseEmbeddings) return;
    for (const [variable, value] of back.values(reverseEmbeddings.held)) variable.assign(value);
    dropFrom(layer, reverseEmbeddings);
  };
  return { kept, quantized, take };
}
/** Fills a quantized table from one of floats, which goes. */
function takeOver(layer: Table, weight: Variable, kept: Kept): void {
  fill(kept, weight.held);
  loraOf(weight)?.correctThe(kept.main);
  dropFrom(layer, weight);
  layer.embeddings = kept.main;
}

/** Vectors taken back to a number for each row. */
function backward(x: Tensor, layer: Table, kept: KeptTable, back: WayBack | null, config: Config): Tensor {
  if (back) return quantizingInputs(x, config, back.products);
  const y = kept.products(x);
  const lora = loraOf(kept.main);
  if (!lora) return y;
  const correction = ops.matmul(ops.matmul(x, ops.transpose(lora.b)), ops.transpose(lora.a));
  return ops.cast(ops.add(y, ops.multiply(correction, lora.alpha / lora.rank)), layer.computeDtype);
}
function capped({ logitSoftCap: cap }: ReversibleEmbedding, logits: Tensor): Tensor {
  return cap === null ? logits : ops.multiply(ops.tanh(ops.divide(logits, cap)), cap);
}
