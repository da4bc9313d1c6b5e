import { fail, type Named } from '../../base/errors.ts';
import { show } from '../../base/options.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';
import { Tensor } from '../../ir/tensor.ts';
import { tensorsIn } from '../../tensor/index.ts';
import { isShape, type Shapes } from './shapes.ts';

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

const isOne = (specs: InputSpec | readonly InputSpec[]): specs is InputSpec => !Array.isArray(specs);

/** Refuses what a file says of the shapes that a layer was built on, where it can be no input of the layer. */
export function checkStoredShapes(
  layer: Named,
  specs: InputSpec | readonly InputSpec[] | undefined,
  shapes: readonly unknown[],
): asserts shapes is readonly Shapes[] {
  const isNest = (x: unknown): boolean =>
    isShape(x) || (typeof x === 'object' && x !== null && Object.keys(x).length > 0 && Object.values(x).every(isNest));
  if (!shapes.every(specs && isOne(specs) ? isShape : isNest))
    fail(
      layer,
      `it cannot be built on ${JSON.stringify(shapes.length === 1 ? shapes[0] : shapes)}, which its build_config names`,
      'check that the file is whole',
    );
}

/** Refuses a mask that is none: one tensor for one input, for a nest of inputs also a nest of masks. */
export function checkMask(layer: Named, input: unknown, mask: unknown): void {
  const isMask = (x: unknown): boolean => x === null || x instanceof Tensor;
  const isNest = typeof mask === 'object' && mask !== null && !(input instanceof Tensor);
  if (!isMask(mask) && !(isNest && Object.values(mask).every(isMask)))
    fail(layer, `its mask is ${show(mask)}`, 'give a tensor of truth values, or null');
}

/** Refuses inputs that do not fit: who, what was expected, what came. */
export function checkInputs(layer: Named, specs: InputSpec | readonly InputSpec[] | undefined, given: unknown): void {
  const inputs = tensorsIn(given);
  if (!specs) return;
  if (isOne(specs) && !(given instanceof Tensor))
    fail(
      layer,
      `it expects one input, but received ${inputs.length === 0 ? 'no tensor' : `a nest of ${inputs.length} tensors`}`,
      'call it on one tensor',
    );
  const list = isOne(specs) ? [specs] : specs;
  if (inputs.length !== list.length)
    fail(
      layer,
      `it expects ${list.length} input(s), but received ${inputs.length}`,
      `call it on a list of ${list.length} tensors`,
    );
  inputs.forEach((x, k) => {
    checkOne(layer, list[k], shapeOf(x), k);
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
