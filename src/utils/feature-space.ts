import { invoke } from '../base/callable.ts';
import { isInteger } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { autoName } from '../base/naming.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import {
  type Config,
  deserializeObject,
  isSerializedObject,
  registerModule,
  serializeObject,
} from '../base/registry/serialize.ts';
import { isPlainObject } from '../base/tree.ts';
import type { Place } from '../formats/file.ts';
import { Input } from '../layers/core/input-layer.ts';
import { type AnyLayer, Layer } from '../layers/layer/layer.ts';
import { CategoryEncoding } from '../layers/preprocessing/category-encoding.ts';
import { Normalization } from '../layers/preprocessing/normalization.ts';
import { Rescaling } from '../layers/preprocessing/rescaling.ts';
import { Discretization } from '../layers/preprocessing/tabular/discretization.ts';
import { HashedCrossing } from '../layers/preprocessing/tabular/hashed-crossing.ts';
import { Hashing } from '../layers/preprocessing/tabular/hashing.ts';
import { IntegerLookup } from '../layers/preprocessing/text/integer-lookup.ts';
import { StringLookup } from '../layers/preprocessing/text/string-lookup.ts';
import { registerLayers } from '../layers/register.ts';
import { reshape, squeeze } from '../ops/index.ts';
import { type SavedModel, saveModel } from '../saving/index.ts';
import { asTensor, type KerasTensor, type Like, type Tensor } from '../tensor/index.ts';
import { isAdaptable, rowsOf, upright } from './feature-columns.ts';
import {
  Cross,
  type Discretized,
  Feature,
  type FeatureKind,
  keptIn,
  type Named,
  type OneHot,
  type Rescaled,
  TFDConcat,
  TFDIdentity,
  type Vocabulary,
} from './features.ts';

type Data = Readonly<Record<string, Like>>;
/** Options of `FeatureSpace`. */
export interface FeatureSpaceOptions {
  /** The kind of each feature: by name, or as a result of functions such as `FeatureSpace.stringCategorical()`. */
  readonly features: Readonly<Record<string, FeatureKind | Feature | Config>>;
  /** `concat`: all features of a sample in one vector, the default; `dict`: each by its name. */
  readonly outputMode?: 'concat' | 'dict' | undefined;
  /** Features to cross as well: lists of names, or results of `FeatureSpace.cross()`. */
  readonly crosses?: readonly (readonly string[] | Cross | Config)[] | null | undefined;
  /** Number of bins of each cross: 32 by default. */
  readonly crossingDim?: number | undefined;
  /** Number of bins of features of the kinds "integer_hashed" and "string_hashed": 32 by default. */
  readonly hashingDim?: number | undefined;
  /** Number of bins of features of the kind "float_discretized": 32 by default. */
  readonly numDiscretizationBins?: number | undefined;
  /** Made from the class name when absent. */
  readonly name?: string | undefined;
}
const known: OptionNames<FeatureSpaceOptions> = {
  features: true,
  outputMode: true,
  crosses: true,
  crossingDim: true,
  hashingDim: true,
  numDiscretizationBins: true,
  name: true,
};
const nameOf = (kind: string, name: string | undefined): string => `${name ?? autoName(kind)}_preprocessor`;

/**
 * Turns tables of floats, integers and strings into inputs for a model: each feature is normalised, looked up, binned
 * or crossed with others, and the results form one vector per sample, or are returned by name. `adapt(data)` learns the
 * state of the features. Call the object on `{ name: values }`, with values of shape `(n)` or `(n, 1)`, or single ones.
 * `getInputs()` and `getEncodedFeatures()` are the two ends of a functional model that takes raw data.
 * @example new FeatureSpace({ features: { age: 'float_normalized', city: 'string_categorical' } })
 * @see https://keras.io/api/utils/feature_space/
 */
