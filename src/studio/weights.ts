import { fail } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import type { Model } from '../models/index.ts';
import type { Variable } from '../tensor/index.ts';
import { encodeFloats } from './base64.ts';
import { histogramOf } from './histogram.ts';
import type { StudioWeightValues } from './protocol.ts';

/** Larger weights are sent as their histograms alone: 256 MiB. */
const mostElements = 1 << 26;

/** How the values of a weight lie, and the values themselves. */
export async function weightValues(variable: Variable, withData = true): Promise<StudioWeightValues> {
  const values = await variable.value.data();
  const histogram = histogramOf(values);
  return {
    kind: 'weight',
    path: variable.path,
    histogram,
    data: withData && values.length <= mostElements ? encodeFloats(values) : undefined,
  };
}

/** The weight at a path. */
export const weightAt = (model: Model<any>, path: string): Variable =>
  model.weights.find((variable) => variable.path === path) ??
  fail(model, `there is no weight "${path}"`, 'ask for one of those that its layers have');

/** All weights, with their values where these are no more than `most` in all. */
export async function allWeights(model: Model<any>, most: number): Promise<StudioWeightValues[]> {
  const { weights } = model;
  const isSmall = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0) <= most;
  const lines: StudioWeightValues[] = [];
  for (const variable of weights) lines.push(await weightValues(variable, isSmall));
  return lines;
}
