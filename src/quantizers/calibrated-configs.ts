import { exactMethods } from '../base/exact.ts';
import { type Field, f, type Resolved } from '../base/field/field.ts';
import type { Like } from '../tensor/index.ts';
import { QuantizationConfig } from './config.ts';

/** Turns texts into token numbers: an object with `tokenize`, or a function. */
export type Tokenizer = ((text: string) => Like) | { tokenize(text: string): Like };
/** The parts of a model, quantized in order. */
export interface LayerStructure {
  /** Layers called first, in order, on the token numbers; usually an embedding. */
  readonly preBlockLayers?: readonly ((x: any) => any)[];
  /** Blocks, each called on the previous one's output. */
  readonly sequentialBlocks: readonly ((x: any) => any)[];
}
type Dataset = Iterable<string | Like>;
const isObject = (v: unknown): v is object => (typeof v === 'object' && v !== null) || typeof v === 'function';
const datasetField: Field<Dataset | null, Dataset | null, false> = f.custom<Dataset | null, Dataset | null>({
  expects: 'texts or arrays of token numbers, in a list or another iterable, or null',
  check: (v): v is Dataset | null => v === null || (isObject(v) && Symbol.iterator in v),
  parse: (v) => v,
  toDisk: () => null,
  initial: null,
});
const tokenizerField: Field<Tokenizer | null, Tokenizer | null, false> = f.custom<Tokenizer | null, Tokenizer | null>({
  expects: 'a function of a text, an object with tokenize(text), or null',
  check: (v): v is Tokenizer | null =>
    v === null ||
    typeof v === 'function' ||
    (isObject(v) && typeof (v as { tokenize?: unknown }).tokenize === 'function'),
  parse: (v) => v,
  toDisk: () => null,
  initial: null,
});
const structureField: Field<LayerStructure | null, LayerStructure | null, false> = f.custom<
  LayerStructure | null,
  LayerStructure | null
>({
  expects: '{ preBlockLayers, sequentialBlocks }, lists of layers, or null',
  check: (v): v is LayerStructure | null =>
    v === null || (isObject(v) && Array.isArray((v as Partial<LayerStructure>).sequentialBlocks)),
  parse: (v) => v,
  // Left out of files: it consists of layers, which the model's own config describes.
  toDisk: () => null,
  initial: null,
});
const groupField: Field<number, number, false> = f.custom<number, number>({
  expects: '-1 or a whole number >= 1',
  check: (v): v is number => Number.isInteger(v) && ((v as number) === -1 || (v as number) >= 1),
  parse: (v) => v,
  initial: 128,
});
const common = {
  /** Calibration data: texts, or arrays of token numbers. */
  dataset: datasetField,
  /** The tokenizer for texts. */
  tokenizer: tokenizerField,
};
/** Bits per weight, one of those that the method supports. */
const bitsField = (known: readonly number[]): Field<number, number, false> =>
  f.custom<number, number>({
    expects: `one of ${known.join(', ')}`,
    check: (v): v is number => known.includes(v as number),
    parse: (v) => v,
    initial: 4,
  });

const gptqFields = {
  ...common,
  /** Bits of a weight: 2, 3, 4 or 8. */
  weightBits: bitsField([2, 3, 4, 8]),
  /** Number of calibration samples. */
  numSamples: f.int({ min: 1, initial: 128 }),
  /** Whether each output has scales of its own. */
  perChannel: f.bool(true),
  /** Tokens per sample. */
  sequenceLength: f.int({ min: 1, initial: 512 }),
  /** Damping: the fraction of the mean of the Hessian's diagonal that is added to the diagonal. */
  hessianDamping: f.number({ min: 0, max: 1, initial: 0.01 }),
  /** How many inputs share a scale; -1 for all. */
  groupSize: groupField,
  /** Whether the range is symmetric about zero. */
  symmetric: f.bool(false),
  /** Whether to round the most important inputs first. */
  activationOrder: f.bool(false),
  /** The parts of the model, if it does not declare them itself. */
  quantizationLayerStructure: structureField,
};
export interface GPTQConfig extends Resolved<typeof gptqFields> {}
/**
 * Weights are rounded one input at a time; later inputs compensate for each rounding error, to the extent that it
 * matters for the data (https://arxiv.org/abs/2210.17323).
 */
export class GPTQConfig extends QuantizationConfig<typeof gptqFields> {
  static override readonly className = 'GPTQConfig';
  static override readonly fields = gptqFields;
  get mode(): 'gptq' {
    return 'gptq';
  }
  /** The mode as in names of policies: `'gptq/4/128'`. */
  dtypePolicyString(): string {
    return `gptq/${this.config.weightBits}/${this.config.groupSize}`;
  }
  static {
    exactMethods<GPTQConfig>(this);
  }
}

const awqFields = {
  ...common,
  /** Bits of a weight: 4. */
  weightBits: bitsField([4]),
  /** Number of calibration samples. */
  numSamples: f.int({ min: 1, initial: 128 }),
  /** Tokens per sample. */
  sequenceLength: f.int({ min: 1, initial: 512 }),
  /** How many inputs share a scale; -1 for all. */
  groupSize: groupField,
  /** How many powers of the inputs' magnitudes to try. */
  numGridPoints: f.int({ min: 1, initial: 20 }),
  /** The parts of the model, if it does not declare them itself. */
  quantizationLayerStructure: structureField,
};
export interface AWQConfig extends Resolved<typeof awqFields> {}
/**
 * Weights of large inputs are scaled up before rounding, by the best of several powers of the inputs' magnitudes
 * (https://arxiv.org/abs/2306.00978).
 */
export class AWQConfig extends QuantizationConfig<typeof awqFields> {
  static override readonly className = 'AWQConfig';
  static override readonly fields = awqFields;
  get mode(): 'awq' {
    return 'awq';
  }
  /** The mode as in names of policies: `'awq/4/128'`. */
  dtypePolicyString(): string {
    return `awq/${this.config.weightBits}/${this.config.groupSize}`;
  }
  static {
    exactMethods<AWQConfig>(this);
  }
}
