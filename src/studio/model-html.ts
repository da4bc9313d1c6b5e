import type { Model } from '../models/index.ts';
import { fileHtml } from './html.ts';
import { describeModel } from './structure.ts';
import { allWeights } from './weights.ts';

/** Numbers that a file holds of weights, at most: 1 MB of them, 1.4 MB in base 64. */
const mostValues = 262_144;

/** The studio with a model in it, as the text of one HTML file. */
export async function modelHtml(model: Model<any>): Promise<string> {
  const { pageScript } = await import('./page-script.ts');
  return fileHtml(pageScript, [describeModel(model), ...(await allWeights(model, mostValues))], model.name);
}
