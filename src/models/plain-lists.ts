import { asTensor, type Like, tensorsIn } from '../tensor/index.ts';
import { graphOf } from './graph-of.ts';

const isPlainArray = (x: unknown): boolean => Array.isArray(x) && tensorsIn(x).length === 0;

/** A list of plain arrays, one for each of several inputs or outputs: each is a tensor of its own, not a part of one. */
function separate<T>(given: T, count = 1): T {
  if (count < 2 || !Array.isArray(given) || given.length !== count) return given;
  const parts = given as readonly unknown[];
  if (!parts.some(isPlainArray) || parts.some((x) => typeof x === 'number' || typeof x === 'boolean')) return given;
  return parts.map((x) => (isPlainArray(x) ? asTensor(x as Like) : x)) as T;
}

/** Data for the inputs of a functional model. */
export const asInputs = <T>(model: object, given: T): T => separate(given, graphOf(model)?.inputs.length);
/** Data for its outputs. */
export const asLabels = <T>(model: object, given: T): T => separate(given, graphOf(model)?.outputs.length);

interface WithData {
  readonly sampleWeight?: unknown;
  readonly validationData?: unknown;
}
/** Options of fit and its kin, in which data stand too. */
export function withSeparateData<O extends WithData>(model: object, options: O): O {
  const { sampleWeight, validationData } = options;
  const isTuple = Array.isArray(validationData) && validationData.length >= 2;
  return {
    ...options,
    ...(sampleWeight !== undefined && { sampleWeight: asLabels(model, sampleWeight) }),
    ...(isTuple && {
      validationData: validationData.map((x: unknown, k) => (k === 0 ? asInputs(model, x) : asLabels(model, x))),
    }),
  };
}
