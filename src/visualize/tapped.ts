import { fail } from '../base/errors.ts';
import { showShape } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import { type FunctionalGraph, layersOf, runGraph } from '../models/functional/functional-graph.ts';
import { graphOf } from '../models/functional/graph-of.ts';
import { Model } from '../models/index.ts';
import { callsOf, replay, type Tensor } from '../tensor/index.ts';

/** Where a layer is: its name, behind those of the models that it is nested in. */
export type LayerPath = readonly string[];

function graphIn(who: string, model: Model<any>): FunctionalGraph {
  return (
    graphOf(model) ??
    fail(who, `model "${model.name}" has no graph`, 'give a functional model, or a Sequential one that is built')
  );
}
const isNested = (layer: unknown): layer is Model<any> => layer instanceof Model && graphOf(layer) !== undefined;

/** The place of a layer that is named as `'block5'`, or within a nested model as `'base/block5'`. */
export function findLayer(who: string, model: Model<any>, name: string): LayerPath {
  const layers = layersOf(graphIn(who, model));
  const own = layers.find((layer) => layer.name === name);
  if (own) return [name];
  const outer = layers.find((layer) => isNested(layer) && name.startsWith(`${layer.name}/`));
  if (outer) return [outer.name, ...findLayer(who, outer as unknown as Model<any>, name.slice(outer.name.length + 1))];
  return fail(
    who,
    `model "${model.name}" has no layer "${name}"`,
    `its layers are ${layers.map((l) => l.name).join(', ')}; write "model/layer" for one within a nested model`,
  );
}

/** The last layer that gives a map: `[n, height, width, channels]`. */
export function lastMap(who: string, model: Model<any>): LayerPath {
  const layer = layersOf(graphIn(who, model)).findLast((l) => callsOf(l)[0]?.outputs[0]?.shape.length === 4);
  if (!layer) return fail(who, `no layer of model "${model.name}" gives a map`, 'name a layer: { layer: … }');
  return isNested(layer) ? [layer.name, ...lastMap(who, layer)] : [layer.name];
}

/** Computes a model where `tap` is given, and may replace, what the layer gives. */
export function runTapped(
  model: Model<any>,
  path: LayerPath,
  given: unknown,
  tap: (x: Tensor) => Tensor,
): Tree<Tensor> {
  const graph = graphIn('tap', model);
  const [name, ...rest] = path;
  return runGraph(`Model "${model.name}"`, graph, given, ({ operation }, args) => {
    if (operation.name !== name) return operation[replay](args);
    if (rest.length > 0) return runTapped(operation as unknown as Model<any>, rest, args[0], tap);
    return tap(requireMap(operation.name, operation[replay](args) as Tensor));
  });
}
const requireMap = (name: string, x: Tensor): Tensor =>
  x.shape?.length === 4
    ? x
    : fail(
        `layer "${name}"`,
        `it gives ${x.shape ? `a tensor of shape ${showShape(x.shape)}` : 'several tensors'}`,
        'name a layer that gives a map: [n, height, width, channels]',
      );
