import { isInteger } from '../../base/dtype.ts';
import * as ops from '../../ops/index.ts';
import { AbsMaxQuantizer, absMaxQuantizeGroupedWithZeroPoint, packInt4, unpackInt4 } from '../../quantizers/index.ts';
import { dequantizeByGroups } from '../../quantizers/parameters.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { Embedding } from '../core/embedding.ts';
import type { ReversibleEmbedding } from '../core/reversible-embedding.ts';
import { loraOf } from '../layer/lora.ts';
import { addGroups, addScale, addWhole, type Config, type Kept, storeTogether } from './kept.ts';

export type Table = Embedding | ReversibleEmbedding;

/** Rows of a quantized table. */
export interface KeptTable extends Kept {
  /** Rows by their numbers, with the correction of low rank if there is one. */
  rows(inputs: Tensor): Tensor;
  /** The products of vectors with all rows. */
  products(x: Tensor): Tensor;
  readonly variables: readonly Variable[];
}

/** What differs between the ways to store a table; the rest is common. */
interface Way {
  readonly variables: readonly [main: Variable, ...others: Variable[]];
  values(weight: Tensor): ReadonlyMap<Variable, Tensor>;
  /** Some rows, or all, as floats. */
  floats(pick: (x: Variable) => Tensor): Tensor;
  products(x: Tensor): Tensor;
}
function keptTable(layer: Table, way: Way): KeptTable {
  const [main] = way.variables;
  const all = (): Tensor => way.floats((v) => v.read());
  const kept: KeptTable = {
    main,
    variables: way.variables,
    values: way.values,
    floats: all,
    products: way.products,
    rows(inputs) {
      const ids = isInteger(inputs.dtype) ? inputs : ops.cast(inputs, 'int32');
      const rows = way.floats((v) => ops.take(v, ids, { axis: 0 }));
      const lora = loraOf(main);
      const corrected = lora ? ops.add(rows, lora.correct(ops.take(lora.a, ids, { axis: 0 }))) : rows;
      return ops.cast(corrected, layer.computeDtype);
    },
  };
  storeTogether(kept, way.variables);
  return kept;
}

/** Divides what vectors that were quantized gave by their scale. */
export const quantizingInputs = (x: Tensor, config: Config, multiply: (x: Tensor) => Tensor): Tensor => {
  const quantizer = config ? config.activationQuantizer : new AbsMaxQuantizer({ axis: -1 });
  if (!quantizer) return multiply(x);
  const [whole, scale] = quantizer(x);
  return ops.divide(multiply(whole), scale);
};

/** 8-bit integers with a scale for each row: `rows / scale`. */
export function int8Table(layer: Table, config: Config): KeptTable {
  const quantizer = config?.weightQuantizer ?? new AbsMaxQuantizer({ axis: -1 });
  const main = addWhole(layer, 'embeddings', [layer.inputDim, layer.outputDim], 'int8');
  const scale = addScale(layer, 'embeddings_scale', [layer.inputDim]);
  return keptTable(layer, {
    variables: [main, scale],
    values(weight) {
      const [whole, factors] = quantizer(weight, { toNumpy: true });
      return new Map([
        [main, whole],
        [scale, ops.reshape(factors, [layer.inputDim])],
      ]);
    },
    floats: (pick) => ops.divide(ops.cast(pick(main), layer.computeDtype), ops.expandDims(pick(scale), -1)),
    products: (x) =>
      quantizingInputs(x, config, (given) =>
        ops.divide(ops.cast(ops.matmul(given, ops.transpose(main)), layer.computeDtype), scale),
      ),
  });
}

/** 4-bit integers, two in a byte, with a scale for each row, or a scale and a zero for each block of a row. */
export function int4Table(layer: Table, config: Config, blockSize: number | null): KeptTable {
  const { inputDim, outputDim } = layer;
  const quantizer = config?.weightQuantizer ?? new AbsMaxQuantizer({ axis: -1, valueRange: [-8, 7] });
  const main = addWhole(layer, 'embeddings', [inputDim, Math.ceil(outputDim / 2)], 'int8');
  const scaleShape = blockSize === null ? [inputDim] : [inputDim, Math.ceil(outputDim / blockSize)];
  const scale = addScale(layer, 'embeddings_scale', scaleShape);
  const blocks =
    blockSize === null
      ? null
      : {
          size: blockSize,
          zero: addWhole(layer, 'embeddings_zero', scaleShape, 'int8'),
          groups: addGroups(layer, outputDim, blockSize),
        };
  const floats = (pick: (x: Variable) => Tensor): Tensor => {
    const whole = ops.cast(unpackInt4(pick(main), outputDim, { axis: -1 }), layer.computeDtype);
    if (!blocks) return ops.divide(whole, ops.expandDims(pick(scale), -1));
    return dequantizeByGroups(whole, pick(scale), pick(blocks.zero), blocks.groups, -1);
  };
  return keptTable(layer, {
    variables: blocks ? [main, scale, blocks.zero, blocks.groups] : [main, scale],
    values(weight) {
      const packed = (whole: Tensor): [Variable, Tensor] => [main, packInt4(whole, { axis: -1 })[0]];
      if (!blocks) {
        const [whole, factors] = quantizer(weight, { toNumpy: true });
        return new Map([packed(whole), [scale, ops.reshape(factors, [inputDim])]]);
      }
      const turned = absMaxQuantizeGroupedWithZeroPoint(ops.transpose(weight), blocks.size, { toNumpy: true });
      const [whole, factors, zeros] = turned.map((x) => ops.transpose(x));
      return new Map([packed(whole), [scale, factors], [blocks.zero, zeros]]);
    },
    floats,
    products: (x) =>
      quantizingInputs(x, config, (given) =>
        ops.matmul(ops.cast(given, layer.computeDtype), ops.transpose(floats((v) => v.read()))),
      ),
  });
}
