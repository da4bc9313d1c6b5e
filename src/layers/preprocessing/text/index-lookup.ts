import { floatx } from '../../../base/config.ts';
import type { DType } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { exactMethods } from '../../../base/exact.ts';
import type { Fields, Options, Resolved } from '../../../base/field/field.ts';
import { type OptionNames, optionsOf } from '../../../base/options.ts';
import { makeFromConfig } from '../../../base/registry/configured.ts';
import type { Config } from '../../../base/registry/serialize.ts';
import { range, type SymbolicShape, sizeOf } from '../../../base/shape.ts';
import {
  add,
  broadcastTo,
  cast,
  clip,
  equal,
  greaterEqual,
  lessEqual,
  logicalAnd,
  mod,
  multiply,
  reshape,
  searchsorted,
  take,
  where,
} from '../../../ops/index.ts';
import { type HostValue, hostValue, type Like, onHost, type Tensor, tensor } from '../../../tensor/index.ts';
import { inner } from '../../layer/inner.ts';
import type { InputSpec } from '../../layer/input-spec.ts';
import { type AnyLayer, Layer, type LayerOptions } from '../../layer/layer.ts';
import { type AdaptData, type AdaptOptions, announce, learn } from '../adapting.ts';
import { encodeCategories, encodedShape } from '../encode.ts';
import { binsOf, integerText } from './bins.ts';
import { listOf, type lookupFields, type VocabularyLike } from './lookup-fields.ts';
import { type Token, TokenCounts } from './token-counts.ts';
import { oovStart, specialTokens, tokenStart, tokensOf, type VocabularyRules } from './vocabulary.ts';
import { linesOf, readVocabulary } from './vocabulary-file.ts';

type LookupFields = typeof lookupFields & Fields;
type Own<T extends Token> = Omit<Resolved<typeof lookupFields>, 'vocabulary' | 'idfWeights'> & {
  readonly maskToken: T | null;
  readonly oovToken: T | null;
};
/** Options of `getVocabulary`. */
export interface VocabularyView {
  /** Whether the tokens for padding and for unknown ones come before the others; true by default. */
  readonly includeSpecialTokens?: boolean | undefined;
}
const vocabularyView: OptionNames<VocabularyView> = { includeSpecialTokens: true };
/** Options of `setVocabulary`. */
export interface VocabularyWeights {
  /** A weight for each token: required in the mode "tf_idf", and only there. */
  readonly idfWeights?: Like | null | undefined;
}
const vocabularyWeights: OptionNames<VocabularyWeights> = { idfWeights: true };

// biome-ignore lint/correctness/noUnusedVariables: merged with the class, it must have the same parameters
export interface IndexLookup<S extends LookupFields, T extends Token> extends Own<T> {}
/** Base of layers that look tokens up in a vocabulary, which is given or learned by `adapt`. */
export abstract class IndexLookup<S extends LookupFields, T extends Token> extends Layer<S> {
  override inputSpec: InputSpec = {};
  /** The dtype of the tokens. */
  protected abstract readonly tokenDtype: 'string' | 'int32';
  #tokens: readonly T[] = [];
  #indices: ReadonlyMap<T, number> = new Map();
  #counts = new TokenCounts<T>();
  #weights: readonly number[] | null = null;
  /** The size of the vocabulary when it was last set: vectors keep it. */
  #size: number | null = null;
  readonly #isGiven: boolean;
  readonly #given: readonly T[] | null;
  readonly #givenWeights: readonly number[] | null;
  #bins: ((text: string) => number) | undefined;

