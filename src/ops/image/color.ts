import { isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { concatenate } from '../../primitives/movement.ts';
import { part } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { imageAxes } from './resize.ts';

export interface ColorOptions {
  /** Whether channels are the last axis or follow the batch; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
const colorOptions: OptionNames<ColorOptions> = { dataFormat: true };
/** The three planes of an image, the channel axis kept, and its position. */
function planes(who: string, images: Tensor, { dataFormat }: ColorOptions): { axis: number; channels: Tensor[] } {
  const { channels: axis } = imageAxes(who, images, dataFormat);
  if (images.shape[axis] !== 3)
    fail(who, `images of shape ${showShape(images.shape)} have ${images.shape[axis]} channels`, 'give three');
  return { axis, channels: [0, 1, 2].map((k) => part(images, axis, k, k + 1)) };
}
const scaled = (x: Tensor, by: number): Tensor => p.mul(x, like(x, by));
const shifted = (x: Tensor, by: number): Tensor => p.add(x, like(x, by));

/** Brightness `0.2989 · red + 0.587 · green + 0.114 · blue`, one channel. @example image.rgbToGrayscale([[[0.5, 0.5, 0.5]]]) // [[[0.5]]] */
export const rgbToGrayscale = op(
  ['rgbToGrayscale', 'RGBToGrayscale'],
  (images: Tensor, options: ColorOptions = {}) => {
    const { channels: axis } = imageAxes('image.rgbToGrayscale', images, options.dataFormat);
    if (images.shape[axis] === 1) return images;
    const { channels } = planes(
      'image.rgbToGrayscale',
      isFloat(images.dtype) ? images : cast(images, 'float32'),
      options,
    );
    const [red, green, blue] = [0.2989, 0.587, 0.114].map((weight, k) => scaled(channels[k], weight)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    return cast(p.add(p.add(red, green), blue), images.dtype);
  },
  ['tensor'],
  colorOptions,
);
const requireFloat = (who: string, images: Tensor): void => {
  if (!isFloat(images.dtype)) fail(who, `images are ${images.dtype}`, 'convert them to a float type in [0, 1]');
};
/** Red, green and blue as hue, saturation and value, all in [0, 1]. @example image.rgbToHsv([[[0, 0.5, 0]]]) // [[[0.3333, 1, 0.5]]] */
export const rgbToHsv = op(
  ['rgbToHsv', 'RGBToHSV'],
  (images: Tensor, options: ColorOptions = {}) => {
    requireFloat('image.rgbToHsv', images);
    const tiny = images.dtype === 'float16' ? 2 ** -10 : images.dtype === 'bfloat16' ? 2 ** -7 : 2 ** -23;
    const clean = p.select(p.lt(p.abs(images), like(images, tiny)), like(images, 0), images);
    const { axis, channels } = planes('image.rgbToHsv', clean, options);
    const [r, g, b] = channels as [Tensor, Tensor, Tensor];
    const value = p.max(p.max(r, g), b);
    const spread = p.sub(value, p.min(p.min(r, g), b));
    const [zero, one] = [like(value, 0), like(value, 1)];
    const [isLight, isColoured] = [p.gt(value, zero), p.gt(spread, zero)];
    const saturation = p.select(isLight, p.div(spread, p.select(isLight, value, one)), zero);
    const norm = p.div(like(value, 1 / 6), p.select(isColoured, spread, one));
    const isGreen = p.eq(value, g);
    const rest = p.select(isGreen, shifted(p.mul(norm, p.sub(b, r)), 2 / 6), shifted(p.mul(norm, p.sub(r, g)), 4 / 6));
    const hue = p.select(p.eq(value, r), p.mul(norm, p.sub(g, b)), rest);
    const turned = p.add(p.select(isColoured, hue, zero), cast(p.lt(hue, zero), hue.dtype));
    return concatenate([turned, saturation, value], { axis });
  },
  ['tensor'],
  colorOptions,
);
/** Hue, saturation and value as red, green and blue. @example image.hsvToRgb([[[0, 1, 0.5]]]) // [[[0.5, 0, 0]]] */
export const hsvToRgb = op(
  ['hsvToRgb', 'HSVToRGB'],
  (images: Tensor, options: ColorOptions = {}) => {
    requireFloat('image.hsvToRgb', images);
    const { axis, channels } = planes('image.hsvToRgb', images, options);
    const [hue, saturation, value] = channels as [Tensor, Tensor, Tensor];
    const angle = scaled(p.sub(hue, p.floor(hue)), 6);
    const unit = (x: Tensor): Tensor => p.max(p.min(x, like(x, 1)), like(x, 0));
    const away = (from: number): Tensor => p.abs(shifted(angle, -from));
    const bright = [unit(shifted(away(3), -1)), unit(p.sub(like(hue, 2), away(2))), unit(p.sub(like(hue, 2), away(4)))];
    const white = p.sub(like(saturation, 1), saturation);
    return concatenate(
      bright.map((d) => p.mul(value, p.add(white, p.mul(saturation, d)))),
      { axis },
    );
  },
  ['tensor'],
  colorOptions,
);
