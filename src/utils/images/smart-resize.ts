import type { DataFormat } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import * as ops from '../../ops/index.ts';
import { asTensor, type Like, type Tensor } from '../../tensor/index.ts';
import { formatOf } from './arrays.ts';
import { middleOf } from './middle.ts';

/** Options of `smartResize`. */
export interface SmartResizeOptions {
  /** Interpolation method: `'bilinear'`, the default, `'nearest'`, `'bicubic'`, `'lanczos3'`, `'lanczos5'`. */
  readonly interpolation?: 'bilinear' | 'nearest' | 'bicubic' | 'lanczos3' | 'lanczos5' | undefined;
  /** Position of the channel axis; last by default. */
  readonly dataFormat?: DataFormat | undefined;
}
const smartResizeOptions: OptionNames<SmartResizeOptions> = { interpolation: true, dataFormat: true };

/**
 * Resizes an image `[height, width, channels]`, or a batch, without distortion: a centred crop of the right aspect
 * ratio is resized.
 * @see https://keras.io/api/data_loading/image/
 * @example keras.preprocessing.image.smartResize(keras.ops.ones([4, 6, 3]), [2, 2]).shape // [2, 2, 3]
 */
export const smartResize = exact(
  'preprocessing.image.smartResize',
  3,
  function smartResize(
    x: Like,
    size: readonly [height: number, width: number],
    options: SmartResizeOptions = {},
  ): Tensor {
    const { interpolation = 'bilinear', dataFormat = 'channels_last' } = optionsOf(
      'smartResize',
      smartResizeOptions,
      options,
    );
    const format = formatOf('smartResize', dataFormat);
    if (!(Array.isArray(size) && size.length === 2 && size.every((n) => Number.isInteger(n) && n > 0)))
      fail('smartResize', `the size is ${show(size)}`, 'give [height, width] in pixels');
    const image = asTensor(x);
    const rank = image.shape.length;
    if (rank !== 3 && rank !== 4)
      fail(
        'smartResize',
        `the images have shape ${showShape(image.shape)}`,
        'give an image of three axes, or a batch of four',
      );
    const axis = rank - (format === 'channels_last' ? 3 : 2);
    const from = [image.shape[axis], image.shape[axis + 1]] as const;
    const { top, left, height, width } = middleOf(from, size);
    const starts = image.shape.map((_, k) => (k === axis ? top : k === axis + 1 ? left : 0));
    const sizes = image.shape.map((n, k) => (k === axis ? height : k === axis + 1 ? width : n));
    return ops.image.resize(ops.slice(image, starts, sizes), size, { interpolation, dataFormat: format });
  },
);
