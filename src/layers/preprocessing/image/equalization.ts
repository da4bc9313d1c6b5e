import { f, type Resolved } from '../../../base/field/field.ts';
import {
  add,
  arange,
  argmax,
  cast,
  clip,
  countNonzero,
  cumsum,
  divide,
  equal,
  expandDims,
  greater,
  lessEqual,
  moveaxis,
  multiply,
  onesLike,
  reshape,
  round,
  segmentSum,
  subtract,
  takeAlongAxis,
  where,
} from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { Shapes } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { BaseImagePreprocessingLayer, isTraining, type TransformOptions } from './base-image-preprocessing-layer.ts';
import { imageFields, type Range, valueRangeField } from './fields.ts';

const fields = {
  /** The range of pixel values. */
  valueRange: valueRangeField(),
  /** Number of levels that values are divided into. */
  bins: f.int({ min: 1, initial: 256 }),
  ...imageFields,
};
const bytes: Range = [0, 255];
/** Maps values of one range to another: `x · scale + offset`, rounded as in Keras, because bins begin at whole numbers. */
function scaled(x: Tensor, from: Range, to: Range): Tensor {
  const scale = (to[1] - to[0]) / (from[1] - from[0]);
  return add(multiply(x, scale), to[0] - from[0] * scale);
}

export interface Equalization extends Resolved<typeof fields> {}
/**
 * Equalizes histograms, so that all levels occur about equally often, for each channel over the batch. If `training` is
 * false, images are returned unchanged.
 * @example new Equalization()([[[[0], [1]], [[2], [3]]]]) // [[[[0], [85]], [[170], [255]]]]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/
 */
export class Equalization extends BaseImagePreprocessingLayer<typeof fields, null> {
  static override readonly className = 'Equalization';
  static override readonly fields = fields;
  static override readonly movesPixels = false;

  override transformImages(images: Tensor, _: null, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    const x = moveaxis(cast(images, this.computeDtype), this.channelAxis, 0);
    const flat = reshape(scaled(x, this.valueRange, bytes), [x.shape[0], -1]);
    const y = scaled(this.#equalized(flat), bytes, this.valueRange);
    return cast(moveaxis(reshape(y, x.shape), 0, this.channelAxis), this.computeDtype);
  }
  /** Values of channels, `[channels, pixels]`, from 0 to 255. */
  #equalized(x: Tensor): Tensor {
    const { bins } = this;
    const last = bins - 1;
    const channels = x.shape[0];
    const bin = clip(cast(divide(multiply(cast(x, 'float32'), last), 255), 'int32'), 0, last);
    const own = add(bin, multiply(expandDims(arange(0, channels, 1, { dtype: 'int32' }), 1), bins));
    const numSegments = channels * bins;
    const counts = reshape(segmentSum(reshape(onesLike(own), [-1]), reshape(own, [-1]), { numSegments }), [
      channels,
      bins,
    ]);
    const total = cumsum(counts, { axis: 1 });
    const least = takeAlongAxis(total, expandDims(argmax(cast(greater(total, 0), 'int32'), { axis: 1 }), 1), {
      axis: 1,
    });
    const all = takeAlongAxis(total, multiply(onesLike(least), last), { axis: 1 });
    const spread = subtract(all, least);
    const divisor = where(equal(spread, 0), onesLike(spread), spread);
    // Times the reciprocal, as XLA divides by one number: of halves that decides which way they are rounded.
    const share = divide(1, cast(divisor, 'float32'));
    const levels = clip(round(multiply(cast(multiply(subtract(total, least), 255), 'float32'), share)), 0, 255);
    const step = cast(clip(multiply(divide(x, 255), last), 0, last), 'int32');
    const isFlat = lessEqual(expandDims(countNonzero(counts, { axis: 1 }), 1), 1);
    return where(isFlat, cast(x, 'float32'), takeAlongAxis(levels, step, { axis: 1 }));
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
