/**
 * How often Keras will have called each layer at this point of reading a `.keras` file. A layer that occurs several
 * times is one object, and its calls are numbered across all models that contain it.
 */
let calls: Map<object, number> | undefined;
let counted = new Set<object>();

/** Writes a file with the calls of shared layers numbered in this way. */
export function numberingCalls<R>(write: () => R): R {
  if (calls) return write();
  calls = new Map();
  counted = new Set();
  try {
    return write();
  } finally {
    calls = undefined;
  }
}
/** The number of the next call of a layer. */
export const nextCall = (layer: object): number => calls?.get(layer) ?? 0;
/** Counts the calls that Keras makes when it first meets a graph. */
export function countCalls(graph: object, made: Iterable<readonly [layer: object, count: number]>): void {
  if (!calls || counted.has(graph)) return;
  counted.add(graph);
  for (const [layer, count] of made) calls.set(layer, nextCall(layer) + count);
}
