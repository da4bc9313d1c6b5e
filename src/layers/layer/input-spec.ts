import { asDType, type DType } from '../../base/dtype.ts';
import { fail, type Named } from '../../base/errors.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';
import { isPlainObject, leavesOf, type Tree } from '../../base/tree.ts';
import { Tensor } from '../../ir/tensor.ts';
import { tensorsIn } from '../../tensor/index.ts';
import { isShape, type Shapes } from './shapes.ts';

/** What a layer requires of an input. Anything unspecified is free. */
export interface InputSpec {
  /** Required dtype. */
  readonly dtype?: DType | null;
  /** Number of axes. */
  readonly ndim?: number | null;
  /** Minimum number of axes. */
  readonly minNdim?: number | null;
  /** Maximum number of axes. */
  readonly maxNdim?: number | null;
  /** Required sizes of axes; negative axes count from the end. */
  readonly axes?: Readonly<Record<number, number | null>>;
  /** The whole shape; null fits any size. */
  readonly shape?: SymbolicShape | null;
  /** Accepts a trailing axis of size 1 more or less than in `shape`. Default: false. */
  readonly allowLastAxisSqueeze?: boolean;
  /** Its key if inputs are given as an object. */
  readonly name?: string | null;
  /** Whether the input may be null. Default: false. */
  readonly optional?: boolean;
}
const specOptions: OptionNames<InputSpec> = {
  dtype: true,
  ndim: true,
  minNdim: true,
  maxNdim: true,
  axes: true,
  shape: true,
  allowLastAxisSqueeze: true,
  name: true,
  optional: true,
};

/** An InputSpec: all requirements, null where unspecified, and their config. */
export type WholeInputSpec = Required<InputSpec> & {
  /** The requirements as a config. */
  getConfig(): Config;
};
/**
 * What a layer requires of an input, for `layer.inputSpec`; a plain object works as well.
 * @example new keras.InputSpec({ ndim: 4, axes: { [-1]: 3 } }).ndim // 4
 */
export const InputSpec: {
  new (options?: InputSpec): WholeInputSpec;
  /** Requirements from what `getConfig` returned. */
  fromConfig(config: Config): WholeInputSpec;
} = class implements WholeInputSpec {
  readonly dtype: DType | null;
  readonly shape: SymbolicShape | null;
  readonly ndim: number | null;
  readonly maxNdim: number | null;
  readonly minNdim: number | null;
  readonly axes: Readonly<Record<number, number | null>>;
  readonly allowLastAxisSqueeze: boolean;
  readonly name: string | null;
  readonly optional: boolean;

  constructor(options: InputSpec = {}, ...surplus: undefined[]) {
    const {
      dtype,
      shape = null,
      ndim = null,
      maxNdim = null,
      minNdim = null,
    } = optionsOf('InputSpec', specOptions, options, surplus);
    this.dtype = (dtype ?? null) && asDType(dtype!, 'InputSpec');
    this.shape = shape;
    this.ndim = shape?.length ?? ndim;
    this.maxNdim = maxNdim;
    this.minNdim = minNdim;
    this.axes = options.axes ?? {};
    this.allowLastAxisSqueeze = options.allowLastAxisSqueeze ?? false;
    this.name = options.name ?? null;
    this.optional = options.optional ?? false;
    const most = this.ndim ?? maxNdim;
    for (const axis of Object.keys(this.axes).map(Number)) {
      if (!Number.isInteger(axis)) fail('InputSpec', `axes has the key ${axis}`, 'give whole numbers');
      if (most !== null && axis >= most)
        fail('InputSpec', `axis ${axis} is none of ${most} axes`, `give one from ${-most} to ${most - 1}`);
    }
  }
  getConfig(): Config {
    const { dtype, shape, ndim, maxNdim, minNdim, axes } = this;
    return { dtype, shape, ndim, max_ndim: maxNdim, min_ndim: minNdim, axes };
  }
  static fromConfig({ max_ndim: maxNdim, min_ndim: minNdim, ...rest }: Config): WholeInputSpec {
    return new InputSpec({ ...rest, maxNdim, minNdim } as InputSpec);
  }
};

const shapeOf = (x: Tensor): SymbolicShape => x.shape;

const isOne = (specs: InputSpec | readonly InputSpec[]): specs is InputSpec => !Array.isArray(specs);

