import type { Resolved } from '../../../base/field/field.ts';
import { add, cast, divide, isnan, max, min, multiply, negative, subtract, where } from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { Shapes } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { BaseImagePreprocessingLayer } from './base-image-preprocessing-layer.ts';
import { imageFields, type Range, valueRangeField } from './fields.ts';
import { toRange, within } from './values.ts';

const fields = {
  /** The range of pixel values, over which channels are stretched. */
  valueRange: valueRangeField(),
  ...imageFields,
};
const bytes: Range = [0, 255];

export interface AutoContrast extends Resolved<typeof fields> {}
/**
 * Stretches each channel to the full range of values; a channel with a single value is unchanged. The channels are the
 * last axis, also where `dataFormat` says that they are the first, as in Keras. It does not depend on `training`.
 * @example new AutoContrast({ valueRange: [0, 1] })([[[[0.4], [0.5]], [[0.5], [0.6]]]]) // [[[[0], [0.5]], [[0.5], [1]]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/auto_contrast/
 */
export class AutoContrast extends BaseImagePreprocessingLayer<typeof fields, null> {
  static override readonly className = 'AutoContrast';
  static override readonly fields = fields;
  static override readonly movesPixels = false;

  override transformImages(images: Tensor): Tensor {
    const dtype = this.computeDtype;
    const x = cast(toRange(images, this.valueRange, bytes, dtype), dtype);
    const [low, high] = [min(x, { axis: [1, 2], keepdims: true }), max(x, { axis: [1, 2], keepdims: true })];
    const scale = divide(255, subtract(high, low));
    const stretched = within(add(multiply(x, scale), multiply(negative(low), scale)), bytes);
    const y = toRange(stretched, bytes, this.valueRange, dtype);
    return cast(where(isnan(y), cast(images, dtype), y), dtype);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
