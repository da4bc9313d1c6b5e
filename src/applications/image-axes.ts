import { imageDataFormat } from '../base/config.ts';
import type { SymbolicShape } from '../base/shape.ts';
import type { Tensor } from '../tensor/index.ts';

const isLast = (): boolean => imageDataFormat() === 'channels_last';

/** The axis of the channels in a batch of images. */
export const channelAxis = (): number => (isLast() ? 3 : 1);
/** The same, for families that count the last axis from the end. */
export const channelAxisFromEnd = (): number => (isLast() ? -1 : 1);
/** How many channels a batch of images has. */
export const channelsOf = (x: Tensor): number => x.shape[channelAxis()];
/** Height and width in the shape of one image. */
export const sidesOf = ([a, b, c]: SymbolicShape): readonly (number | null)[] => (isLast() ? [a, b] : [b, c]);
/** The shape of one image. */
export const imageShape = (height: number | null, width: number | null, channels: number | null): SymbolicShape =>
  isLast() ? [height, width, channels] : [channels, height, width];

/** Pads images with zeros before a window of stride 2, so that windows lie as in TensorFlow where all sizes are even. */
export function paddingBeforeStride(x: Tensor, window: number): [[number, number], [number, number]] {
  const [height, width] = sidesOf((x.shape as SymbolicShape).slice(1));
  const half = Math.floor(window / 2);
  // Keras does not check images of unknown size further.
  const odd = (side: number | null): number => (height === null || side === null ? 0 : side % 2);
  return [
    [half - 1 + odd(height), half],
    [half - 1 + odd(width), half],
  ];
}

/** The multiple of 8 closest to `channels`, at most a tenth below it. */
export function divisibleBy8(channels: number): number {
  const near = Math.max(8, Math.trunc(channels + 4) - (Math.trunc(channels + 4) % 8));
  return near < 0.9 * channels ? near + 8 : near;
}
