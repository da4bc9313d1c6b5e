import type { PolicyLike } from '../../../base/dtype-policy.ts';
import { AutoContrast } from './auto-contrast.ts';
import type { BaseImagePreprocessingLayer } from './base-image-preprocessing-layer.ts';
import { Equalization } from './equalization.ts';
import type { Range } from './fields.ts';
import { RandomBrightness } from './random-brightness.ts';
import { RandomColorDegeneration } from './random-color-degeneration.ts';
import { RandomContrast } from './random-contrast.ts';
import { RandomPosterization } from './random-posterization.ts';
import { RandomRotation } from './random-rotation.ts';
import { RandomSharpness } from './random-sharpness.ts';
import { RandomShear } from './random-shear.ts';
import { RandomTranslation } from './random-translation.ts';
import { Solarization } from './solarization.ts';

export type AnyImageLayer = BaseImagePreprocessingLayer<any, any>;

interface Common {
  readonly factor: Range;
  readonly valueRange: Range;
  readonly interpolation: 'nearest' | 'bilinear';
  readonly seed: number | null;
  readonly dataFormat: 'channels_first' | 'channels_last';
  readonly boundingBoxFormat: any;
  readonly dtypePolicy: PolicyLike;
}
/** The layers among which RandAugment and AugMix choose, all as strong as `factor` says. */
export interface Augmentations {
  /** Shears along both axes. */
  readonly randomShear: RandomShear;
  /** Shifts along both axes. */
  readonly randomTranslation: RandomTranslation;
  /** Turns about the middle. */
  readonly randomRotation: RandomRotation;
  /** Makes images lighter or darker. */
  readonly randomBrightness: RandomBrightness;
  /** Moves colours towards grey. */
  readonly randomColorDegeneration: RandomColorDegeneration;
  /** Moves values away from their mean, or towards it. */
  readonly randomContrast: RandomContrast;
  /** Sharpens or blurs. */
  readonly randomSharpness: RandomSharpness;
  /** Adds to the values and inverts those above a threshold. */
  readonly solarization: Solarization;
  /** Rounds values to fewer bits. */
  readonly randomPosterization: RandomPosterization;
  /** Stretches values to the full range. */
  readonly autoContrast: AutoContrast;
  /** Spreads values evenly over the range. */
  readonly equalization: Equalization;
}
export function makeAugmentations(common: Common): Augmentations {
  const { factor, valueRange, interpolation, seed, dataFormat, boundingBoxFormat, dtypePolicy: dtype } = common;
  const all = { dataFormat, boundingBoxFormat, dtype };
  const moving = { interpolation, seed, ...all };
  const colour = { factor, valueRange, seed, ...all };
  return {
    randomShear: new RandomShear({ xFactor: factor, yFactor: factor, ...moving }),
    randomTranslation: new RandomTranslation({ heightFactor: factor, widthFactor: factor, ...moving }),
    randomRotation: new RandomRotation({ factor, ...moving }),
    randomBrightness: new RandomBrightness(colour),
    randomColorDegeneration: new RandomColorDegeneration(colour),
    randomContrast: new RandomContrast(colour),
    randomSharpness: new RandomSharpness(colour),
    solarization: new Solarization({ additionFactor: factor, thresholdFactor: factor, valueRange, seed, ...all }),
    randomPosterization: new RandomPosterization({ ...colour, factor: Math.max(1, Math.trunc(8 * factor[1])) }),
    autoContrast: new AutoContrast({ valueRange, ...all }),
    equalization: new Equalization({ valueRange, ...all }),
  };
}
