import { deserializeObject } from '../../src/base/registry/serialize.ts';
import type { SymbolicShape } from '../../src/base/shape.ts';
import { maskOf, setMask } from '../../src/layers/layer/masks.ts';
import { registerLayers } from '../../src/layers/register.ts';
import * as ops from '../../src/ops/index.ts';
import { gradientsOf, KerasTensor, mapTensors, Tensor, tensorsIn, withHistory } from '../../src/tensor/index.ts';
import { expectSame, isStored, optionsOf, type Tolerance, withTensors } from './cases.ts';
import type { LayerCall, LayerCase, Nest } from './layer-cases.ts';

registerLayers();

type AnyLayer = import('../../src/layers/layer/layer.ts').AnyLayer & Record<string, never>;
export type Arguments = readonly [args: unknown[], options: Record<string, unknown>];

/** Makes a layer from the object that a case's config describes. */
export const layerOf = (config: unknown): AnyLayer => deserializeObject(config) as AnyLayer;

/** First arguments of a call and its other arguments as options: `query` and `value`, or a cell's input and states, come first. */
export function argumentsOf(inputsAs: 'arguments' | undefined, inputs: unknown, kwargs: object = {}): Arguments {
  const options = optionsOf(kwargs);
  if (inputsAs !== 'arguments') return [[inputs], options];
  const named = inputs as Record<string, unknown>;
  const first = ['query', 'value', 'inputs', 'sequence', 'states'].filter((key) => key in named);
  const others = Object.fromEntries(Object.entries(named).filter(([key]) => !first.includes(key)));
  return [first.map((key) => named[key]), { ...optionsOf(others), ...options }];
}
export const call = (layer: AnyLayer, [args, options]: Arguments): unknown =>
  (layer as unknown as (...args: unknown[]) => unknown)(...args, options);

const isShape = (x: unknown): x is SymbolicShape =>
  Array.isArray(x) && x.every((n) => n === null || typeof n === 'number');
/** A nest of shapes, each replaced. */
export function mapShapeNest(x: unknown, f: (shape: SymbolicShape) => unknown): unknown {
  if (isShape(x)) return f(x);
  if (Array.isArray(x)) return x.map((y) => mapShapeNest(y, f));
  if (typeof x === 'object' && x !== null)
    return Object.fromEntries(Object.entries(x).map(([k, y]) => [k, mapShapeNest(y, f)]));
  return x;
}

/** Compares a nest of tensors with a stored one. */
export function expectNest(actual: unknown, expected: unknown, tolerance: Tolerance, what: string): void {
  if (expected === null || expected === undefined) return;
  if (isStored(expected)) {
    if (!(actual instanceof Tensor)) throw new Error(`${what}: no tensor but ${String(actual)}`);
    expectSame(actual, expected, tolerance, what);
    return;
  }
  for (const [key, value] of Object.entries(expected))
    expectNest((actual as Record<string, unknown>)?.[key], value, tolerance, `${what}.${key}`);
}

const attachMasks = (inputs: unknown, masks: unknown): void => {
  if (inputs instanceof Tensor) setMask(inputs, masks as Tensor | null);
  else if (typeof inputs === 'object' && inputs !== null && masks)
    for (const [key, x] of Object.entries(inputs)) attachMasks(x, (masks as Record<string, unknown>)[key]);
};

const within = (tolerance: { rtol: number; atol: number } | undefined, least: Tolerance): Tolerance => [
  Math.max(tolerance?.rtol ?? 0, least[0]),
  Math.max(tolerance?.atol ?? 0, least[1]),
];

/** Gives the weights the values of the case. */
export function assignWeights(layer: AnyLayer, weights: LayerCase['weights'] = []): void {
  layer.setWeights(weights.map((w) => withTensors(w.value) as Tensor));
}

