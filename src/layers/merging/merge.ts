import { fail, type Named } from '../../base/errors.ts';
import { range, type SymbolicShape, showShape } from '../../base/shape.ts';
import { expandDims, logicalOr, where } from '../../ops/index.ts';
import { type SymbolicAval, Tensor, tensorsIn } from '../../tensor/index.ts';
import { isShape } from '../layer/shapes.ts';

/** Refuses anything but a list of tensors. */
export function requireList(layer: Named, inputs: unknown): asserts inputs is readonly Tensor[] {
  if (!Array.isArray(inputs) || inputs.length === 0 || inputs.some((x) => !(x instanceof Tensor)))
    fail(
      layer,
      'it merges a list of inputs, but was called on something else',
      `call it on a list of tensors: ${layer.name}([a, b])`,
    );
}
/** Refuses anything but a list of the shapes of tensors. */
export function requireShapes(layer: Named, shapes: unknown): asserts shapes is readonly SymbolicShape[] {
  if (!Array.isArray(shapes) || shapes.length === 0 || !shapes.every(isShape))
    fail(
      layer,
      'it merges a list of inputs, but was given one input',
      `call it on a list of tensors: ${layer.name}([a, b])`,
    );
}

/** Refuses shapes, but for the batch axis, that do not broadcast together. */
export function checkShapes(layer: Named, shapes: unknown): void {
  requireShapes(layer, shapes);
  const rank = Math.max(...shapes.map((s) => s.length));
  const whole = shapes.map((s) => [s[0], ...new Array<number>(rank - s.length).fill(1), ...s.slice(1)]);
  for (let d = 0; d < rank; d++) {
    const sizes = new Set(whole.map((s) => s[d]).filter((n) => n !== null && n !== undefined && (d === 0 || n !== 1)));
    if (sizes.size > 1)
      fail(
        layer,
        `inputs of shapes ${shapes.map(showShape).join(' and ')} do not fit together`,
        'give them equal sizes along each axis, or size 1',
      );
  }
}

/** Inputs of lower rank get axes of size 1 after the batch axis. */
export function alignRanks(inputs: readonly Tensor[]): Tensor[] {
  const rank = Math.max(...inputs.map((x) => x.shape.length));
  return inputs.map((x) => {
    const missing = rank - x.shape.length;
    return missing === 0
      ? x
      : expandDims(
          x,
          Array.from({ length: missing }, (_, k) => k + 1),
        );
  });
}
/** Combines all inputs two by two. */
export function merge(layer: Named, inputs: unknown, join: (x: Tensor, y: Tensor) => Tensor): Tensor {
  requireList(layer, inputs);
  return alignRanks(inputs).reduce(join);
}

/**
 * Combines all inputs two by two, by an operation without neutral element: where one of two does not count, the other is used
 * alone. `masks` are those of the inputs.
 */
export function mergeCounted(
  layer: Named,
  inputs: unknown,
  masks: readonly (Tensor | undefined)[],
  join: (x: Tensor, y: Tensor) => Tensor,
): Tensor {
  requireList(layer, inputs);
  const aligned = alignRanks(inputs);
  // Axes of size 1 that were put after the batch axis stand in the mask too.
  const spread = masks.map((mask, k) => {
    const missing = mask ? aligned[k].shape.length - inputs[k].shape.length : 0;
    const widened = mask && missing > 0 ? expandDims(mask, range(missing + 1).slice(1)) : mask;
    return widened && expandDims(widened, range(aligned[k].shape.length).slice(widened.shape.length));
  });
  let [output, counts] = [aligned[0], spread[0]];
  for (const [k, x] of aligned.entries()) {
    if (k === 0) continue;
    const mask = spread[k];
    const y = mask ? where(mask, x, output) : x;
    output = join(counts ? where(counts, output, y) : output, y);
    counts = mask && counts ? logicalOr(counts, mask) : undefined;
  }
  return output;
}

/** True where any input counts; no mask if an input has none. */
export function jointMask(masks: unknown): Tensor | null {
  if (!Array.isArray(masks) || masks.length === 0 || masks.some((m) => !m)) return null;
  return (masks as Tensor[]).reduce((a, b) => logicalOr(a, b));
}

/**
 * What a merging layer announces: where one input's batch size is known and another's is not, the known one, as in Keras (whose
 * summaries and files show it), though the batch that runs may be larger.
 */
export function withKnownBatch<Spec extends { readonly avals: readonly SymbolicAval[] }>(
  spec: Spec,
  inputs: unknown,
): Spec {
  const known = new Set(
    tensorsIn(inputs)
      .map((x) => x.shape[0] as number | null | undefined)
      .filter((n) => typeof n === 'number'),
  );
  if (known.size !== 1) return spec;
  const [batch] = known;
  return { ...spec, avals: spec.avals.map((aval) => ({ ...aval, shape: [batch, ...aval.shape.slice(1)] })) };
}
