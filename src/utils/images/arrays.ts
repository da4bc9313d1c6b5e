import { type DataFormat, floatx, imageDataFormat } from '../../base/config.ts';
import { asDType, type DType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import { channelsOf, type Pixels } from '../../formats/images/pixels.ts';
import * as ops from '../../ops/index.ts';
import { asTensor, type Like, type Tensor, tensor } from '../../tensor/index.ts';

/** Options of `imgToArray`. */
export interface ImgToArrayOptions {
  /** Position of the channel axis; that of `keras.config` by default. */
  readonly dataFormat?: DataFormat | null | undefined;
  /** The tensor's dtype; `config.floatx()` by default. */
  readonly dtype?: DType | null | undefined;
}
const imgToArrayOptions: OptionNames<ImgToArrayOptions> = { dataFormat: true, dtype: true };
/** Options of `arrayToImg`. */
export interface ArrayToImgOptions extends ImgToArrayOptions {
  /** Whether to rescale values so that the smallest is 0 and the largest 255; true by default. */
  readonly scale?: boolean | undefined;
  /** The dtype in which values are rescaled; `config.floatx()` by default. */
  readonly dtype?: DType | null | undefined;
}
const arrayToImgOptions: OptionNames<ArrayToImgOptions> = { ...imgToArrayOptions, scale: true };

/** Checks the position of the channel axis. */
export function formatOf(who: string, given: DataFormat | null | undefined): DataFormat {
  const format = given ?? imageDataFormat();
  if (format !== 'channels_last' && format !== 'channels_first')
    fail(who, `dataFormat is ${show(format)}`, 'use "channels_last" or "channels_first"');
  return format;
}

/**
 * An image as a tensor `[height, width, channels]`, or with the channels first.
 * @see https://keras.io/api/data_loading/image/#imgtoarray-function
 * @example keras.utils.imgToArray({ mode: 'L', width: 3, height: 1, data: Uint8Array.of(1, 2, 3) }).shape // [1, 3, 1]
 */
export const imgToArray = exact(
  'utils.imgToArray',
  2,
  function imgToArray(img: Pixels, options: ImgToArrayOptions = {}): Tensor {
    const { dataFormat, dtype } = optionsOf('imgToArray', imgToArrayOptions, options);
    const channels = typeof img === 'object' && img !== null ? channelsOf(img.mode) : Number.NaN;
    if (!(img?.width * img?.height * channels === img?.data?.length))
      fail(
        'imgToArray',
        `it was given ${show(img)}`,
        'give an image as loadImg gives it: { mode, width, height, data }',
      );
    const { width, height, data } = img;
    const isLast = formatOf('imgToArray', dataFormat) === 'channels_last';
    const x = tensor(data as Uint8Array, { shape: [height, width, channels] });
    return ops.cast(isLast ? x : ops.transpose(x, { axes: [2, 0, 1] }), asDType(dtype ?? floatx(), 'imgToArray'));
  },
);

/**
 * Converts a tensor `[height, width, channels]` (1, 3 or 4 of them) to an image. Grey values above 255, possible if
 * `scale` is false, give the 32-bit mode "I".
 * @see https://keras.io/api/data_loading/image/#arraytoimg-function
 * @example [...(await keras.utils.arrayToImg([[[0], [1]]])).data] // [0, 255]
 */
export const arrayToImg = exact(
  'utils.arrayToImg',
  2,
  async function arrayToImg(x: Like, options: ArrayToImgOptions = {}): Promise<Pixels> {
    const { dataFormat, scale = true, dtype } = optionsOf('arrayToImg', arrayToImgOptions, options);
    const isLast = formatOf('arrayToImg', dataFormat) === 'channels_last';
    const given = asTensor(x);
    if (given.shape.length !== 3)
      fail('arrayToImg', `it was given a tensor of shape ${showShape(given.shape)}`, 'give one image, of three axes');
    const image = isLast ? given : ops.transpose(given, { axes: [1, 2, 0] });
    const [height, width, channels] = image.shape as readonly [number, number, number];
    if (channels !== 1 && channels !== 3 && channels !== 4)
      fail('arrayToImg', `the image has ${channels} channels`, 'give 1 (grey), 3 (RGB) or 4 (RGBA)');
    const values = ops.cast(image, asDType(dtype ?? floatx(), 'arrayToImg'));
    const data = await (scale ? stretched(values) : values).data();
    if (channels === 1 && data.some((v: number) => v > 255))
      return { mode: 'I', width, height, data: Int32Array.from(data) };
    return { mode: channels === 1 ? 'L' : channels === 3 ? 'RGB' : 'RGBA', width, height, data: Uint8Array.from(data) };
  },
);

/** Rescales to 0 to 255; if all values are equal, they become 0. */
function stretched(x: Tensor): Tensor {
  const above = ops.subtract(x, ops.min(x));
  const most = ops.max(above);
  return ops.multiply(ops.divide(above, ops.where(ops.equal(most, 0), 1, most)), 255);
}
