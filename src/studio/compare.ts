import type { Model } from '../models/index.ts';
import type { StudioComparison } from './protocol.ts';
import { describeModel } from './structure.ts';

/** The differences between weights of two models that have the same path and shape. */
export async function compareModels(model: Model<any>, other: Model<any>): Promise<StudioComparison> {
  const theirs = new Map(other.weights.map((variable) => [variable.path, variable]));
  const weights: Record<string, { most: number; rms: number; relative: number }> = {};
  for (const { path, shape, value } of model.weights) {
    const same = theirs.get(path);
    if (!same || same.shape.join() !== shape.join()) continue;
    const [a, b] = [await value.data(), await same.value.data()] as [ArrayLike<number>, ArrayLike<number>];
    let [most, squares, own] = [0, 0, 0];
    for (let k = 0; k < a.length; k++) {
      const d = Math.abs(a[k] - b[k]);
      most = Math.max(most, d);
      squares += d * d;
      own += a[k] * a[k];
    }
    const rms = Math.sqrt(squares / Math.max(1, a.length));
    weights[path] = { most, rms, relative: own > 0 ? Math.sqrt(squares / own) : rms > 0 ? 1 : 0 };
  }
  return { other: describeModel(other), weights };
}
