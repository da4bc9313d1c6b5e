import { type DataFormat, imageDataFormat } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';

/** The given data format, or the configured one when there is none. */
export function asDataFormat(dataFormat: string | null | undefined, who: string): DataFormat {
  if (dataFormat === undefined || dataFormat === null) return imageDataFormat();
  if (dataFormat !== 'channels_last' && dataFormat !== 'channels_first')
    fail(who, `unknown data format "${dataFormat}"`, 'use "channels_last" or "channels_first"');
  return dataFormat as DataFormat;
}