/** Refuses build shapes from a file that cannot be an input of the layer. */
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

/** Refuses an invalid mask: it must be a tensor for one input, and may be a nest of masks for a nest of inputs. */
export function checkMask(layer: Named, input: unknown, mask: unknown): void {
  const isMask = (x: unknown): boolean => x === null || x instanceof Tensor;
  const isNest = typeof mask === 'object' && mask !== null && !(input instanceof Tensor);
  if (!isMask(mask) && !(isNest && Object.values(mask).every(isMask)))
    fail(layer, `its mask is ${show(mask)}`, 'give a tensor of truth values, or null');
}

/**
 * The inputs as a list, with null for a missing optional one; those of an object are ordered by the specs that name its
 * keys.
 */
function oneByOne(layer: Named, specs: readonly InputSpec[], given: unknown): (Tensor | null)[] {
  const names = specs.flatMap(({ name }) => name ?? []);
  if (isPlainObject(given) && names.length === specs.length) {
    const missing = names.find((name) => !Object.hasOwn(given, name));
    if (missing !== undefined)
      fail(
        layer,
        `it received ${show(Object.keys(given))}, but no input "${missing}"`,
        `give an object with ${show(names)}`,
      );
    return names.map((name) => given[name] as Tensor | null);
  }
  return specs.some(({ optional }) => optional) ? leavesOf(given as Tree<Tensor | null>) : tensorsIn(given);
}

/** Refuses inputs that do not fit, stating the layer, what was expected and what was found. */
export function checkInputs(layer: Named, specs: InputSpec | readonly InputSpec[] | undefined, given: unknown): void {
  if (!specs) return;
  const inputs = oneByOne(layer, isOne(specs) ? [specs] : specs, given);
  if (isOne(specs) && !(given instanceof Tensor) && !(specs.optional && given === null) && !specs.name)
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
    if (x !== null || !list[k].optional) checkOne(layer, list[k], x as Tensor, k);
  });
}

/** A shape without a trailing axis of size 1. */
const squeezed = (shape: SymbolicShape): SymbolicShape => (shape.at(-1) === 1 ? shape.slice(0, -1) : shape);

const unbatched = ', of which the first axis counts samples: batch a Dataset with .batch(size)';
function checkOne(layer: Named, spec: InputSpec, x: Tensor, k: number): void {
  const { ndim, minNdim, maxNdim, axes = {}, shape, dtype, allowLastAxisSqueeze = false } = spec;
  const got = shapeOf(x);
  const wrong = (expected: string, found: string, hint = ''): never =>
    fail(
      layer,
      `input ${k} is incompatible with the layer: expected ${expected}, found ${found}. Full shape received: ${showShape(got)}`,
      `give an input with ${expected}${hint}`,
    );
  const isGiven = (n: number | null | undefined): n is number => n !== undefined && n !== null;
  const [have, want] = allowLastAxisSqueeze && shape ? [squeezed(got), squeezed(shape)] : [got, shape];
  if (want && (allowLastAxisSqueeze || !isGiven(ndim)) && have.length !== want.length)
    wrong(`shape=${showShape(shape!)}`, `shape=${showShape(got)}`);
  if (isGiven(ndim) && !allowLastAxisSqueeze && got.length !== ndim)
    wrong(`ndim=${ndim}`, `ndim=${got.length}`, got.length < ndim ? unbatched : '');
  if (isGiven(minNdim) && got.length < minNdim) wrong(`min_ndim=${minNdim}`, `ndim=${got.length}`, unbatched);
  if (isGiven(maxNdim) && got.length > maxNdim) wrong(`max_ndim=${maxNdim}`, `ndim=${got.length}`);
  if (dtype && x.dtype !== dtype) wrong(`dtype=${dtype}`, `dtype=${x.dtype}`);
  for (const [axis, size] of Object.entries(axes)) {
    const found = got.at(Number(axis));
    if (size !== null && found !== null && found !== size)
      wrong(`axis ${axis} of the input shape to have value ${size}`, `${found}`);
  }
  want?.forEach((size, d) => {
    if (size !== null && have[d] !== null && have[d] !== size)
      wrong(`shape=${showShape(shape!)}`, `shape=${showShape(got)}`);
  });
}
