import * as library from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import { plainly, type Rule } from './layers.ts';
import { channelsLast, checkSize, elementsOf, isInts, ops } from './value.ts';

const resizeImages = library.image.resize as unknown as (x: Tensor, size: readonly number[], options: object) => Tensor;
/** Images made larger or smaller. */
const resize: Rule = (c) => {
  const rank = c.rank();
  const mode = c.text('mode', 'nearest');
  const shape = c.shape(0);
  const at = c.node.opType === 'Upsample' ? 1 : 2;
  const scales = c.has(at) && !isInts(c.value(at)) ? Array.from(elementsOf(c.constant(at))) : undefined;
  const sizes = c.has(3) ? (c.ints('sizes', 3) ?? []) : undefined;
  const target =
    sizes && sizes.length > 0 ? sizes : shape.map((n, d) => (n === null ? null : Math.floor(n * (scales?.[d] ?? 1))));
  if (rank !== 4) return c.refuse(`resizes an array of ${rank} axes`);
  const whole = [2, 3].map((d) => (shape[d] === null ? (scales?.[d] ?? 0) : (target[d] ?? 0) / shape[d]));
  const places = c.text('coordinate_transformation_mode', 'half_pixel');
  const x = channelsLast(c.value(0));
  if (mode === 'nearest' && whole.every((n) => Number.isInteger(n) && n > 0))
    return {
      t: c.layer('UpSampling2D', { size: whole, interpolation: 'nearest', dataFormat: 'channels_last' }, x),
      last: true,
    };
  if (!['half_pixel', 'pytorch_half_pixel'].includes(places) || !['linear', 'nearest'].includes(mode))
    return c.refuse(`resizes with ${mode} and ${places}`);
  const [height, width] = target.slice(2);
  if (height === null || width === null) return c.refuse('resizes to an open size');
  checkSize(c.node.name, [height, width]);
  const interpolation = mode === 'linear' ? 'bilinear' : 'nearest';
  return { t: resizeImages(x, [height, width], { interpolation, dataFormat: 'channels_last' }), last: true };
};
const depthToSpace: Rule = (c) => {
  const size = c.number('blocksize', 1);
  const [, channels, height, width] = c.shape(0);
  if (c.text('mode', 'DCR') !== 'CRD' && c.text('mode', 'DCR') !== 'DCR') return c.refuse('has an unknown mode');
  const depth = (channels ?? 0) / size ** 2;
  if (![depth, height, width].every((n) => Number.isInteger(n))) return c.refuse('moves channels of an open size');
  const isFirst = c.text('mode', 'DCR') === 'CRD';
  const parts = isFirst ? [-1, depth, size, size, height, width] : [-1, size, size, depth, height, width];
  const y = ops['transpose'](ops['reshape'](c.tensor(0), parts), {
    axes: isFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2],
  });
  return plainly(ops['reshape'](y, [-1, depth, height! * size, width! * size]));
};

/** Operators on images. */
export const imageRules: Readonly<Record<string, Rule>> = {
  Resize: resize,
  Upsample: resize,
  DepthToSpace: depthToSpace,
};
