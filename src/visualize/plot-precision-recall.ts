import { type OptionNames, optionsOf } from '../base/options.ts';
import type { CocoResult } from '../coco/index.ts';
import type { Place } from '../formats/file.ts';
import { formatOf, type PictureFormat, savePicture } from './picture-file.ts';
import {
  type PrecisionRecallPlotOptions,
  precisionRecallPlot,
  precisionRecallPlotOptions,
} from './precision-recall.ts';

/** Options of `plotPrecisionRecall`. */
export interface PlotPrecisionRecallOptions extends PrecisionRecallPlotOptions {
  /** Where to write the picture: `.png` or `.svg`. Without it, only the bytes of a PNG picture are given. */
  readonly toFile?: Place | undefined;
}
const plotPrecisionRecallOptions: OptionNames<PlotPrecisionRecallOptions> = {
  ...precisionRecallPlotOptions,
  toFile: true,
};

/** The picture of a result's curves. */
export function plotPrecisionRecall(result: CocoResult, options: PlotPrecisionRecallOptions = {}): Promise<Uint8Array> {
  const { toFile, ...look } = optionsOf('plotPrecisionRecall', plotPrecisionRecallOptions, options);
  const format = (toFile === undefined ? 'png' : formatOf('plotPrecisionRecall', toFile)) as PictureFormat;
  return savePicture(precisionRecallPlot(result, look), format, toFile);
}
