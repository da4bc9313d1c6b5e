import { type DTypePolicy, policyAt } from '../../base/dtype-policy.ts';
import { DTypePolicyMap } from '../../base/dtype-policy-map.ts';
import type { Named } from '../../base/errors.ts';
import type { Resolved } from '../../base/field/field.ts';
import { type Config, remake } from '../../base/registry/serialize.ts';
import { range, type SymbolicShape } from '../../base/shape.ts';
import { Initializer, type InitializerFunction } from '../../initializers/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { EinsumDense } from '../core/einsum-dense.ts';
import type { CallOptions } from '../layer/call-context.ts';
import { checkStoredShapes } from '../layer/input-spec.ts';
import type { projectionFields } from './fields.ts';

/** Options of a call that gives the attention weights beside the output, and of one that gives the output alone. */
export type WithScores<O> = O & { readonly returnAttentionScores: true };
export type WithoutScores<O> = O & { readonly returnAttentionScores?: false | undefined };

/** Options of a call of an attention layer with projections. */
export interface ProjectedCallOptions extends CallOptions {
  /** What queries are compared with; the values by default. */
  readonly key?: Tensor | null | undefined;
  /** True where a query, a value or a key counts: `[n, t]`, `[n, s]`, `[n, s]`. */
  readonly queryMask?: Tensor | null | undefined;
  /** Which values can be attended to: booleans of shape `(batch, keys)`. */
  readonly valueMask?: Tensor | null | undefined;
  /** Which keys can be attended to: booleans of shape `(batch, keys)`. */
  readonly keyMask?: Tensor | null | undefined;
  /** True where a query may look: `[n, t, s]`, or with an axis of heads `[n, heads, t, s]`. */
  readonly attentionMask?: Tensor | null | undefined;
  /** Whether the attention weights are returned as well. */
  readonly returnAttentionScores?: boolean | undefined;
  /** Whether a query sees only positions up to its own. */
  readonly useCausalMask?: boolean | undefined;
}

type Owner = Resolved<typeof projectionFields> & { readonly dtypePolicy: DTypePolicy };
/**
 * Each projection draws its own initial weights: initializers are copied. Those that scale with the number of inputs and
 * outputs are told which axes of the kernel are which.
 */
function fresh(initializer: InitializerFunction, bound: number, rank: number): InitializerFunction {
  if (!(initializer instanceof Initializer)) return initializer;
  const config = initializer.getConfig();
  const scales = 'input_axes' in config && config['input_axes'] === null;
  const axes = scales && { input_axes: range(bound), output_axes: range(rank).slice(bound) };
  return remake(initializer, { ...axes });
}
const letter = (k: number): string => String.fromCharCode(97 + k);
const letters = (from: number, count: number): string =>
  range(count)
    .map((k) => letter(from + k))
    .join('');

/**
 * A dense projection: the last `bound` axes of an input of the given rank become axes of the sizes `to`.
 */
export function projection(
  owner: Owner,
  name: string,
  { rank, bound, to }: { readonly rank: number; readonly bound: number; readonly to: SymbolicShape },
): EinsumDense {
  const free = rank - bound;
  const [kept, summed, made] = [letters(0, free), letters(free, bound), letters(rank, to.length)];
  return new EinsumDense({
    equation: `${kept}${summed},${summed}${made}->${kept}${made}`,
    outputShape: [...new Array<null>(free - 1).fill(null), ...to],
    biasAxes: owner.useBias ? made : null,
    kernelInitializer: fresh(owner.kernelInitializer, bound, bound + to.length),
    biasInitializer: fresh(owner.biasInitializer, 0, to.length),
    kernelRegularizer: owner.kernelRegularizer,
    biasRegularizer: owner.biasRegularizer,
    activityRegularizer: owner.activityRegularizer,
    kernelConstraint: owner.kernelConstraint,
    biasConstraint: owner.biasConstraint,
    dtype: owner.dtypePolicy,
    name,
  });
}

/**
 * The policy of an attention layer as its config holds it: where projections are quantized, a map that says so. Projections have no
 * configs of their own; made again, here or in Keras, they find their policies by their paths.
 */
export function policyInConfig(
  layer: { readonly name: string; readonly path: string; readonly dtypePolicy: DTypePolicy },
  projections: readonly (EinsumDense | null | undefined)[],
): DTypePolicy {
  const own = layer.dtypePolicy[policyAt](layer.path);
  const found = projections.flatMap((dense) => {
    const policy = dense?.dtypePolicy[policyAt](dense.path);
    return dense && policy?.quantizationMode ? [[dense.name, policy] as const] : [];
  });
  if (found.length === 0) return layer.dtypePolicy;
  const name = layer.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const entries = found.map(([projection, policy]) => [`(.*/)?${name}/${projection}`, policy] as const);
  return new DTypePolicyMap({ defaultPolicy: own, policyMap: Object.fromEntries(entries) });
}

/**
 * Products of keys and queries `[n, …, heads, d]` over some axes, and the sum of values by scores, as einsum equations. All
 * other axes are batch axes.
 */
export function attentionEquations(rank: number, axes: readonly number[]): [products: string, combine: string] {
  const target = letters(0, rank);
  let next = rank;
  const source = range(rank)
    .map((d) => (axes.includes(d) ? letter(next++) : letter(d)))
    .join('');
  const batch = range(rank - 1).filter((d) => !axes.includes(d));
  const scores = [...batch.map(letter), ...axes.map(letter), ...axes.map((d) => source[d])].join('');
  return [`${source},${target}->${scores}`, `${scores},${source}->${target}`];
}

/** The shapes on which a layer of queries, values and perhaps keys was built, in the form used in files. */
export function namedShapes(shapes: readonly unknown[] | undefined): Config | null {
  const names = ['query_shape', 'value_shape', 'key_shape'];
  return shapes ? { shapes_dict: Object.fromEntries(shapes.map((s, k) => [names[k], s])) } : null;
}

/** The shapes that `namedShapes` wrote, checked. */
export function shapesIn(
  layer: Named,
  { shapes_dict: named }: Config,
): [query: SymbolicShape, value: SymbolicShape, key?: SymbolicShape] {
  const { query_shape: query, value_shape: value, key_shape: key } = Object(named) as Config;
  const shapes = key ? [query, value, key] : [query, value];
  checkStoredShapes(layer, {}, shapes);
  return shapes as [SymbolicShape, SymbolicShape, SymbolicShape?];
}