export class FeatureSpace extends Layer<{}, [data: any], any> {
  static override readonly className = 'FeatureSpace';
  static override readonly needsBuild = false;
  readonly features: Readonly<Record<string, Feature>>;
  readonly crosses: readonly Cross[];
  readonly outputMode: 'concat' | 'dict';
  readonly crossingDim: number;
  readonly hashingDim: number;
  readonly numDiscretizationBins: number;
  /** The layer that prepares each feature. */
  readonly preprocessors: Readonly<Record<string, AnyLayer>>;
  /** The layer that makes each cross. */
  readonly crossers: Readonly<Record<string, HashedCrossing>>;
  /** The layers that turn the numbers of features and crosses into vectors of ones and zeros, by name. */
  oneHotEncoders: Record<string, CategoryEncoding> = {};
  /** Joins the features to one vector; null before the space is adapted, and with `outputMode: 'dict'`. */
  concat: TFDConcat | null = null;
  #inputs: Readonly<Record<string, KerasTensor>>;
  #encoded: KerasTensor | Record<string, KerasTensor> | null = null;
  #isAdapted = false;

  constructor(given: FeatureSpaceOptions, ...surplus: undefined[]) {
    const options = optionsOf('FeatureSpace', known, given);
    const { features, outputMode = 'concat', crosses, crossingDim = 32, hashingDim = 32 } = options;
    super(options.name === undefined ? {} : { name: options.name }, ...surplus);
    if (!isPlainObject(features) || Object.keys(features).length === 0)
      fail(this, 'it has no features', 'give an object of features by their names');
    if (outputMode !== 'concat' && outputMode !== 'dict')
      fail(this, `outputMode (output_mode) is ${JSON.stringify(outputMode)}`, 'use "concat" or "dict"');
    this.outputMode = outputMode;
    this.crossingDim = crossingDim;
    this.hashingDim = hashingDim;
    this.numDiscretizationBins = options.numDiscretizationBins ?? 32;
    const names = Object.keys(features);
    this.features = Object.fromEntries(names.map((name) => [name, this.#featureOf(name, features[name])]));
    if (crosses && !Array.isArray(crosses)) fail(this, 'crosses is no list', 'give a list of lists of feature names');
    this.crosses = (crosses ?? []).map((cross) => this.#crossOf(cross));
    this.#inputs = Object.fromEntries(
      names.map((name) => [name, Input({ shape: [1], dtype: this.features[name].dtype, name })]),
    );
    this.preprocessors = Object.fromEntries(names.map((name) => [name, this.features[name].preprocessor]));
    this.crossers = Object.fromEntries(
      this.crosses.map((cross) => [cross.name, new HashedCrossing({ numBins: cross.crossingDim, name: cross.name })]),
    );
  }
  #featureOf(name: string, given: FeatureKind | Feature | Config): Feature {
    if (given instanceof Feature) return given;
    if (isSerializedObject(given)) {
      const made = deserializeObject(given);
      return made instanceof Feature ? made : fail(this, `"${name}" is no feature`, 'give a kind, or a Feature');
    }
    const make: Record<FeatureKind, () => Feature> = {
      float: () => FeatureSpace.float({ name }),
      float_rescaled: () => FeatureSpace.floatRescaled({ name }),
      float_normalized: () => FeatureSpace.floatNormalized({ name }),
      float_discretized: () => FeatureSpace.floatDiscretized(this.numDiscretizationBins, { name }),
      integer_categorical: () => FeatureSpace.integerCategorical({ name }),
      string_categorical: () => FeatureSpace.stringCategorical({ name }),
      integer_hashed: () => FeatureSpace.integerHashed(this.hashingDim, { name }),
      string_hashed: () => FeatureSpace.stringHashed(this.hashingDim, { name }),
    };
    if (typeof given !== 'string' || !Object.hasOwn(make, given))
      return fail(this, `feature "${name}" is ${JSON.stringify(given)}`, `use one of ${Object.keys(make).join(', ')}`);
    return make[given as FeatureKind]();
  }
  #crossOf(given: readonly string[] | Cross | Config): Cross {
    const made = isSerializedObject(given) ? deserializeObject(given) : given;
    const cross = made instanceof Cross ? made : new Cross(made as readonly string[], this.crossingDim);
    const stranger = cross.featureNames.find((name) => !Object.hasOwn(this.features, name));
    if (stranger !== undefined)
      fail(this, `crosses name the feature "${stranger}", which it has not`, 'name features that it has');
    return cross;
  }

  /** A custom feature, preprocessed by any layer. */
  static feature(dtype: string, preprocessor: AnyLayer, outputMode: 'int' | 'one_hot' | 'float'): Feature {
    return new Feature(dtype, preprocessor, outputMode);
  }
  /** A cross of several features, with `crossingDim` bins. */
  static cross(featureNames: readonly string[], crossingDim: number, { outputMode = 'one_hot' }: OneHot = {}): Cross {
    return new Cross(featureNames, crossingDim, outputMode);
  }
  /** Floats as they are. */
  static float({ name }: Named = {}): Feature {
    return new Feature('float32', new TFDIdentity({ dtype: 'float32', name: nameOf('float', name) }), 'float');
  }
  /** Floats multiplied by a factor, plus an offset. */
  static floatRescaled({ scale = 1, offset = 0, name }: Rescaled = {}): Feature {
    return new Feature('float32', new Rescaling({ scale, offset, name: nameOf('float_rescaled', name) }), 'float');
  }
  /** Floats of mean 0 and variance 1. */
  static floatNormalized({ name }: Named = {}): Feature {
    return new Feature('float32', new Normalization({ axis: -1, name: nameOf('float_normalized', name) }), 'float');
  }
  /** Floats by bin. */
  static floatDiscretized(
    numBins: number | null,
    { binBoundaries = null, outputMode = 'one_hot', name }: Discretized = {},
  ): Feature {
    const layer = new Discretization({ numBins, binBoundaries, name: nameOf('float_discretized', name) });
    return new Feature('float32', layer, outputMode);
  }
  /** Integers by their index in a vocabulary. */
  static integerCategorical(options: Vocabulary = {}): Feature {
    const { maxTokens = null, numOovIndices = 1, outputMode = 'one_hot', name } = options;
    const layer = new IntegerLookup({ maxTokens, numOovIndices, name: nameOf('integer_categorical', name) });
    return new Feature('int32', layer, outputMode);
  }
  /** Strings by their index in a vocabulary. */
  static stringCategorical(options: Vocabulary = {}): Feature {
    const { maxTokens = null, numOovIndices = 1, outputMode = 'one_hot', name } = options;
    const layer = new StringLookup({ maxTokens, numOovIndices, name: nameOf('string_categorical', name) });
    return new Feature('string', layer, outputMode);
  }
  /** Integers by a hash. */
  static integerHashed(numBins: number, { outputMode = 'one_hot', name }: OneHot = {}): Feature {
    return new Feature('int32', new Hashing({ numBins, name: nameOf('integer_hashed', name) }), outputMode);
  }
  /** Strings by a hash. */
  static stringHashed(numBins: number, { outputMode = 'one_hot', name }: OneHot = {}): Feature {
    return new Feature('string', new Hashing({ numBins, name: nameOf('string_hashed', name) }), outputMode);
  }

  #adaptable(): string[] {
    return Object.keys(this.features).filter((name) => {
      const layer = this.preprocessors[name];
      if (layer instanceof Normalization && layer.getConfig()['mean'] !== null) return false;
      const isGiven = (layer as { getConfig(): Config }).getConfig()['vocabulary'];
      return isAdaptable(layer) && (isGiven ?? null) === null;
    });
  }
  /**
   * Learns the state of the features from data: `{ name: values }`, or a sequence of these, e.g. a
   * `keras.data.Dataset`.
   */
  adapt(data: AsyncIterable<unknown>): Promise<void>;
  adapt(data: Data | Iterable<Data>): void;
  adapt(data: Data | Iterable<Data> | AsyncIterable<unknown>): void | Promise<void> {
    const isStream = typeof data === 'object' && data !== null;
    if (isStream && Symbol.asyncIterator in data) {
      const all = async (): Promise<void> => {
        const batches: Data[] = [];
        for await (const batch of data as AsyncIterable<unknown>) batches.push(this.#tableOf(batch));
        this.#learn((name) => batches.map((batch) => this.#column(batch, name)));
      };
      return all();
    }
    if (isStream && Symbol.iterator in data) {
      const batches = Array.from(data as Iterable<unknown>, (batch) => this.#tableOf(batch));
      return this.#learn((name) => batches.map((batch) => this.#column(batch, name)));
    }
    if (!isPlainObject(data))
      fail(this, 'adapt got no table', 'give an object of arrays by the names of the features, or batches of such');
    return this.#learn((name) => rowsOf(this.#column(data as Data, name)));
  }
  #tableOf(batch: unknown): Data {
    return isPlainObject(batch)
      ? (batch as Data)
      : fail(
          this,
          `adapt got ${show(batch)} among its batches`,
          'let each be an object of values by the names of the features; of [features, labels] keep the first: dataset.map((x) => x)',
        );
  }
  #learn(partsOf: (name: string) => readonly Tensor[]): void {
    for (const name of this.#adaptable()) {
      const layer = this.preprocessors[name];
      if (isAdaptable(layer)) layer.adapt(partsOf(name).map(upright).values());
    }
    this.#isAdapted = true;
    this.getEncodedFeatures();
  }
  #column(data: Data, name: string): Tensor {
    if (!Object.hasOwn(data, name))
      fail(this, `the data lack the feature "${name}"`, `give ${Object.keys(this.features).join(', ')}`);
    return asTensor(data[name]);
  }
  #requireAdapted(): void {
    if (this.#isAdapted || this.#adaptable().length === 0) return;
    fail(this, 'it was not adapted', 'call adapt(data) first');
  }
  /** The raw features as inputs of a functional model. */
  getInputs(): Readonly<Record<string, KerasTensor>> {
    this.getEncodedFeatures();
    return this.#inputs;
  }
  /** The encoded features as outputs of a functional model: one tensor, or tensors by name. */
  getEncodedFeatures(): any {
    this.#requireAdapted();
    this.#encoded ??= this.#encode(this.#inputs) as KerasTensor | Record<string, KerasTensor>;
    return this.#encoded;
  }
  #encode(features: Readonly<Record<string, Tensor>>): Tensor | Record<string, Tensor> {
    const run = (layer: unknown, x: unknown): Tensor => (layer as (x: unknown) => Tensor)(x);
    const prepared = Object.fromEntries(Object.keys(features).map((k) => [k, run(this.preprocessors[k], features[k])]));
    const crossed = Object.fromEntries(
      this.crosses.map((c) => [
        c.name,
        run(
          this.crossers[c.name],
          c.featureNames.map((name) => prepared[name]),
        ),
      ]),
    );
    const all = [
      ...Object.keys(prepared).sort().map((name) => [name, prepared[name], this.features[name].outputMode] as const),
      ...Object.keys(crossed).sort().map((name) => [name, crossed[name], this.crosses.find((c) => c.name === name)!.outputMode] as const),
    ]; // biome-ignore format: two lists
    const encoded = all.map(
      ([name, x, mode]) => [name, mode === 'one_hot' ? run(this.#encoderOf(name, x), x) : x] as const,
    );
    if (this.outputMode === 'dict') return Object.fromEntries(encoded);
    const raw = encoded.find(([, x]) => isInteger(x.dtype) || x.dtype === 'string');
    if (raw) fail(this, `feature "${raw[0]}" is ${raw[1].dtype}, which joins no vector`, 'use outputMode: "dict"');
    this.concat ??= new TFDConcat();
    return run(
      this.concat,
      encoded.map(([, x]) => x),
    );
  }
  #encoderOf(name: string, x: Tensor): CategoryEncoding {
    const known = this.oneHotEncoders[name];
    if (known) return known;
    const layer = this.preprocessors[name] ?? this.crossers[name];
    if (!isInteger(x.dtype))
      fail(this, `feature "${name}" is ${x.dtype}, which is no category`, 'use outputMode: "float" for it');
    const numTokens =
      layer instanceof IntegerLookup || layer instanceof StringLookup
        ? layer.vocabularySize()
        : layer instanceof CategoryEncoding
          ? layer.numTokens
          : layer instanceof Discretization
            ? (layer.numBins ?? layer.binBoundaries!.length + 1)
            : layer instanceof Hashing || layer instanceof HashedCrossing
              ? layer.numBins
              : fail(this, `how many categories feature "${name}" has is not known`, 'use outputMode: "int" for it');
    return (this.oneHotEncoders[name] = new CategoryEncoding({ numTokens, outputMode: 'multi_hot' }));
  }
  protected override [invoke](given: unknown): unknown {
    this.getEncodedFeatures();
    if (!isPlainObject(given))
      fail(
        this,
        'it was called on something that is no table',
        'give an object of values by the names of the features',
      );
    const columns = Object.fromEntries(
      Object.keys(given as Data).map((name) => [name, this.#valuesOf(given as Data, name)]),
    );
    const isAlone = Object.values(columns).some((x) => x.shape.length === 0);
    const found = this.#encode(Object.fromEntries(Object.entries(columns).map(([k, x]) => [k, upright(x)])));
    if (!isAlone) return found;
    const alone = (x: Tensor): Tensor => (x.shape.length === 2 && x.shape[0] === 1 ? squeeze(x, { axis: 0 }) : x);
    return this.outputMode === 'concat'
      ? alone(found as Tensor)
      : Object.fromEntries(Object.entries(found).map(([k, x]) => [k, alone(x as Tensor)]));
  }
  #valuesOf(data: Data, name: string): Tensor {
    if (!Object.hasOwn(this.features, name))
      fail(this, `there is no feature "${name}"`, `give ${Object.keys(this.features).join(', ')}`);
    const x: unknown = data[name];
    // JavaScript does not distinguish 1.0 from 1.
    const dtype = this.features[name].dtype === 'float32' ? 'float32' : undefined;
    return typeof x === 'string' ? reshape(asTensor([x]), []) : asTensor(x as Like, dtype);
  }
  call(data: Data): unknown {
    return this[invoke](data);
  }

  /** Saves it to a `.keras` file, which `models.loadModel` reads, in Keras too. */
  async save(filepath: Place): Promise<void> {
    return saveModel(this as SavedModel, filepath);
  }
  /** It is never compiled. */
  getCompileConfig(): undefined {
    return undefined;
  }
  /** Does nothing: it is never compiled. */
  compileFromConfig(): void {}
  override getConfig(): Config {
    return {
      features: serializeObject(this.features),
      output_mode: this.outputMode,
      crosses: serializeObject(this.crosses),
      crossing_dim: this.crossingDim,
      hashing_dim: this.hashingDim,
      num_discretization_bins: this.numDiscretizationBins,
    };
  }
  static override fromConfig(config: Config): AnyLayer {
    return new FeatureSpace({
      features: config['features'] as FeatureSpaceOptions['features'],
      outputMode: config['output_mode'] as 'concat',
      crosses: config['crosses'] as FeatureSpaceOptions['crosses'],
      crossingDim: config['crossing_dim'] as number,
      hashingDim: config['hashing_dim'] as number,
      numDiscretizationBins: config['num_discretization_bins'] as number,
    }) as AnyLayer;
  }
  override getBuildConfig(): Config {
    return Object.fromEntries(
      Object.entries(this.preprocessors).map(([name, layer]) => [name, layer.getBuildConfig()]),
    );
  }
  override buildFromConfig(config: Config): void {
    for (const [name, own] of Object.entries(config)) {
      const layer = Object.hasOwn(this.preprocessors, name) ? this.preprocessors[name] : undefined;
      if (!layer || layer.built || !own) continue;
      if (!isPlainObject(own)) fail(this, `the build config of "${name}" is no object`, 'check that the file is whole');
      layer.buildFromConfig(own);
    }
    this.#isAdapted = true;
  }

  static {
    const makers = {
      float: 1,
      floatRescaled: 1,
      floatNormalized: 1,
      floatDiscretized: 2,
      integerCategorical: 1,
    } as const;
    const others = { stringCategorical: 1, integerHashed: 2, stringHashed: 2, cross: 3 } as const;
    exactMethods<typeof FeatureSpace>(this, { ...makers, ...others });
  }
}
registerLayers();
registerModule('keras.utils', [FeatureSpace]);
registerModule(keptIn, [Feature, Cross, TFDIdentity, TFDConcat]);
