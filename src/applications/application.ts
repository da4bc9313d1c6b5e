import { type ActivationLike, get as activationNamed } from '../activations/index.ts';
import { imageDataFormat } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import type { SymbolicShape } from '../base/shape.ts';
import type { FileSource } from '../formats/file.ts';
import { Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Input } from '../layers/index.ts';
import { Model } from '../models/index.ts';
import { KerasTensor, type Tensor } from '../tensor/index.ts';
import { getSourceInputs } from '../utils/symbolic.ts';
import { resolveInputShape } from './input-shape.ts';
import { type PretrainedFile, withWeights } from './pretrained.ts';

/** Options that all applications take. */
export interface ApplicationOptions {
  /** Whether the model ends with the classifier; otherwise it returns features. True by default. */
  readonly includeTop?: boolean;
  /**
   * The weights: `'imagenet'` (the default: trained on ImageNet, downloaded once and kept in `~/.keras/models`), null
   * (random), or a file: a path, a URL or its bytes. Unless it is null, the result is a promise of the model.
   */
  readonly weights?: 'imagenet' | FileSource | null;
  /** A KerasTensor of images to build on, from `keras.Input`; null makes a new input. */
  readonly inputTensor?: KerasTensor | null;
  /** Shape of one image, such as `[160, 160, 3]`; null for the size that the model was designed for or, without a top, for unknown sizes. */
  readonly inputShape?: SymbolicShape | null;
  /** What to do with the features if there is no top: null returns the map, `'avg'` and `'max'` return one number per channel. */
  readonly pooling?: 'avg' | 'max' | null;
  /** Number of classes of the top. 1000 by default, as ImageNet has. */
  readonly classes?: number;
  /** Activation of the last layer of the top; null for logits. `'softmax'` by default. */
  readonly classifierActivation?: ActivationLike;
  /** Name of the model. */
  readonly name?: string | null;
}
/** All options, including those of a single family. */
type Asked<Own extends object> = Required<ApplicationOptions> & Required<Own>;
/** The same, once the shape of the images is known. */
export type Chosen<Own extends object> = Asked<Own> & { readonly inputShape: SymbolicShape };

/** A function that returns a model if the weights are random, otherwise a promise of it. */
export interface Application<Own extends object = {}> {
  (options: ApplicationOptions & Own & { readonly weights: null }): Model;
  (options?: ApplicationOptions & Own): Promise<Model>;
}

/** What distinguishes one application from the others. */
export interface Recipe<Own extends object> {
  /** Height and width of the images that it was designed for. */
  readonly size: number | ((options: Asked<Own>) => number);
  /** The smallest height and width of images for which its windows leave an output. */
  readonly least: number;
  /** Defaults of its own options, and defaults that differ from those of most applications. */
  readonly defaults: Required<Own> & ApplicationOptions;
  /** The shape of images, if it is not determined in the usual way. */
  readonly inputShape?: (options: Asked<Own>) => SymbolicShape;
  /** Refuses options for which there are no weights trained on ImageNet. */
  readonly refuseForImagenet?: (options: Chosen<Own>) => void;
  /** Whether its blocks support only channels in the last axis. */
  readonly channelsLast?: boolean;
  /** Computes a map of features from images. */
  features(images: Tensor, options: Chosen<Own>): Tensor;
  /** Computes classes from the map of features; by default by a mean and one Dense. */
  classify?(features: Tensor, options: Chosen<Own>): Tensor;
  /** What is applied after the pooling if there is no top. */
  finish?(pooled: Tensor): Tensor;
  /** Whether the layers that pool features have the names `avg_pool` and `max_pool`. */
  readonly namesPooling?: boolean;
  /** Whether the source of `inputTensor` is the single input of the model and not a list of one: configs differ. */
  readonly hasOneInput?: boolean;
  /** The default name of a model. */
  readonly name: string | ((options: Chosen<Own>) => string);
  /** The file with the weights trained on ImageNet. */
  pretrained(options: Chosen<Own>): PretrainedFile;
}

const common: Required<ApplicationOptions> = {
  includeTop: true,
  weights: 'imagenet',
  inputTensor: null,
  inputShape: null,
  pooling: null,
  classes: 1000,
  classifierActivation: 'softmax',
  name: null,
};

