import { type Field, f } from '../../../base/field/field.ts';
import { type BoxFormat, boxFormats } from '../../../ops/detection/index.ts';
import { dataFormatField } from '../../data-format.ts';

/** `[lower, upper]`. */
export type Range = readonly [lower: number, upper: number];
export type Factor = number | readonly number[];

const isPair = (v: unknown): v is readonly [number, number] =>
  Array.isArray(v) && v.length === 2 && v.every((x) => typeof x === 'number' && !Number.isNaN(x));
const isNumber = (v: unknown): v is number => typeof v === 'number' && !Number.isNaN(v);
const sorted = (v: readonly number[]): Range => (v[0] <= v[1] ? [v[0], v[1]] : [v[1], v[0]]);

/** Whether a factor keeps to the bounds: a number lies between them, and a pair meets them. */
export const isFactor = (v: unknown, [least, most]: Range): v is Factor =>
  isNumber(v) ? v >= least && v <= most : isPair(v) && v[0] <= most && v[1] >= least;
/** `[lower, upper]` of a factor: a number stands for the range from its negative, or from the lower bound. */
export const rangeOf = (v: Factor, [least]: Range): Range =>
  typeof v === 'number' ? [Math.max(-Math.abs(v), least), Math.abs(v)] : sorted(v);

interface FactorRule {
  readonly initial?: Factor;
  readonly isFloat?: boolean;
}
/** Strength of the change: a number, or the range from which it is drawn for each image. */
export function factorField(
  bounds: Range,
  rule: FactorRule & { readonly initial: Factor },
): Field<Factor, Range, false>;
export function factorField(bounds: Range, rule?: FactorRule): Field<Factor, Range, true>;
export function factorField(bounds: Range, rule: FactorRule = {}): Field<Factor, Range> {
  return f.custom<Factor, Range>({
    expects: `a number, or two of them, in the range [${bounds.join(', ')}]`,
    check: (v): v is Factor => isFactor(v, bounds),
    parse: (v) => rangeOf(v, bounds),
    isFloat: true,
    ...rule,
  });
}

/** A factor that configs keep as given; each of its numbers lies within the bounds. */
interface GivenFactor {
  readonly expects: string;
  check(v: unknown): v is Factor;
  parse(v: Factor): Factor;
  readonly isFloat: true;
}
const givenFactor = (isWithin: (x: number) => boolean, range: string): GivenFactor => ({
  expects: `a number, or two of them, in the range ${range}`,
  check: (v): v is Factor => (isNumber(v) ? isWithin(v) : isPair(v) && v.every(isWithin)),
  parse: (v) => v,
  isFloat: true,
});
/** A fraction by which images are shifted, at most their full size. */
export const shareField = (): Field<Factor, Factor, true> =>
  f.custom<Factor, Factor>(givenFactor((x) => x >= -1 && x <= 1, '[-1, 1]'));
/** How much larger the window becomes: nothing is left at -1. */
export const zoomField = (): Field<Factor, Factor, true> =>
  f.custom<Factor, Factor>(givenFactor((x) => x > -1 && x <= 1, '(-1, 1]'));
/** `[lower, upper]` of a factor that is kept as given. */
export const spreadOf = (v: Factor): Range => (typeof v === 'number' ? [-Math.abs(v), Math.abs(v)] : sorted(v));

const valueRange = {
  expects: 'two numbers [low, high]',
  check: isPair as (v: unknown) => v is readonly number[],
  initial: [0, 255] as readonly number[],
};
/** The range of pixel values. */
export const valueRangeField = (): Field<readonly number[], Range, false> =>
  f.custom<readonly number[], Range>({ ...valueRange, parse: sorted });
/** The same, in the order given. */
export const givenValueRangeField = (): Field<readonly number[], Range, false> =>
  f.custom<readonly number[], Range>({ ...valueRange, parse: (v) => [v[0], v[1]] });

/** How pixels outside the image are filled. */
export const fillModeField = () => f.oneOf(['reflect', 'wrap', 'constant', 'nearest'], 'reflect');
/** Interpolation method. */
export const interpolationField = () => f.oneOf(['nearest', 'bilinear'], 'bilinear');

const boxFormatField: Field<BoxFormat | null, BoxFormat | null, false> = f.nullable(
  f.custom<BoxFormat, BoxFormat>({
    expects: `one of ${boxFormats.map((name) => `"${name}"`).join(', ')}`,
    check: (v): v is BoxFormat => typeof v === 'string' && boxFormats.includes(v.toLowerCase() as BoxFormat),
    parse: (v) => v,
  }),
);
/** Options that all layers over images have. */
export const imageFields = {
  /** Format of the boxes; required if bounding boxes are passed along with the images. */
  boundingBoxFormat: boxFormatField,
  /** Position of the channel axis; `config.imageDataFormat()` by default. */
  dataFormat: dataFormatField(),
};
