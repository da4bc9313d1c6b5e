import { floatx } from '../../../base/config.ts';
import { fail } from '../../../base/errors.ts';
import { type Field, f, type Options, type Resolved } from '../../../base/field/field.ts';
import { type OptionNames, optionsOf } from '../../../base/options.ts';
import { makeFromConfig } from '../../../base/registry/configured.ts';
import {
  type Config,
  deserializeObject,
  isSerializedObject,
  serializeObject,
} from '../../../base/registry/serialize.ts';
import { range, type Shape, type SymbolicShape, showShape, sizeOf } from '../../../base/shape.ts';
import { type HostValue, hostValue, type Like, onHost, type Tensor, tensor } from '../../../tensor/index.ts';
import type { InputSpec } from '../../layer/input-spec.ts';
import { type AnyLayer, Layer, type LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { type AdaptData, type AdaptOptions, announce, learn } from '../adapting.ts';
import { outputModeField, sparseField } from './bins.ts';
import type { VocabularyView, VocabularyWeights } from './index-lookup.ts';
import { lookupModes, type VocabularyLike, vocabularyField, weightsField } from './lookup-fields.ts';
import { StringLookup } from './string-lookup.ts';
import { ngramsOf, ownSplit, ownStandard, type Split, type Standardize, splitText, standardized } from './texts.ts';

type OwnText<R> = (text: string) => R;
/** An option that takes one of some names, a function of a text, or null. */
function howField<N extends string, R>(
  names: readonly N[],
  initial: N,
): Field<N | OwnText<R> | null, N | OwnText<R> | null, false> {
  return f.custom<N | OwnText<R> | null, N | OwnText<R> | null>({
    expects: `one of ${names.map((n) => `"${n}"`).join(', ')}, a function of one text, or null`,
    check: (v): v is N | OwnText<R> | null =>
      v === null || names.includes(v as N) || typeof v === 'function' || isSerializedObject(v),
    parse: (v) => (isSerializedObject(v) ? (deserializeObject(v) as OwnText<R>) : v),
    toDisk: (v) => (typeof v === 'function' ? serializeObject(v) : v),
    initial,
  });
}
type Ngrams = number | readonly number[];
const ngramsField: Field<Ngrams | null, Ngrams | null, false> = f.nullable(
  f.custom<Ngrams, Ngrams>({
    expects: 'a positive integer, or a list of them',
    check: (v): v is Ngrams => (Array.isArray(v) ? v : [v]).every((n) => Number.isInteger(n) && n > 0),
    parse: (v) => v,
  }),
);
const fields = {
  /** Largest size of the vocabulary, including special tokens; null for no limit. */
  maxTokens: f.nullable(f.int({ min: 2 })),
  /** How texts are standardized: "lower" and "strip_punctuation" affect ASCII only; or a function from text to text. */
  standardize: howField<Standardize, string>(
    ['lower_and_strip_punctuation', 'lower', 'strip_punctuation'],
    'lower_and_strip_punctuation',
  ),
  /** How texts are split into tokens: null keeps each text as one; or a function that returns the tokens of a text. */
  split: howField<Split, readonly string[]>(['whitespace', 'character'], 'whitespace'),
  /** Lengths of the n-grams that become tokens: all up to a number, or those in a list; null for single tokens only. */
  ngrams: ngramsField,
  /** `int`: the indices of the tokens in order; one vector per text: `multi_hot`, `count`, or `tf_idf` (counts times weights). */
  outputMode: outputModeField(lookupModes, 'int'),
  /** Number of indices for each text, which is cut or padded with zeros; null for that of the longest. */
  outputSequenceLength: f.nullable(f.int({ min: 0 })),
  /** Whether vectors have `maxTokens` elements, even if fewer tokens are known. */
  padToMaxTokens: f.bool(false),
  /** The vocabulary, if it is known; otherwise `adapt` learns it. */
  vocabulary: vocabularyField(),
  /** The weight of each token of the vocabulary, for the mode "tf_idf". */
  idfWeights: weightsField(),
  /** Sparse results are not made. */
  sparse: sparseField(),
  /** Ragged results are not made: texts are padded. */
  ragged: f.custom<boolean, boolean>({
    expects: 'false: ragged tensors exist on TensorFlow alone',
    check: (v): v is boolean => v === false,
    parse: (v) => v,
    initial: false,
  }),
  /** Name of the encoding, as Keras has it; strings here are Unicode. */
  encoding: f.string({ initial: 'utf-8' }),
};
interface TextAdaptOptions extends AdaptOptions {
  /** Accepted as in Keras, and not used: streams come in batches, and arrays at once. */
  readonly batchSize?: number | null | undefined;
}
const textAdaptOptions: OptionNames<TextAdaptOptions> = { steps: true, batchSize: true };
/** Sizes that depend on texts, while shapes are inferred: never the same twice, so that they are recognised as unknown. */
let invented = 0;
const someLength = (): number => 1 + (invented++ % 97);

export interface TextVectorization extends Omit<Resolved<typeof fields>, 'vocabulary' | 'idfWeights'> {}
/**
 * Turns texts into indices of a vocabulary that is given or learned by `adapt(data)`: texts are standardized, split into tokens, joined to
 * n-grams, and looked up. Texts `(n)` or `(n, 1)` become int32 `(n, outputSequenceLength)` or, by `outputMode`, vectors `(n, tokens)`. The
 * index 0 is padding, 1 an unknown token. Give `outputSequenceLength` if a model follows: a program is compiled for each length.
 * @example new TextVectorization({ vocabulary: ['the', 'cat'], outputSequenceLength: 4 })(['The cat sat.']) // [[2, 3, 1, 0]]
 * @see https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/
 */
export class TextVectorization extends Layer<typeof fields> {
  static override readonly className = 'TextVectorization';
  static override readonly fields = fields;
  static override readonly attributesInKeras = { lookup: '_lookup_layer' };
  override inputSpec: InputSpec = {};
  private readonly lookup: StringLookup;

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { outputMode, outputSequenceLength } = this;
    if (outputMode !== 'int' && outputSequenceLength !== null)
      fail(
        this,
        `outputSequenceLength (output_sequence_length) is ${outputSequenceLength} in the mode "${outputMode}"`,
        'it goes with the mode "int" only',
      );
    const { maxTokens, vocabulary, idfWeights, padToMaxTokens, encoding } = options;
    const given = { maxTokens, vocabulary, idfWeights, padToMaxTokens, encoding };
    this.lookup = new StringLookup({ ...given, maskToken: '', outputMode });
  }
  /** The tokens in the order of their indices. */
  getVocabulary(options: VocabularyView = {}): string[] {
    return this.lookup.getVocabulary(options);
  }
  /** Number of tokens, including special ones. */
  vocabularySize(): number {
    return this.lookup.vocabularySize();
  }
  /** Sets the vocabulary, and its weights in the mode "tf_idf": see StringLookup. */
  setVocabulary(vocabulary: VocabularyLike, options: VocabularyWeights = {}): void {
    this.lookup.setVocabulary(vocabulary, options);
  }
  /**
   * Learns the vocabulary of texts: tokens by frequency, equally frequent ones in descending order, `maxTokens` at the
   * most. Each text is a document. A promise where the data are an asynchronous stream.
   */
  adapt(data: AsyncIterable<unknown> | (() => AsyncIterable<unknown>), options?: TextAdaptOptions): Promise<void>;
  adapt(data: AdaptData, options?: TextAdaptOptions): void;
  adapt(data: AdaptData, options: TextAdaptOptions = {}): void | Promise<void> {
    const { steps } = optionsOf(`${this.className}.adapt`, textAdaptOptions, options);
    return learn(
      this,
      data,
      { steps },
      {
        begin: () => this.resetState(),
        takeAll: (texts) => this.#count(texts, true),
        takeBatch: (texts) => this.#count(texts, false),
        finish: () => this.finalizeState(),
      },
    );
  }
  /** Counts the tokens of a batch of texts. */
  updateState(data: Like): void {
    this.#count(tensor(data), false);
  }
  #count(texts: Tensor, areSamples: boolean): void {
    this.#requireTexts(texts);
    const value = hostValue(texts);
    const shape = areSamples && value.shape.length === 1 ? [...value.shape, 1] : value.shape;
    this.lookup.countDocuments(this.#tokens({ ...value, shape }).rows);
  }
  /** Makes the vocabulary from the counts. */
  finalizeState(): void {
    this.lookup.finalizeState();
  }
  /** Forgets the counts. The vocabulary is kept. */
  resetState(): void {
    this.lookup.resetState();
  }

  #requireTexts(x: Tensor): void {
    if (x.dtype !== 'string') fail(this, `inputs are ${x.dtype}`, 'give strings');
    if (this.split !== null && x.shape.length > 1 && x.shape.at(-1) !== 1)
      fail(
        this,
        `inputs have shape ${showShape(x.shape)}, and texts that are split come one by one`,
        'give shape [n] or [n, 1], or split: null',
      );
  }
  /** The tokens of texts, by rows of the given shape. */
  #tokens({ shape, data }: HostValue): { rows: string[][]; lead: Shape } {
    const { standardize, split, ngrams } = this;
    const alike = (data as readonly string[]).map((text) =>
      typeof standardize === 'function' ? ownStandard(this, standardize, text) : standardized(text, standardize),
    );
    const lead = this.#leadOf(shape);
    const width = split === null ? sizeOf(shape) / sizeOf(lead) : 1;
    const rows = range(sizeOf(lead)).map((k) => {
      if (split === null) return alike.slice(k * width, (k + 1) * width);
      return typeof split === 'function' ? ownSplit(this, split, alike[k]) : splitText(alike[k], split);
    });
    if (ngrams === null) return { rows, lead };
    const widths = typeof ngrams === 'number' ? range(ngrams).map((n) => n + 1) : ngrams;
    return { rows: rows.map((row) => ngramsOf(row, widths)), lead };
  }
  /** The axes before that of the tokens. */
  #leadOf(shape: Shape): Shape {
    return this.split === null || shape.length > 1 ? shape.slice(0, -1) : shape;
  }

  call(inputs: Tensor): Tensor {
    this.#requireTexts(inputs);
    const { outputMode, outputSequenceLength } = this;
    if (outputMode === 'int' || outputMode === 'one_hot') {
      const indices = onHost([inputs], ([texts]) => this.#padded(texts), 'int32', () => [...this.#leadOf(inputs.shape), outputSequenceLength ?? someLength()]); // biome-ignore format: one thought
      return outputMode === 'int' ? indices : this.lookup.encode(indices, this.#depth());
    }
    const depth = this.#depth();
    const shape = (of: Shape): Shape => [...this.#leadOf(of), depth];
    const counts = onHost(
      [inputs],
      ([texts]) => this.#counted(texts, depth),
      'int32',
      () => shape(inputs.shape),
    );
    return this.lookup.weigh(counts);
  }
  #depth(): number {
    return this.lookup.depth();
  }
  /** The indices of the tokens of each text, as many as requested. */
  #padded(texts: HostValue): HostValue {
    const { rows, lead } = this.#tokens(texts);
    const longest = rows.reduce((n, row) => Math.max(n, row.length), 0);
    const length = this.outputSequenceLength ?? longest;
    const data = new Int32Array(rows.length * length);
    rows.forEach((row, k) => data.set(this.#indices(row.slice(0, length)), k * length));
    return { shape: [...lead, length], dtype: 'int32', data };
  }
  #indices(row: readonly string[]): ArrayLike<number> {
    return this.lookup.lookUp({ shape: [row.length], data: row }).data as unknown as ArrayLike<number>;
  }
  /** How often each token occurs in each text, or whether it does. */
  #counted(texts: HostValue, depth: number): HostValue {
    const { rows, lead } = this.#tokens(texts);
    const data = new Int32Array(rows.length * depth);
    rows.forEach((row, k) => {
      for (const index of Array.from(this.#indices(row)))
        if (index >= 0 && index < depth)
          data[k * depth + index] = this.outputMode === 'multi_hot' ? 1 : data[k * depth + index] + 1;
    });
    return { shape: [...lead, depth], dtype: 'int32', data };
  }

  /** The dtype of its outputs as files name it. */
  get declaredDtype(): string {
    return this.lookup.declaredDtype;
  }
  override computeOutputShape(shape: SymbolicShape): SymbolicShape {
    if (this.outputMode === 'int') return [shape[0] ?? null, this.outputSequenceLength];
    const tokens = this.split !== null ? [...shape, null] : shape.length <= 1 ? [...shape, 1] : shape;
    return this.lookup.computeOutputShape(tokens);
  }
  override computeOutputSpec(...args: unknown[]) {
    const [x] = args as [Tensor];
    this.#requireTexts(x);
    const dtype = this.outputMode === 'int' ? 'int32' : floatx();
    // Texts (n, 1) are as texts (n).
    const inner = this.split !== null && x.shape.length > 1 ? x.shape.slice(0, -1) : x.shape;
    return announce(this, args, { shape: this.computeOutputShape(this.outputMode === 'int' ? x.shape : inner), dtype });
  }
  override saveOwnVariables(store: Record<string, Tensor>): void {
    this.lookup.saveOwnVariables(store);
  }
  override loadOwnVariables(store: Readonly<Record<string, Like>>): void {
    this.lookup.loadOwnVariables(store);
  }
  /** Adds the vocabulary, one token per line, to the files that are saved with a model, unless the config contains it. */
  saveAssets(files: Record<string, string>): void {
    this.lookup.saveAssets(files);
  }
  /** Takes the vocabulary from such files. */
  loadAssets(files: Readonly<Record<string, string>>): void {
    this.lookup.loadAssets(files);
  }
  override getConfig(): Config {
    const { vocabulary, idf_weights } = this.lookup.getConfig();
    return { ...super.getConfig(), vocabulary, idf_weights, vocabulary_size: this.vocabularySize() };
  }
  static override fromConfig(config: Config): AnyLayer {
    const { vocabulary_size: size, has_input_vocabulary: _, ...rest } = config;
    const layer = makeFromConfig<TextVectorization>(TextVectorization, rest);
    layer.lookup.expectSize(size);
    return layer as AnyLayer;
  }

  static {
    ownLayer(this, { adapt: 2, getVocabulary: 1, setVocabulary: 2 });
  }
}
