import { fail } from '../base/errors.ts';
import { type Config, deserializeObject, isSerializedObject, origin } from '../base/registry/serialize.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { Layer } from '../layers/layer/layer.ts';
import { serializeLayer } from '../layers/nested-layer.ts';
import { concatenate } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** Kinds of features by name. */
export type FeatureKind =
  | 'float' | 'float_rescaled' | 'float_normalized' | 'float_discretized'
  | 'integer_categorical' | 'string_categorical' | 'integer_hashed' | 'string_hashed'; // biome-ignore format: in pairs
/** Options of every feature. */
export type Named = {
  /** Name of the feature's preprocessing layer; derived from its kind by default. */
  readonly name?: string | undefined;
};
/** Options of features that become indices. */
export type OneHot = {
  /** `'one_hot'` (the default): a one-hot vector; `'int'`: the index. */
  readonly outputMode?: 'int' | 'one_hot' | undefined;
} & Named;
/** Options of features with a vocabulary. */
export type Vocabulary = {
  /** Maximum size of the vocabulary; unlimited (null) by default. */
  readonly maxTokens?: number | null;
  /** Number of indices for values outside the vocabulary; 1 by default. */
  readonly numOovIndices?: number;
} & OneHot;
/** Options of `floatRescaled`. */
export type Rescaled = {
  /** Factor; 1 by default. */
  readonly scale?: number;
  /** Offset, added after scaling; 0 by default. */
  readonly offset?: number;
} & Named;
/** Options of `floatDiscretized`. */
export type Discretized = {
  /** The boundaries between bins; found by `adapt` by default. */
  readonly binBoundaries?: readonly number[] | null;
} & OneHot;

/** The module of these classes in Keras, which files name. */
export const keptIn = 'keras.src.layers.preprocessing.feature_space';
const from = (name: string) => ({ module: keptIn, registered_name: name });

/** One feature of a FeatureSpace: the dtype of its data, its preprocessing layer, and its output mode. */
export class Feature {
  static readonly className = 'Feature';
  readonly className = 'Feature';
  readonly dtype: string;
  readonly preprocessor: AnyLayer;
  readonly outputMode: string;

  constructor(dtype: string, preprocessor: AnyLayer | Config, outputMode: string) {
    if (!['int', 'one_hot', 'float'].includes(outputMode))
      fail('Feature', `outputMode (output_mode) is ${JSON.stringify(outputMode)}`, 'use "int", "one_hot" or "float"');
    this.dtype = dtype;
    const layer = isSerializedObject(preprocessor) ? deserializeObject(preprocessor) : preprocessor;
    if (!(layer instanceof Layer))
      fail('Feature', 'its preprocessor is no layer', 'give a layer, or the config of one');
    this.preprocessor = layer as AnyLayer;
    this.outputMode = outputMode;
  }
  get [origin]() {
    return from('Feature');
  }
  getConfig(): Config {
    return { dtype: this.dtype, preprocessor: serializeLayer(this.preprocessor), output_mode: this.outputMode };
  }
  static fromConfig(config: Config): Feature {
    return new Feature(String(config['dtype']), config['preprocessor'] as Config, String(config['output_mode']));
  }
}

/** A cross of several features of a FeatureSpace, by a hash of all of them. */
export class Cross {
  static readonly className = 'Cross';
  readonly className = 'Cross';
  readonly featureNames: readonly string[];
  readonly crossingDim: number;
  readonly outputMode: string;

  constructor(featureNames: readonly string[], crossingDim: number, outputMode = 'one_hot') {
    if (!['int', 'one_hot'].includes(outputMode))
      fail('Cross', `outputMode (output_mode) is ${JSON.stringify(outputMode)}`, 'use "int" or "one_hot"');
    const isText = (name: unknown): boolean => typeof name === 'string';
    if (!Array.isArray(featureNames) || !featureNames.every(isText))
      fail('Cross', 'its features are no list of names', 'give the names of features, such as ["city", "age"]');
    this.featureNames = [...featureNames];
    this.crossingDim = crossingDim;
    this.outputMode = outputMode;
  }
  get name(): string {
    return this.featureNames.join('_X_');
  }
  get [origin]() {
    return from('Cross');
  }
  getConfig(): Config {
    return { feature_names: this.featureNames, crossing_dim: this.crossingDim, output_mode: this.outputMode };
  }
  static fromConfig(config: Config): Cross {
    return new Cross(
      config['feature_names'] as string[],
      Number(config['crossing_dim']),
      String(config['output_mode']),
    );
  }
}

/** Passes floats through; preprocesses features of the kind "float". */
export class TFDIdentity extends Layer {
  static override readonly className = 'TFDIdentity';
  get [origin]() {
    return from('TFDIdentity');
  }
  call(inputs: Tensor): Tensor {
    return inputs;
  }
}
/** All features of a sample in one vector. */
export class TFDConcat extends Layer<{}, [inputs: readonly Tensor[]]> {
  static override readonly className = 'TFDConcat';
  get [origin]() {
    return from('TFDConcat');
  }
  call(inputs: readonly Tensor[]): Tensor {
    return concatenate([...inputs], { axis: -1 });
  }
}
