import { fail, type Named } from '../base/errors.ts';
import { type SymbolicShape, showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';

/** What a layer demands of an input. */
export interface InputSpec {
  /** Number of axes. */
  readonly ndim?: number;
  readonly minNdim?: number;
  readonly maxNdim?: number;
  /** Sizes that axes must have; negative axes count from the end. */
  readonly axes?: Readonly<Record<number, number | null>>;
  /** The whole shape; null fits any size. */
  readonly shape?: SymbolicShape;
}

const shapeOf = (x: Tensor): SymbolicShape => x.shape;

/** Refuses inputs that do not fit: who, what was expected, what came. */
export function checkInputs(
  layer: Named,
  specs: InputSpec | readonly InputSpec[] | undefined,
  inputs: readonly Tensor[],
): void {
  if (!specs) return;
  const list = Array.isArray(specs) ? (specs as readonly InputSpec[]) : [specs as InputSpec];
  if (Array.isArray(specs) && inputs.length !== list.length)
    fail(
      layer,
      `it expects ${list.length} input(s), but received ${inputs.length}`,
      `call it on a list of ${list.length} tensors`,
    );
  inputs.forEach((x, k) => {
    const spec = list[list.length === 1 ? 0 : k];
    if (spec) checkOne(layer, spec, shapeOf(x), k);
  });
}

function checkOne(
  layer: Named,
  { ndim, minNdim, maxNdim, axes = {}, shape }: InputSpec,
  got: SymbolicShape,
  k: number,
): void {
  const wrong = (expected: string, found: string): never =>
    fail(
      layer,
      `input ${k} is incompatible with the layer: expected ${expected}, found ${found}. Full shape received: ${showShape(got)}`,
      `give an input with ${expected}`,
    );
  if (shape && ndim === undefined && got.length !== shape.length)
    wrong(`shape=${showShape(shape)}`, `shape=${showShape(got)}`);
  if (ndim !== undefined && got.length !== ndim) wrong(`ndim=${ndim}`, `ndim=${got.length}`);
  if (minNdim !== undefined && got.length < minNdim) wrong(`min_ndim=${minNdim}`, `ndim=${got.length}`);
  if (maxNdim !== undefined && got.length > maxNdim) wrong(`max_ndim=${maxNdim}`, `ndim=${got.length}`);
  for (const [axis, size] of Object.entries(axes)) {
    const have = got.at(Number(axis));
    if (size !== null && have !== null && have !== size)
      wrong(`axis ${axis} of the input shape to have value ${size}`, `${have}`);
  }
  shape?.forEach((size, d) => {
    const have = got[d];
    if (size !== null && have !== null && have !== undefined && have !== size)
      wrong(`shape=${showShape(shape)}`, `shape=${showShape(got)}`);
  });
}
