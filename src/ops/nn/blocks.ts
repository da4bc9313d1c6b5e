import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { transpose } from '../../primitives/movement.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { asDataFormat } from './data-format.ts';

export interface BlockOptions {
  /** Whether channels are the last axis or follow the batch; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
const blockOptions: OptionNames<BlockOptions> = { dataFormat: true };
function check(who: string, x: Tensor, block: number): void {
  if (x.shape.length !== 4)
    fail(who, `the tensor has shape ${showShape(x.shape)}`, 'give four axes: batch, two of space, channels');
  if (!Number.isInteger(block) || block < 2) fail(who, `blockSize is ${block}`, 'give a whole number of at least 2');
}
/**
 * Rearranges channels into blocks of pixels: `[n, h, w, c · b²]` becomes `[n, h · b, w · b, c]`.
 * @example depthToSpace(ones([1, 1, 1, 4]), 2).shape // [1, 2, 2, 1]
 */
export const depthToSpace = op(
  'depthToSpace',
  (x: Tensor, blockSize: number, { dataFormat }: BlockOptions = {}) => {
    check('depthToSpace', x, blockSize);
    const b = blockSize;
    const isLast = asDataFormat(dataFormat, 'depthToSpace') === 'channels_last';
    const channels = x.shape[isLast ? 3 : 1];
    if (channels % (b * b) !== 0)
      fail('depthToSpace', `${channels} channels do not divide by ${b}²`, 'give a multiple of blockSize²');
    const c = channels / (b * b);
    if (isLast) {
      const [n, h, w] = x.shape as [number, number, number];
      return reshapeTo(transpose(reshapeTo(x, [n, h, w, b, b, c]), { perm: [0, 1, 3, 2, 4, 5] }), [n, h * b, w * b, c]);
    }
    const [n, , h, w] = x.shape as [number, number, number, number];
    return reshapeTo(transpose(reshapeTo(x, [n, c, b, b, h, w]), { perm: [0, 1, 4, 2, 5, 3] }), [n, c, h * b, w * b]);
  },
  ['tensor'],
  blockOptions,
);
/**
 * Rearranges blocks of pixels into channels: `[n, h · b, w · b, c]` becomes `[n, h, w, c · b²]`.
 * @example spaceToDepth(ones([1, 2, 2, 1]), 2).shape // [1, 1, 1, 4]
 */
export const spaceToDepth = op(
  'spaceToDepth',
  (x: Tensor, blockSize: number, { dataFormat }: BlockOptions = {}) => {
    check('spaceToDepth', x, blockSize);
    const b = blockSize;
    const isLast = asDataFormat(dataFormat, 'spaceToDepth') === 'channels_last';
    const [h, w] = isLast ? [x.shape[1], x.shape[2]] : [x.shape[2], x.shape[3]];
    if (h % b !== 0 || w % b !== 0)
      fail(
        'spaceToDepth',
        `an image of ${h} x ${w} does not divide into blocks of ${b}`,
        'give multiples of blockSize',
      );
    const n = x.shape[0];
    if (isLast) {
      const c = x.shape[3];
      return reshapeTo(transpose(reshapeTo(x, [n, h / b, b, w / b, b, c]), { perm: [0, 1, 3, 2, 4, 5] }), [
        n,
        h / b,
        w / b,
        c * b * b,
      ]);
    }
    const c = x.shape[1];
    return reshapeTo(transpose(reshapeTo(x, [n, c, h / b, b, w / b, b]), { perm: [0, 1, 3, 5, 2, 4] }), [
      n,
      c * b * b,
      h / b,
      w / b,
    ]);
  },
  ['tensor'],
  blockOptions,
);