/** Sum of outputs times cotangents. */
function objective(outputs: unknown, cotangents: unknown): Tensor | undefined {
  const weights = tensorsAlong(outputs, cotangents);
  const terms = weights.map(([y, g]) => ops.sum(ops.multiply(y, ops.cast(g, y.dtype))));
  return terms.length > 0 ? terms.reduce((a, b) => ops.add(a, ops.cast(b, a.dtype))) : undefined;
}
function tensorsAlong(outputs: unknown, cotangents: unknown): [Tensor, Tensor][] {
  if (cotangents instanceof Tensor) return [[outputs as Tensor, cotangents]];
  if (typeof cotangents !== 'object' || cotangents === null) return [];
  return Object.entries(cotangents).flatMap(([key, g]) => tensorsAlong((outputs as Record<string, unknown>)[key], g));
}

/** Runs one call of a case and compares all that it holds. */
export function checkCall(layer: AnyLayer, c: LayerCase, given: LayerCall, what: string): void {
  const states = (): Tensor[] => ((layer['states'] ?? []) as unknown as { value: Tensor }[]).map((s) => s.value);
  if (!given.continues) {
    assignWeights(layer, c.weights);
    if (c.config.config['stateful'] === true) (layer['resetState'] as unknown as () => void).call(layer);
  }
  const inputs = withTensors(given.inputs);
  const kwargs = withTensors(given.kwargs) as Record<string, unknown>;
  if (given.input_mask !== undefined) attachMasks(inputs, withTensors(given.input_mask));
  const tolerance = within(given.tolerance ?? c.tolerance, [1e-4, 1e-5]);
  const gradientTolerance = within(given.tolerance ?? c.tolerance, [1e-4, 1e-4]);
  const args = argumentsOf(c.inputs_as, inputs, kwargs);
  const hasGradients = given.cotangents !== undefined && given.cotangents !== null;
  let outputs: unknown;
  const trainable = layer.trainableWeights;
  const before = trainable.map((w) => w.value);
  if (hasGradients)
    withHistory(() => {
      outputs = call(layer, args);
      const loss = objective(outputs, withTensors(given.cotangents));
      if (!loss) return;
      const leaves = tensorsIn([inputs, kwargs]);
      const found = gradientsOf(loss, [...leaves, ...before]);
      let at = 0;
      const nest = mapTensors([inputs, kwargs], () => found[at++]) as [unknown, unknown];
      expectNest(nest[0], given.grads_inputs, gradientTolerance, `${what} gradient of inputs`);
      expectNest(nest[1], given.grads_kwargs, gradientTolerance, `${what} gradient of`);
      (given.grads_weights ?? []).forEach((g, k) =>
        expectNest(found[leaves.length + k], g.value, gradientTolerance, `${what} gradient of ${g.path}`),
      );
    });
  else outputs = call(layer, args);
  expectNest(outputs, given.outputs, tolerance, `${what} outputs`);
  checkMasks(outputs, given.output_mask, what);
  if (given.losses)
    layer.losses.forEach((loss, k) => expectNest(loss, given.losses![k], tolerance, `${what} loss ${k}`));
  if (given.losses && layer.losses.length !== given.losses.length)
    throw new Error(`${what}: ${layer.losses.length} losses, not ${given.losses.length}`);
  const after = (list: readonly { path: string; value: unknown }[] | undefined, own: readonly { value: Tensor }[]) =>
    list?.forEach(({ path, value }, k) => expectNest(own[k]?.value, value, tolerance, `${what} ${path} afterwards`));
  after(given.non_trainable_after, layer.nonTrainableWeights);
  after(given.trainable_after, layer.trainableWeights);
  given.states_after?.forEach((value, k) => expectNest(states()[k], value, tolerance, `${what} state ${k}`));
}

function checkMasks(outputs: unknown, expected: Nest<unknown> | undefined, what: string): void {
  const found = mapTensors(outputs, (t) => maskOf(t) ?? null);
  if (expected !== undefined && expected !== null) expectNest(found, expected, [0, 0], `${what} mask`);
  else if (tensorsIn(found).length > 0) throw new Error(`${what}: the outputs carry a mask, which they should not`);
}

/** Symbolic tensors for a nest of shapes; integer inputs for layers that want them. */
export const symbolicOf = (shapes: unknown, dtypes: (index: number) => Tensor['dtype']): unknown => {
  let at = 0;
  return mapShapeNest(shapes, (shape) => new KerasTensor(shape, { dtype: dtypes(at++) }));
};
