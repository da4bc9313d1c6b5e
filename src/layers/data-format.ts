import { type DataFormat, imageDataFormat } from '../base/config.ts';
import { type Field, f } from '../base/field/field.ts';
import type { SymbolicShape } from '../base/shape.ts';

/** The axis of the channels; the configured one by default. */
export const dataFormatField = (): Field<DataFormat | null, DataFormat, false> =>
  f.custom<DataFormat | null, DataFormat>({
    expects: 'one of "channels_last", "channels_first"',
    check: (v): v is DataFormat | null => v === null || v === 'channels_last' || v === 'channels_first',
    parse: (v) => v ?? imageDataFormat(),
    initial: null,
  });

/** The axis of the channels. */
export const channelAxis = (dataFormat: DataFormat): number => (dataFormat === 'channels_first' ? 1 : -1);
/** The spatial axes, between batch and channels. */
export const spatialAxes = (dataFormat: DataFormat, rank: number): number[] =>
  Array.from({ length: rank }, (_, d) => d + (dataFormat === 'channels_first' ? 2 : 1));
/** The sizes of the spatial axes. */
export const spatialShape = (dataFormat: DataFormat, shape: SymbolicShape): SymbolicShape =>
  dataFormat === 'channels_first' ? shape.slice(2) : shape.slice(1, -1);