/** The function that makes models from such a description. */
/* @__NO_SIDE_EFFECTS__ */
export function application<Own extends object = {}>(who: string, recipe: Recipe<Own>): Application<Own> {
  const initial = { ...common, ...recipe.defaults };
  const make = (given: (ApplicationOptions & Own) | undefined): Model | Promise<Model> => {
    const names = Object.fromEntries(Object.keys(initial).map((key) => [key, true])) as OptionNames<
      ApplicationOptions & Own
    >;
    const known = Object.entries(optionsOf(who, names, given)).filter(([, value]) => value !== undefined);
    const asked = { ...initial, ...Object.fromEntries(known) } as Asked<Own>;
    checkOptions(who, asked, recipe.channelsLast === true);
    const size = typeof recipe.size === 'number' ? recipe.size : recipe.size(asked);
    const inputShape = recipe.inputShape?.(asked) ?? resolveInputShape(who, asked, size, recipe.least);
    const options = { ...asked, inputShape } as Chosen<Own>;
    const { weights, includeTop, inputTensor } = options;
    if (weights === 'imagenet') recipe.refuseForImagenet?.(options);

    const images = inputTensor ?? Input({ shape: inputShape });
    const features = recipe.features(images, options);
    const outputs = includeTop ? (recipe.classify ?? classify)(features, options) : pool(features, options, recipe);
    const model = new Model({
      inputs: !inputTensor
        ? images
        : recipe.hasOneInput
          ? getSourceInputs(inputTensor)[0]
          : getSourceInputs(inputTensor),
      outputs,
      name: options.name ?? (typeof recipe.name === 'string' ? recipe.name : recipe.name(options)),
    });
    if (weights === null) return model;
    return withWeights(model, weights === 'imagenet' ? recipe.pretrained(options) : (weights as FileSource));
  };
  Object.defineProperty(make, 'name', { value: who });
  return exact(`applications.${who}`, 1, make) as Application<Own>;
}

function checkOptions(who: string, options: Required<ApplicationOptions>, channelsLast: boolean): void {
  const { weights, includeTop, classes, classifierActivation, pooling, inputTensor } = options;
  if (channelsLast && imageDataFormat() === 'channels_first')
    fail(who, 'it takes images with their channels last', "call config.setImageDataFormat('channels_last')");
  if (!Number.isInteger(classes) || classes < 1)
    fail(who, `classes is ${show(classes)}`, 'give the number of classes, an integer >= 1');
  if (pooling !== null && pooling !== 'avg' && pooling !== 'max')
    fail(who, `pooling is ${show(pooling)}`, "give 'avg', 'max' or null");
  if (inputTensor !== null && !(inputTensor instanceof KerasTensor))
    fail(who, `inputTensor is ${show(inputTensor)}`, 'give what keras.Input, or a layer called on it, gave');
  if (typeof weights === 'string' && weights !== 'imagenet' && /^[\w-]*$/.test(weights))
    fail(
      who,
      `weights is ${show(weights)}`,
      'did you mean "imagenet"? Random weights are null, and a path has the ending of its file',
    );
  if (weights === 'imagenet' && includeTop && classes !== 1000)
    fail(
      who,
      `its weights of ImageNet tell 1000 classes apart, not ${classes}`,
      'set weights: null, or includeTop: false and put a head of your own on the features',
    );
  const isSoftmax = () =>
    ['softmax', 'linear'].some((name) => activationNamed(classifierActivation) === activationNamed(name));
  if (weights !== null && includeTop && !isSoftmax())
    fail(
      who,
      `classifierActivation is ${show(classifierActivation)}`,
      "with trained weights give 'softmax', or null for logits",
    );
}

/** The mean of each channel and one Dense: the top of most applications. */
function classify(features: Tensor, { classes, classifierActivation }: Required<ApplicationOptions>): Tensor {
  const x = new GlobalAveragePooling2D({ name: 'avg_pool' })(features);
  return new Dense({ units: classes, activation: classifierActivation, name: 'predictions' })(x);
}

function pool<Own extends object>(
  features: Tensor,
  { pooling }: Required<ApplicationOptions>,
  { namesPooling, finish = (x) => x }: Recipe<Own>,
): Tensor {
  const named = (name: string) => (namesPooling ? { name } : {});
  if (pooling === 'avg') return finish(new GlobalAveragePooling2D(named('avg_pool'))(features));
  if (pooling === 'max') return finish(new GlobalMaxPooling2D(named('max_pool'))(features));
  return finish(features);
}

/** Applies layers to `x`, one after the other. */
export const through = (x: Tensor, ...layers: readonly ((x: Tensor) => Tensor)[]): Tensor =>
  layers.reduce((y, layer) => layer(y), x);
