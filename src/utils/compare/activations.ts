import { fail } from '../../base/errors.ts';
import { toTensors } from '../../data/nest.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { flattenLayers } from '../../layers/layer/tracking.ts';
import { type FunctionalGraph, runGraph } from '../../models/functional/functional-graph.ts';
import { graphOf } from '../../models/functional/graph-of.ts';
import type { Model } from '../../models/index.ts';
import { nestedModel } from '../../models/nested-model.ts';
import { replay, type Tensor, tensorsIn } from '../../tensor/index.ts';

/** The output of one layer, in JavaScript's memory. */
export interface Activation {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}
/** The outputs of a model's layers, in the order of the calls. */
export type Activations = ReadonlyMap<string, Activation>;

/** Collects the outputs of layers by name: the second call of a layer is `name#2`, its second output `name:1`. */
class Collected {
  readonly #found = new Map<string, Promise<Activation>>();
  readonly #calls = new Map<string, number>();

  note(path: string, outputs: unknown): void {
    const call = (this.#calls.get(path) ?? 0) + 1;
    this.#calls.set(path, call);
    const tensors = tensorsIn(outputs).filter((y) => y.dtype !== 'string');
    for (const [k, y] of tensors.entries())
      this.#found.set(`${path}${call > 1 ? `#${call}` : ''}${k > 0 ? `:${k}` : ''}`, numbersOf(y));
  }
  async all(): Promise<Activations> {
    const found = new Map<string, Activation>();
    for (const [path, asked] of this.#found) found.set(path, await asked);
    return found;
  }
}
const numbersOf = async (y: Tensor): Promise<Activation> => ({
  shape: y.shape,
  data: Float64Array.from((await y.data()) as ArrayLike<number>, Number),
});

/**
 * The outputs of all layers of a model for an input: those of its graph, ops and nested models included, or all that a
 * subclassed model calls.
 */
export async function activationsOf(model: Model<any>, x: unknown): Promise<Activations> {
  const collected = new Collected();
  const graph = graphOf(model);
  const given = toTensors(x, 'x', graph?.inputs.length ?? 1);
  if (given === undefined)
    fail('utils.compare', 'there is no input', 'give it: compare(a, b, x); a dump of compareScript brings its own');
  if (graph) runWithin(graph, model, given, '', collected);
  else callTapped(model, given, collected);
  return collected.all();
}

function runWithin(graph: FunctionalGraph, model: Model<any>, given: unknown, above: string, to: Collected): unknown {
  return runGraph(`Model "${model.name}"`, graph, given, ({ operation }, args) => {
    const path = above + operation.name;
    const nested = nestedModel(operation);
    const y = nested ? runWithin(graphOf(nested)!, nested, args[0], `${path}/`, to) : operation[replay](args);
    to.note(path, y);
    return y as Tensor;
  });
}

/** Calls a subclassed model and records the calls of all layers within. */
function callTapped(model: Model<any>, given: unknown, to: Collected): void {
  const stack: string[] = [];
  const tapped = flattenLayers(model as AnyLayer).filter((layer) => layer !== (model as AnyLayer));
  for (const layer of tapped) {
    const { call } = layer;
    const listening = (...args: unknown[]): unknown => {
      stack.push(layer.name);
      try {
        const y: unknown = call.apply(layer, args as []);
        // Tensors recorded within a loop have no values.
        if (tensorsIn(y).every(({ storage }) => storage !== undefined)) to.note(stack.join('/'), y);
        return y;
      } finally {
        stack.pop();
      }
    };
    Object.defineProperty(layer, 'call', { value: listening, configurable: true, enumerable: false });
  }
  try {
    to.note('(output)', (model as (x: unknown, options: object) => unknown)(given, { training: false }));
  } finally {
    for (const layer of tapped) delete (layer as { call?: unknown }).call;
  }
}
