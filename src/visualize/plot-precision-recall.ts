import type { Place } from '../formats/file.ts';
import type { CocoResult } from '../metrics/coco/index.ts';
import { formatOf, type PictureFormat, savePicture } from './picture-file.ts';
import { type PrecisionRecallPlotOptions, precisionRecallPlot } from './precision-recall.ts';

export interface PlotPrecisionRecallOptions extends PrecisionRecallPlotOptions {
  /** Where to write the picture: `.png` or `.svg`. Without it, only the bytes of a PNG picture are given. */
  readonly toFile?: Place | undefined;
}

/**
 * Draws the precision-recall curve of every class into a file; gives the picture's bytes.
 * @example await keras.visualization.plotPrecisionRecall(metric.results(), { toFile: 'precision-recall.png' })
 */
export function plotPrecisionRecall(result: CocoResult, options: PlotPrecisionRecallOptions = {}): Promise<Uint8Array> {
  const { toFile, ...look } = options;
  const format = (toFile === undefined ? 'png' : formatOf('plotPrecisionRecall', toFile)) as PictureFormat;
  return savePicture(precisionRecallPlot(result, look), format, toFile);
}
