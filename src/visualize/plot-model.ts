import { compiling } from '../base/content-policy.ts';
import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { part } from '../base/part.ts';
import { type Place, writeFileAtomic } from '../formats/file.ts';
import type { Model } from '../models/index.ts';
import { type ModelToDotOptions, modelToDot, modelToDotOptions } from './model-to-dot.ts';
import { formatOf, type PictureFormat, savePicture } from './picture-file.ts';

/** Options of `plotModel`. */
export interface PlotModelOptions extends ModelToDotOptions {
  /**
   * Where to write the picture: `.png`, `.svg` or `.dot`; or `.html`, a self-contained page for exploring the model
   * (with the values of weights up to 262,144 numbers, or histograms for larger models; the other options apply to
   * pictures only). Without it, only the bytes of a PNG picture are given.
   */
  readonly toFile?: Place | undefined;
}
const plotModelOptions: OptionNames<PlotModelOptions> = { ...modelToDotOptions, toFile: true };

/** The picture of a model, laid out and drawn. */
export async function plotModel(model: Model<any>, options: PlotModelOptions = {}): Promise<Uint8Array> {
  const { toFile, dpi = 200, ...rest } = optionsOf('plotModel', plotModelOptions, options);
  const format = toFile === undefined ? 'png' : formatOf('plotModel', toFile, ['png', 'svg', 'dot', 'html']);
  if (format === 'html') {
    const inert = Object.keys(options).find(
      (key) => key !== 'toFile' && options[key as keyof PlotModelOptions] !== undefined,
    );
    if (inert)
      fail(
        'plotModel',
        `"${inert}" does nothing in a .html file, which shows all`,
        `leave it out, or write a .svg file`,
      );
    const { modelHtml } = await part('plotModel', () => import('../studio/model-html.ts'));
    const bytes = new TextEncoder().encode(await modelHtml(model));
    await writeFileAtomic(toFile!, bytes);
    return bytes;
  }
  const asDot = (resolution: number): string => modelToDot(model, { showLayerNames: false, ...rest, dpi: resolution });
  if (format === 'dot') {
    const bytes = new TextEncoder().encode(asDot(dpi));
    await writeFileAtomic(toFile!, bytes);
    return bytes;
  }
  // Laid out at one point per pixel: SVG pictures have no resolution, PNG pictures are enlarged.
  const svg = await dotToSvg(asDot(72));
  const [width, height] = sizeOfSvg(svg);
  const zoom = Math.min(dpi / 72, Math.sqrt(mostPixels / (width * height)));
  const size = { width: Math.max(1, Math.round(width * zoom)), background: 'white' };
  return savePicture(svg, format as PictureFormat, toFile, size);
}
/** Larger pictures are drawn at a lower resolution: the renderer has no more memory. */
const mostPixels = 6e7;

function sizeOfSvg(svg: string): [width: number, height: number] {
  const [, width, height] = /<svg width="([\d.]+)pt" height="([\d.]+)pt"/.exec(svg)!;
  return [Number(width), Number(height)];
}

/**
 * Right angles need stack space that grows with the graph. Graphviz as WebAssembly has 64 KiB, and overflows are not
 * detected: they end in failed assertions on stderr, or in minutes of work on corrupted lists. Chains of 95 boxes still
 * fit.
 */
const mostForRightAngles = { boxes: 80, edges: 120 };
const count = (dot: string, line: RegExp): number => dot.match(line)?.length ?? 0;

/** Lays out a graph written in Graphviz's language, as `modelToDot` writes it. Large graphs get slanted lines for right angles. */
export async function dotToSvg(text: string): Promise<string> {
  const { instance } = await part('plotModel', () => import('@viz-js/viz'));
  const viz = () => compiling('plotModel', async () => instance());
  const isLarge =
    count(text, /^\d+ \[label=/gm) > mostForRightAngles.boxes ||
    count(text, /^\d+ -> \d+ /gm) > mostForRightAngles.edges;
  const dot = isLarge ? text.replace('splines=ortho;', 'splines=polyline;') : text;
  const options = { format: 'svg', graphAttributes: { fontname: 'Helvetica', fontsize: 16 } };
  try {
    return (await viz()).renderString(dot, options);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  }
  // Boxes with many lines may need still more.
  const simpler = dot.replace('splines=ortho;', 'splines=polyline;').replace('concentrate=true;', '');
  try {
    return (await viz()).renderString(simpler, options);
  } catch (error) {
    return fail(
      'plotModel',
      `the model is too large to be laid out (${(error as Error).message})`,
      'plot parts of it, or write a .dot file and give that to Graphviz',
    );
  }
}
