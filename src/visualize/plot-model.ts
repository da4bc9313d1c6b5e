import { type Place, writeFileAtomic } from '../formats/file.ts';
import type { Model } from '../models/index.ts';
import { type ModelToDotOptions, modelToDot } from './model-to-dot.ts';
import { formatOf, type PictureFormat, savePicture } from './picture-file.ts';

export interface PlotModelOptions extends ModelToDotOptions {
  /** Where to write the picture: `.png`, `.svg` or `.dot`. Without it, only the bytes of a PNG picture are given. */
  readonly toFile?: Place | undefined;
}

/**
 * Draws a model's layers and how they are connected, and gives the picture's bytes.
 * @see https://keras.io/api/utils/model_plotting_utils/#plotmodel-function
 * @example await keras.utils.plotModel(model, { toFile: 'model.png', showShapes: true })
 */
export async function plotModel(model: Model<any>, options: PlotModelOptions = {}): Promise<Uint8Array> {
  const { toFile, ...rest } = options;
  const format = toFile === undefined ? 'png' : formatOf('plotModel', toFile, ['png', 'svg', 'dot']);
  const dot = modelToDot(model, { showLayerNames: false, ...rest });
  if (format === 'dot') {
    const bytes = new TextEncoder().encode(dot);
    await writeFileAtomic(toFile!, bytes);
    return bytes;
  }
  return savePicture(await dotToSvg(dot), format as PictureFormat, toFile, { background: 'white' });
}

/** Lays out a graph written in Graphviz's language. */
export async function dotToSvg(dot: string): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return viz.renderString(dot, { format: 'svg', graphAttributes: { fontname: 'Helvetica', fontsize: 16 } });
}
