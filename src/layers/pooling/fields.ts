import { type Field, f } from '../../base/field/field.ts';
import { dataFormatField } from '../data-format.ts';

type Sizes = number | readonly number[];
/** Options of pooling over `rank` spatial axes. */
export const poolFields = (rank: number) => ({
  /** Size of the window along each spatial axis. */
  poolSize: f.sizes(rank, 2),
  /** Step of the window; its size by default. */
  strides: f.nullable(f.sizes(rank)) as Field<Sizes | null, readonly number[] | null, false>,
  /** `valid`: the window stays inside; `same`: the input is padded with cells that do not count. */
  padding: f.oneOf(['valid', 'same'], 'valid'),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
});

/** Options of pooling over all of the input. */
export const globalPoolFields = {
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
  /** Whether the spatial axes are kept, with size 1. */
  keepdims: f.bool(false),
};
