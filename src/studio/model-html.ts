import type { Model } from '../models/index.ts';
import { compiledStep } from './compiled-step.ts';
import { fileHtml } from './html.ts';
import type { StudioStep } from './protocol.ts';
import { describeModel } from './structure.ts';
import { allWeights } from './weights.ts';

/** The most weight values in a file: 1 MB, or 1.4 MB in base 64. */
const mostValues = 262_144;

/** The studio with a model, as the text of one HTML file. */
export async function modelHtml(model: Model<any>): Promise<string> {
  const { pageScript } = await import('./page-script.ts');
  const lines = [describeModel(model), ...(await allWeights(model, mostValues)), ...(await stepOf(model))];
  return fileHtml(pageScript, lines, model.name);
}

/** The prediction kernels, if the model can be compiled without having run. */
async function stepOf(model: Model<any>): Promise<StudioStep[]> {
  try {
    return [await compiledStep(model, false)];
  } catch {
    return [];
  }
}
