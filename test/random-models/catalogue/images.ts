import type { Draw } from '../draw.ts';
import { type Entry, ofRank } from './entry.ts';

/** Images `[height, width, channels]`; `channels_first` now and then. */
function image(options: (draw: Draw, sides: readonly [number, number]) => Record<string, unknown>, seed = 9): Entry {
  return {
    fits: ofRank(3),
    make(draw, { shape }) {
      const isFirst = draw.oneIn(5);
      const sides = (isFirst ? [shape[1], shape[2]] : [shape[0], shape[1]]) as [number, number];
      return {
        config: {
          ...options(draw, sides),
          ...(seed && { seed: seed + draw.below(3) }),
          ...(isFirst && { data_format: 'channels_first' }),
        },
      };
    },
  };
}
const share = (draw: Draw, most = 5): number => draw.from(1, most) / 10;
/** How places beyond the border and between pixels are found. Nearest pixels would change at a rounding. */
const moved = (draw: Draw) => ({
  fill_mode: draw.of(['reflect', 'constant', 'wrap', 'nearest']),
  ...(draw.oneIn(3) && { fill_value: 0.5 }),
});
const smaller = (draw: Draw, [height, width]: readonly [number, number]) => ({
  height: draw.from(1, height),
  width: draw.from(1, width),
});

/**
 * Layers over images whose results follow their inputs without jumps: the others would turn a rounding into another picture.
 * RandomCrop gives another shape than it announces where nothing is trained, as Keras's does.
 */
export const overImages: Readonly<Record<string, Entry>> = {
  CenterCrop: image(smaller, 0),
  Resizing: image(
    (draw) => ({
      height: draw.from(1, 9),
      width: draw.from(1, 9),
      interpolation: draw.of(['bilinear', 'bicubic', 'lanczos3']),
      ...(draw.oneIn(3) && { [draw.of(['crop_to_aspect_ratio', 'pad_to_aspect_ratio'])]: true }),
    }),
    0,
  ),
  RandomFlip: image((draw) => ({ mode: draw.of(['horizontal', 'vertical', 'horizontal_and_vertical']) })),
  RandomTranslation: image((draw) => ({ height_factor: share(draw), width_factor: share(draw), ...moved(draw) })),
  RandomRotation: image((draw) => ({ factor: share(draw), ...moved(draw) })),
  RandomZoom: image((draw) => ({ height_factor: share(draw), ...moved(draw) })),
  RandomShear: image((draw) => ({ x_factor: share(draw), y_factor: share(draw), ...moved(draw) })),
  RandomPerspective: image((draw) => ({ factor: share(draw), scale: share(draw) })),
  RandomErasing: image((draw) => ({
    factor: share(draw, 9),
    scale: [0.1, 0.5],
    fill_value: 0.25,
    value_range: [-2, 2],
  })),
  RandomGaussianBlur: image((draw) => ({ factor: share(draw, 9), kernel_size: 3, sigma: 1, value_range: [-4, 4] })),
  RandomBrightness: image((draw) => ({ factor: share(draw), value_range: [-4, 4] })),
  RandomContrast: image((draw) => ({ factor: share(draw), value_range: [-4, 4] })),
  RandomSharpness: image((draw) => ({ factor: share(draw), value_range: [-4, 4] })),
  RandomInvert: image((draw) => ({ factor: share(draw, 9), value_range: [-4, 4] })),
};
