import { f, type Options, type Resolved } from '../../../base/field/field.ts';
import {
  add,
  cast,
  divide,
  multiply,
  scan,
  subtract,
  sum,
  switch as switchCase,
  zerosLike,
} from '../../../ops/index.ts';
import { beta, gamma, randint, SeedGenerator } from '../../../random/index.ts';
import { KeySequence } from '../../../random/key-sequence.ts';
import { drawKey } from '../../../random/seed-generator.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { LayerOptions, Shapes } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { seedField } from '../../regularization/fields.ts';
import { type AnyImageLayer, type Augmentations, makeAugmentations } from './augmentations.ts';
import {
  BaseImagePreprocessingLayer,
  isTraining,
  type TransformationOptions,
  type TransformOptions,
} from './base-image-preprocessing-layer.ts';
import { factorField, givenValueRangeField, imageFields, interpolationField } from './fields.ts';
import type { BoundingBoxes, ImageData } from './image-data.ts';
import { within } from './values.ts';

const fields = {
  /** The range of pixel values, to which results are clipped. */
  valueRange: givenValueRangeField(),
  /** Number of chains of changes to mix. */
  numChains: f.int({ min: 1, initial: 3 }),
  /** The most changes per chain. */
  chainDepth: f.int({ min: 0, initial: 3 }),
  /** Strength of the changes; `b` is `[0, b]`. */
  factor: factorField([0, 1], { initial: 0.3 }),
  /**
   * The parameter of the distributions of mixing ratios: near 0 a single chain or the image dominates, large values mix
   * evenly.
   */
  alpha: f.number({ initial: 1 }),
  /** Whether brightness, contrast, grey and sharpness are among the changes; without them the robustness of models can be evaluated as in the paper. */
  allOps: f.bool(true),
  /** Interpolation method. */
  interpolation: interpolationField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
const always = [
  'randomShear',
  'randomTranslation',
  'randomRotation',
  'randomPosterization',
  'solarization',
  'autoContrast',
  'equalization',
] as const;
const others = ['randomBrightness', 'randomColorDegeneration', 'randomContrast', 'randomSharpness'] as const;
interface Chains {
  /** The weight of each chain, `[numChains]`. */
  readonly chainMixingWeights: Tensor;
  /** The weight of the image itself. */
  readonly weightSample: Tensor;
  /** Which layer makes each change, `[numChains, chainDepth]`; the number after the last changes nothing. */
  readonly choices: Tensor;
  /** The seed for what these layers draw. */
  readonly key: Tensor;
}

export interface AugMix extends Resolved<typeof fields>, Augmentations {}
/**
 * Mixes images with versions changed by random chains of layers (Hendrycks et al., 2020), drawn for each batch; masks
 * are mixed alike. Bounding boxes are unchanged. If `training` is false, images are returned unchanged. Keras draws the
 * layers of the chains from Python's own random numbers; here they come from the seed as well.
 * @example new AugMix({ factor: 0.3, seed: 1 })(ops.ones([2, 8, 8, 3])).shape // [2, 8, 8, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/aug_mix/
 */
export class AugMix extends BaseImagePreprocessingLayer<typeof fields, Chains> {
  static override readonly className = 'AugMix';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { randomBrightness, randomColorDegeneration, randomContrast, randomSharpness, ...first } =
      makeAugmentations(this);
    // The order of Keras's attributes, and so of their variables.
    Object.assign(this, first, { randomBrightness, randomColorDegeneration, randomContrast, randomSharpness });
  }
  get #layers(): AnyImageLayer[] {
    return [...always, ...(this.allOps ? others : [])].map((key) => this[key] as AnyImageLayer);
  }
  override build(inputShape: Shapes): void {
    for (const layer of this.#layers) layer.build(inputShape);
  }
  override getRandomTransformation(_data: Tensor | ImageData, options?: TransformationOptions): Chains | null {
    if (!isTraining(options)) return null;
    const { numChains, chainDepth, alpha } = this;
    const seed = this.seedFor(options);
    const parts = gamma([numChains], alpha, { seed });
    return {
      chainMixingWeights: divide(parts, sum(parts)),
      weightSample: beta([], alpha, alpha, { seed }),
      choices: randint([numChains, chainDepth], 0, this.#layers.length + 1, { seed }),
      key: drawKey(this.className, seed),
    };
  }
  /** The chains' results, mixed. */
  #mixed(
    x: Tensor,
    chains: Chains,
    change: (layer: AnyImageLayer, x: Tensor, transformation: unknown) => Tensor,
  ): Tensor {
    const next = (key: Tensor): [rest: Tensor, own: Tensor] => {
      const keys = new KeySequence(key);
      return [keys.next(), keys.next()];
    };
    const step = ([y, key]: [Tensor, Tensor], choice: Tensor): [[Tensor, Tensor], Tensor] => {
      const [rest, own] = next(key);
      const branches = this.#layers.map((layer) => (z: Tensor) => {
        const transformation = layer.getRandomTransformation(z, { seed: new KeySequence(own) });
        return cast(change(layer, z, transformation), x.dtype);
      });
      return [[switchCase(choice, [...branches, (z: Tensor) => z], y) as Tensor, rest], choice];
    };
    const chain = ([total, key]: [Tensor, Tensor], [choices, share]: [Tensor, Tensor]): [[Tensor, Tensor], Tensor] => {
      const [[end, rest]] = scan(step, [x, key], { xs: choices }) as [[Tensor, Tensor], Tensor];
      return [[add(total, multiply(end, cast(share, x.dtype))), rest], share];
    };
    const xs = [chains.choices, chains.chainMixingWeights];
    const [[total]] = scan(chain, [zerosLike(x), chains.key], { xs }) as [[Tensor, Tensor], Tensor];
    const own = cast(chains.weightSample, x.dtype);
    return add(multiply(own, x), multiply(subtract(1, own), total));
  }
  override transformImages(images: Tensor, chains: Chains | null, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    if (!isTraining(options) || !chains) return x;
    return within(
      this.#mixed(x, chains, (layer, y, t) => layer.transformImages(y, t)),
      this.valueRange,
    );
  }
  override transformBoundingBoxes(boxes: BoundingBoxes): BoundingBoxes {
    return boxes;
  }
  override transformSegmentationMasks(masks: Tensor, chains: Chains | null, options?: TransformOptions): Tensor {
    if (!isTraining(options) || !chains) return masks;
    const x = cast(masks, this.computeDtype);
    return this.#mixed(x, chains, (layer, y, t) => layer.transformSegmentationMasks(y, t));
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