  constructor(options: Options<S> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { vocabulary, idfWeights } = this[inner].options as Resolved<typeof lookupFields>;
    this.#isGiven = vocabulary !== null;
    this.#given = typeof vocabulary === 'string' ? null : (vocabulary as readonly T[] | null);
    this.#givenWeights = idfWeights;
    const { outputMode, invert, padToMaxTokens, maxTokens } = this;
    if (padToMaxTokens && maxTokens === null)
      fail(this, 'padToMaxTokens (pad_to_max_tokens) is true without maxTokens (max_tokens)', 'give maxTokens');
    if (invert && outputMode !== 'int')
      fail(
        this,
        `invert goes with the outputMode (output_mode) "int", not with "${outputMode}"`,
        'leave outputMode out',
      );
    if (idfWeights && outputMode !== 'tf_idf')
      fail(this, `idfWeights (idf_weights) were given in the mode "${outputMode}"`, 'use outputMode: "tf_idf"');
    if (vocabulary !== null && outputMode === 'tf_idf' && idfWeights === null)
      fail(
        this,
        'a vocabulary was given without idfWeights (idf_weights)',
        'give both, or neither and call adapt(data)',
      );
    if (vocabulary !== null) this.#set(vocabulary as string | readonly T[], idfWeights);
  }
  get #options(): VocabularyRules {
    const { className, name, maxTokens, numOovIndices, maskToken, oovToken, outputMode, invert } = this;
    return { className, name, maxTokens, numOovIndices, maskToken, oovToken, outputMode, invert };
  }
  get #start(): number {
    return tokenStart(this.#options);
  }

  /** The tokens in the order of their indices. */
  getVocabulary(options: VocabularyView = {}): T[] {
    const { includeSpecialTokens = true } = optionsOf(this, vocabularyView, options);
    const special = specialTokens(this.#options) as T[];
    return includeSpecialTokens ? [...special, ...this.#tokens] : [...this.#tokens];
  }
  /** Number of tokens, including special ones. */
  vocabularySize(): number {
    return this.#start + this.#tokens.length;
  }
  /**
   * Sets the vocabulary, which may begin with the special tokens: a list, or in Node the path of a file with a token a line. With
   * the mode "tf_idf" weights belong to it, one for each token of the list. Repeated and misplaced special tokens are refused.
   */
  setVocabulary(vocabulary: VocabularyLike, options: VocabularyWeights = {}): void {
    const { idfWeights = null } = optionsOf(this, vocabularyWeights, options);
    const { outputMode } = this;
    if ((outputMode === 'tf_idf') !== (idfWeights !== null))
      fail(
        this,
        `idfWeights (idf_weights) ${idfWeights ? 'were' : 'were not'} given in the mode "${outputMode}"`,
        'weights go with the mode "tf_idf" only, and with it always',
      );
    this.#set(
      listOf(vocabulary) as string | readonly T[],
      idfWeights === null ? null : Array.from(tensor(idfWeights).dataSync()),
    );
  }
  #set(vocabulary: string | readonly T[], weights: readonly number[] | null): void {
    if (typeof vocabulary === 'string') {
      if (this.outputMode === 'tf_idf')
        fail(this, 'the mode "tf_idf" takes no vocabulary file', 'give the tokens and their weights as lists');
      this.#hold(readVocabulary(this, vocabulary).map((line) => this.parse(line)));
      return;
    }
    const { tokens, hasSpecial } = tokensOf(this.#options, vocabulary);
    if (weights && weights.length !== vocabulary.length)
      fail(
        this,
        `there are ${weights.length} idfWeights (idf_weights) for ${vocabulary.length} tokens`,
        'give one for each token of the vocabulary',
      );
    this.#hold(tokens as readonly T[]);
    if (weights) this.#weigh(weights, hasSpecial);
  }
  /** Keeps the weights of tokens; unknown tokens have the average weight. */
  #weigh(weights: readonly number[], hasSpecial: boolean): void {
    const mean = weights.reduce((sum, w) => sum + w, 0) / weights.length;
    const all = [...range(hasSpecial ? 0 : this.#start).map(() => mean), ...weights];
    const { padToMaxTokens, maxTokens } = this;
    this.#weights = padToMaxTokens ? [...all, ...range(Math.max(0, maxTokens! - all.length)).map(() => 0)] : all;
  }
  #hold(tokens: readonly T[]): void {
    const size = this.#start + tokens.length;
    if (this.outputMode !== 'int' && !this.padToMaxTokens && this.#size !== null && this.#size !== size)
      fail(
        this,
        `the vocabulary has ${size} tokens and had ${this.#size}, and vectors keep their size`,
        'set padToMaxTokens: true and maxTokens, or make a new layer',
      );
    this.#tokens = [...tokens];
    this.#indices = new Map(tokens.map((t, k) => [t, this.#start + k]));
    this.#size = size;
  }
  /** The token in a line of a vocabulary file. */
  protected abstract parse(line: string): T;

  /**
   * Learns the vocabulary: tokens by frequency, equally frequent ones in descending order, at most `maxTokens`. Each
   * sample is a document. A promise where the data are an asynchronous stream.
   */
  adapt(data: AsyncIterable<unknown> | (() => AsyncIterable<unknown>), options?: AdaptOptions): Promise<void>;
  adapt(data: AdaptData, options?: AdaptOptions): void;
  adapt(data: AdaptData, options: AdaptOptions = {}): void | Promise<void> {
    return learn(this, data, options, {
      begin: () => this.resetState(),
      takeAll: (samples) => this.#count(samples, true),
      takeBatch: (batch) => this.#count(batch, false),
      finish: () => this.finalizeState(),
    });
  }
  /** Counts the tokens of a batch. A list of tokens is one document. */
  updateState(data: Like): void {
    this.#count(tensor(data), false);
  }
  #count(data: Tensor, areSamples: boolean): void {
    this.#requireTokens(data, this.tokenDtype);
    const { shape, data: tokens } = hostValue(data);
    const isList = shape.length < 2;
    const width = isList && areSamples ? 1 : isList ? Math.max(tokens.length, 1) : sizeOf(shape.slice(1));
    const all = Array.from(tokens as readonly Token[]) as T[];
    this.countDocuments(range(Math.ceil(all.length / width)).map((k) => all.slice(k * width, (k + 1) * width)));
  }
  /** Counts the tokens of documents. */
  countDocuments(documents: readonly (readonly T[])[]): void {
    if (this.#isGiven)
      fail(
        this,
        'its vocabulary was given, and cannot be learned as well',
        'leave `vocabulary` out, then call adapt(data)',
      );
    this.#counts.add(documents);
  }
  /** Makes the vocabulary from the counts. */
  finalizeState(): void {
    if (this.#isGiven || this.#counts.size === 0) {
      this.#hold(this.#tokens);
      return;
    }
    const { maskToken, oovToken, maxTokens, outputMode } = this;
    const ranked = this.#counts.ranked([maskToken, oovToken].filter((t) => t !== null));
    const tokens = maxTokens === null ? ranked : ranked.slice(0, Math.max(0, maxTokens - this.#start));
    this.#hold(tokens);
    if (outputMode === 'tf_idf')
      this.#weigh(
        tokens.map((t) => this.#counts.inverseFrequency(t)),
        false,
      );
    this.resetState();
  }
  /** Forgets the counts. The vocabulary is kept. */
  resetState(): void {
    if (!this.#isGiven) this.#counts = new TokenCounts();
  }

  call(inputs: Tensor): Tensor {
    if (this.outputMode === 'int') return this.#lookUp(inputs);
    const depth = this.depth();
    return this.encode(this.#lookUp(inputs), depth);
  }
  /** Number of elements of vectors. */
  depth(): number {
    if (this.padToMaxTokens) return this.maxTokens!;
    return (
      this.#size ??
      fail(
        this,
        `it has no vocabulary, which the mode "${this.outputMode}" needs`,
        'give `vocabulary`, or call adapt(data)',
      )
    );
  }
  /** Indices in the requested form. */
  encode(indices: Tensor, depth: number): Tensor {
    const { outputMode } = this;
    const mode = outputMode === 'tf_idf' ? 'count' : outputMode;
    return this.weigh(encodeCategories(indices, { mode, depth, dtype: 'int32' }));
  }
  /** Counts times weights in the mode "tf_idf", else as they are. */
  weigh(counts: Tensor): Tensor {
    if (this.outputMode !== 'tf_idf') return counts;
    const weights = this.#weights ?? fail(this, 'it has no weights for the mode "tf_idf"', 'call adapt(data) first');
    return multiply(cast(counts, floatx()), tensor([...weights], { dtype: floatx() }));
  }
  #requireTokens(x: Tensor, dtype: DType): void {
    if ((x.dtype === 'string') !== (dtype === 'string'))
      fail(this, `inputs are ${x.dtype}`, dtype === 'string' ? 'give strings' : 'give integers');
  }
  #lookUp(x: Tensor): Tensor {
    this.#requireTokens(x, this.invert ? 'int32' : this.tokenDtype);
    const dtype = this.invert ? this.tokenDtype : 'int32';
    return onHost(
      [x],
      ([value]) => ({ ...this.lookUp(value), dtype }),
      dtype,
      () => x.shape,
      this.#isOfNumbers ? () => this.#lookUpByProgram(x) : undefined,
    );
  }
  /** Whether a compiled program can do it: without strings, hashes or refusals. */
  get #isOfNumbers(): boolean {
    const { invert, numOovIndices, oovMethod } = this;
    const areOthersPlaced = numOovIndices === 1 || (numOovIndices > 1 && oovMethod === 'floormod');
    return this.tokenDtype !== 'string' && (invert || areOthersPlaced);
  }
  /** The same for integers that weights had a part in: they are found among the tokens in their order. */
  #lookUpByProgram(x: Tensor): Tensor {
    const list = (numbers: readonly unknown[]): Tensor => tensor(numbers as readonly number[], { dtype: 'int32' });
    const last = (numbers: readonly unknown[]): number => Math.max(0, numbers.length - 1);
    if (this.invert) {
      const tokens = range(Math.max(1, this.vocabularySize())).map((index) => this.#tokenAt(index));
      const isIndex = logicalAnd(greaterEqual(x, 0), lessEqual(x, last(tokens)));
      return where(isIndex, take(list(tokens), clip(x, 0, last(tokens))), this.#tokenAt(-1) as number);
    }
    const { maskToken, numOovIndices, outputMode } = this;
    const first = oovStart(this.#options);
    const other = numOovIndices === 1 ? first : add(first, mod(x, numOovIndices));
    const sorted = [...this.#indices].sort(([a], [b]) => Number(a) - Number(b));
    let found: Tensor = cast(broadcastTo(other, x.shape), 'int32');
    if (sorted.length > 0) {
      const tokens = list(sorted.map(([token]) => token));
      const place = clip(searchsorted(tokens, reshape(x, [-1])), 0, last(sorted));
      const isKnown = reshape(equal(take(tokens, place), reshape(x, [-1])), x.shape);
      found = where(isKnown, reshape(take(list(sorted.map(([, index]) => index)), place), x.shape), found);
    }
    return maskToken === null ? found : where(equal(x, maskToken as number), outputMode === 'int' ? 0 : -1, found);
  }
  /** Indices of tokens, or tokens of indices, on the host. */
  lookUp({ shape, data }: Pick<HostValue, 'shape' | 'data'>): Pick<HostValue, 'shape' | 'data'> {
    const one = this.invert ? (x: Token) => this.#tokenAt(x as number) : (x: Token) => this.#indexOf(x as T);
    return { shape, data: Array.from(data as readonly Token[], one) as readonly string[] };
  }
  #tokenAt(index: number): Token {
    const { maskToken, oovToken } = this;
    if (maskToken !== null && index === 0) return maskToken;
    return this.#tokens[index - this.#start] ?? oovToken ?? (this.tokenDtype === 'string' ? '' : -1);
  }
  #indexOf(token: T): number {
    const { maskToken, numOovIndices, outputMode, salt } = this;
    // In other modes what is masked is left out.
    if (maskToken !== null && token === maskToken) return outputMode === 'int' ? 0 : -1;
    const known = this.#indices.get(token);
    if (known !== undefined) return known;
    const first = oovStart(this.#options);
    if (numOovIndices === 1) return first;
    if (numOovIndices === 0)
      return fail(
        this,
        `numOovIndices (num_oov_indices) is 0, and ${JSON.stringify(token)} is not in the vocabulary`,
        'set numOovIndices: 1, or give tokens of the vocabulary only',
      );
    if (typeof token === 'number' && this.oovMethod === 'floormod')
      return first + (((token % numOovIndices) + numOovIndices) % numOovIndices);
    this.#bins ??= binsOf(numOovIndices, salt);
    return first + this.#bins(typeof token === 'number' ? integerText(token) : token);
  }

  /** The dtype of its outputs as files name it. */
  get declaredDtype(): string {
    return this.outputMode === 'int' ? 'int64' : floatx();
  }
  override computeOutputShape(shape: SymbolicShape): SymbolicShape {
    const { outputMode, padToMaxTokens, maxTokens } = this;
    return encodedShape(shape, outputMode === 'tf_idf' ? 'count' : outputMode, padToMaxTokens ? maxTokens : this.#size);
  }
  override computeOutputSpec(...args: unknown[]) {
    const [x] = args as [Tensor];
    const dtype = this.outputMode === 'int' ? 'int32' : floatx();
    return announce(this, args, { shape: this.computeOutputShape(x.shape), dtype });
  }

  override saveOwnVariables(store: Record<string, Tensor>): void {
    if (this.outputMode === 'tf_idf' && this.#weights) store['idf_weights'] = tensor([...this.#weights]);
  }
  override loadOwnVariables(store: Readonly<Record<string, Like>>): void {
    const weights = store['idf_weights'];
    if (this.outputMode === 'tf_idf' && weights !== undefined) this.#weights = Array.from(tensor(weights).dataSync());
  }
  /** Adds the vocabulary, one token per line, to the files that are saved with a model, unless the config contains it. */
  saveAssets(files: Record<string, string>): void {
    if (this.#given === null) files['vocabulary.txt'] = this.getVocabulary().join('\n');
  }
  /** Takes the vocabulary from such files. */
  loadAssets(files: Readonly<Record<string, string>>): void {
    const text = files['vocabulary.txt'];
    if (this.#given !== null || text === undefined) return;
    const lines = linesOf(text);
    while (lines.at(-1) === '') lines.pop();
    const weights = this.#weights;
    this.#hold(
      tokensOf(
        this.#options,
        lines.map((line) => this.parse(line)),
      ).tokens as readonly T[],
    );
    this.#weights = weights;
  }
  override getBuildConfig(): Config | null {
    return {};
  }
  override getConfig(): Config {
    const { vocabulary: _, idf_weights: __, ...config } = super.getConfig();
    return { ...config, vocabulary: this.#given, idf_weights: this.#givenWeights, vocabulary_size: this.#size };
  }
  /** Notes the size of a vocabulary that comes later. */
  expectSize(size: unknown): void {
    if (typeof size === 'number') this.#size ??= size;
  }
  static override fromConfig(config: Config): AnyLayer {
    const { vocabulary_size: size, has_input_vocabulary: _, ...rest } = config;
    if (typeof rest['vocabulary'] === 'string')
      fail(
        String(config['name']),
        `its config names the vocabulary file ${rest['vocabulary']}, which is no part of the model`,
        'save the model with its vocabulary, or make the layer by hand',
      );
    const layer = makeFromConfig<IndexLookup<LookupFields, Token>>(this, rest);
    layer.expectSize(size);
    return layer as AnyLayer;
  }

  static {
    exactMethods<IndexLookup<LookupFields, Token>>(this, { adapt: 2, getVocabulary: 1, setVocabulary: 2 });
  }
}
