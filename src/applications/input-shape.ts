import { imageDataFormat } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { type SymbolicShape, showShape } from '../base/shape.ts';
import { imageShape, sidesOf } from './image-axes.ts';

/** What decides the shape of the images that an application takes. */
interface ShapeRequest {
  readonly inputShape: SymbolicShape | null;
  readonly includeTop: boolean;
  readonly weights: unknown;
}

/** Refuses images that are too small for the windows. */
export function requireSides(who: string, shape: SymbolicShape, least: number): void {
  if (sidesOf(shape).some((side) => side !== null && side < least))
    fail(who, `inputShape is ${showShape(shape)}`, `give images of at least ${least}x${least}`);
}

/** The shape of the images: the given one, checked; otherwise the one that the application was designed for or, without a top, unknown sizes. */
export function resolveInputShape(
  who: string,
  { inputShape, includeTop, weights }: ShapeRequest,
  size: number,
  least: number,
): SymbolicShape {
  const isLast = imageDataFormat() === 'channels_last';
  if (inputShape === null) return includeTop ? imageShape(size, size, 3) : imageShape(null, null, 3);
  if (inputShape.length !== 3)
    fail(
      who,
      `inputShape is ${showShape(inputShape)}`,
      `give three sizes, as in ${showShape(imageShape(size, size, 3))}`,
    );
  const channels = inputShape[isLast ? 2 : 0];
  if (channels === null) fail(who, `inputShape is ${showShape(inputShape)}`, 'say how many channels the images have');
  if (weights === 'imagenet') {
    const wanted = imageShape(size, size, 3);
    if (includeTop && inputShape.some((n, d) => n !== wanted[d]))
      fail(
        who,
        `inputShape is ${showShape(inputShape)}, but its weights of ImageNet classify images of shape ${showShape(wanted)}`,
        'leave inputShape out, or set includeTop: false or weights: null',
      );
    if (channels !== 3)
      fail(who, `inputShape has ${channels} channels`, 'its weights of ImageNet take 3: give 3, or set weights: null');
  }
  requireSides(who, inputShape, least);
  if (includeTop && inputShape.includes(null))
    fail(
      who,
      `inputShape ${showShape(inputShape)} leaves a size open`,
      'with includeTop: true give all sizes, or set includeTop: false',
    );
  return inputShape;
}

/** The size of square images if weights for it exist, otherwise 224. */
export function sideIn(shape: SymbolicShape | null, sizes: readonly number[]): number {
  const [height, width] = shape?.length === 3 ? sidesOf(shape) : [];
  return height === width && sizes.includes(height!) ? height! : 224;
}
