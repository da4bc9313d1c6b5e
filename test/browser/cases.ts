/** The conformance cases that pages run: of each layer and each op the first that a page can be told in JSON. */
import * as layers from '../../src/layers/index.ts';
import { casesOf, isStored, type Stored, type Tolerance } from '../conformance/cases.ts';
import type { LayerCase } from '../conformance/layer-cases.ts';
import { callArguments, exported } from '../conformance/op-calls.ts';

/** What a page computes, and what it must give. */
export interface PageCase {
  readonly id: string;
  readonly outputs: Stored;
  readonly gradient?: Stored | undefined;
  readonly tolerance: Tolerance;
  readonly task: Task;
}
export type Task = LayerTask | OpTask;
interface LayerTask {
  readonly kind: 'layer';
  readonly config: unknown;
  readonly weights: readonly Stored[];
  readonly inputs: Stored;
  readonly cotangents?: Stored | undefined;
}
interface OpTask {
  readonly kind: 'op';
  readonly path: readonly string[];
  readonly args: readonly unknown[];
}

const families = ['attention', 'conv', 'core', 'norm', 'pooling', 'reshape_merge', 'rnn'];
const known = new Set(['float32', 'int32', 'bool']);
const isKnown = (x: unknown): x is Stored => isStored(x) && known.has(x.dtype);

/** Of a list, the first with each name. */
function firsts<T>(list: readonly T[], nameOf: (x: T) => string): T[] {
  const found = new Map<string, T>();
  for (const x of list) if (!found.has(nameOf(x))) found.set(nameOf(x), x);
  return [...found.values()];
}

const layerCases = families
  .flatMap((family) => casesOf<LayerCase>(`layers/${family}`))
  .filter(({ kind, class_name, calls, adapt, weights }) => {
    const [first] = calls ?? [];
    const isPlain = first && isKnown(first.inputs) && isKnown(first.outputs) && !first.input_mask;
    return (
      class_name in layers &&
      kind === 'layer' &&
      isPlain &&
      !adapt &&
      Object.keys(first.kwargs).length === 0 &&
      Array.isArray(weights)
    );
  });

export const pageLayerCases: readonly PageCase[] = firsts(layerCases, (c) => c.class_name).map((c) => {
  const { inputs, outputs, cotangents, grads_inputs, tolerance } = c.calls[0]!;
  const hasGradient = isKnown(cotangents) && isKnown(grads_inputs);
  return {
    id: c.id,
    outputs: outputs as Stored,
    gradient: hasGradient ? grads_inputs : undefined,
    tolerance: [Math.max(tolerance?.rtol ?? 0, 1e-4), Math.max(tolerance?.atol ?? 0, 1e-4)],
    task: {
      kind: 'layer',
      config: c.config,
      weights: c.weights.map((w) => w.value),
      inputs: inputs as Stored,
      cotangents: hasGradient ? cotangents : undefined,
    },
  };
});

interface OpCase {
  readonly id: string;
  readonly public: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly call_args?: unknown;
  readonly outputs: unknown;
  readonly tol?: Tolerance;
  readonly compare?: string;
}
const isPlain = (x: unknown): boolean =>
  ['number', 'boolean'].includes(typeof x) || isKnown(x) || (Array.isArray(x) && x.every((y) => typeof y === 'number'));

export const pageOpCases: readonly PageCase[] = firsts(
  ['core', 'image', 'linalg', 'math', 'nn', 'numpy']
    .flatMap((family) => casesOf<OpCase>(`ops/ops_${family}`))
    .filter(
      ({ public: name, args, kwargs, call_args, outputs, compare }) =>
        name !== undefined &&
        args?.length > 0 &&
        args.every(isPlain) &&
        Object.values(kwargs).every(isPlain) &&
        isKnown(outputs) &&
        !call_args &&
        !compare &&
        exported(name) !== undefined,
    ),
  (c) => c.public,
).map((c) => ({
  id: c.id,
  outputs: c.outputs as Stored,
  tolerance: [Math.max(c.tol?.[0] ?? 0, 1e-5), Math.max(c.tol?.[1] ?? 0, 1e-5)],
  task: { kind: 'op', path: pathOf(c.public), args: callArguments(c.public, c.args, c.kwargs) },
}));

/** `ops.linalg.lu_factor` as the members to follow from `keras`. */
function pathOf(name: string): string[] {
  return name.split('.').map((part) => part.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
}
