import { fail } from '../base/errors.ts';
import { showShape } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { type FunctionalGraph, layersOf, runGraph } from '../models/functional/functional-graph.ts';
import { graphOf } from '../models/functional/graph-of.ts';
import type { Model } from '../models/index.ts';
import { nestedModel } from '../models/nested-model.ts';
import { callsOf, replay, type Tensor } from '../tensor/index.ts';

/** The place of a layer: its name, preceded by those of enclosing models. */
export type LayerPath = readonly string[];

function graphIn(who: string, model: Model<any>): FunctionalGraph {
  return (
    graphOf(model) ??
    fail(who, `model "${model.name}" has no graph`, 'give a functional model, or a Sequential one that is built')
  );
}

/** The place of a layer that is named as `'block5'`, or within a nested model as `'base/block5'`. */
export function findLayer(who: string, model: Model<any>, name: string): LayerPath {
  const layers = layersOf(graphIn(who, model));
  const own = layers.find((layer) => layer.name === name);
  if (own) return [name];
  const outer = layers.map(nestedModel).find((nested) => nested && name.startsWith(`${nested.name}/`));
  if (outer) return [outer.name, ...findLayer(who, outer, name.slice(outer.name.length + 1))];
  return fail(
    who,
    `model "${model.name}" has no layer "${name}"`,
    `its layers are ${layers.map((l) => l.name).join(', ')}; write "model/layer" for one within a nested model`,
  );
}

const givesMap = (layer: AnyLayer): boolean =>
  !(layer instanceof InputLayer) && callsOf(layer)[0]?.outputs[0]?.shape.length === 4;

/** A layer whose output is a map. */
export interface MapLayer {
  readonly path: LayerPath;
  readonly layer: AnyLayer;
}
/**
 * The layers whose outputs are maps, `[n, height, width, channels]`, in order; nested models whose output is no map are
 * searched.
 */
export function mapsIn(who: string, model: Model<any>): MapLayer[] {
  const maps = mapsWithin(graphIn(who, model));
  return maps.length > 0 ? maps : refuseMapless(who, model);
}
const mapsWithin = (graph: FunctionalGraph): MapLayer[] =>
  layersOf(graph).flatMap((layer): MapLayer[] => {
    if (givesMap(layer)) return [{ path: [layer.name], layer }];
    if (!nestedModel(layer)) return [];
    return mapsWithin(graphOf(layer)!).map((found) => ({ ...found, path: [layer.name, ...found.path] }));
  });

/** The last layer whose output is a map, perhaps within a nested model. */
export function lastMap(who: string, model: Model<any>): LayerPath {
  return lastMapIn(graphIn(who, model)) ?? refuseMapless(who, model);
}
function lastMapIn(graph: FunctionalGraph): LayerPath | undefined {
  for (const layer of layersOf(graph).toReversed()) {
    const within = nestedModel(layer) ? lastMapIn(graphOf(layer)!) : undefined;
    if (within) return [layer.name, ...within];
    if (givesMap(layer)) return [layer.name];
  }
  return undefined;
}
const refuseMapless = (who: string, model: Model<any>): never =>
  fail(who, `no layer of model "${model.name}" gives a map`, 'give a model over images, or name a layer');

/** Computes a model while `tap` receives, and may replace, the outputs of some layers; `place` tells which layer. */
export function runTapped(
  model: Model<any>,
  paths: readonly LayerPath[],
  given: unknown,
  tap: (x: Tensor, place: number) => Tensor,
): Tree<Tensor> {
  const all = paths.map((path, place) => ({ path, place }));
  return run(model, all, given, tap);
}
interface Wanted {
  readonly path: LayerPath;
  readonly place: number;
}
function run(
  model: Model<any>,
  wanted: readonly Wanted[],
  given: unknown,
  tap: (x: Tensor, place: number) => Tensor,
): Tree<Tensor> {
  return runGraph(`${model.className} "${model.name}"`, graphIn('tap', model), given, ({ operation }, args) => {
    const here = wanted.filter(({ path }) => path[0] === operation.name);
    const within = here.flatMap(({ path, place }) => (path.length > 1 ? [{ path: path.slice(1), place }] : []));
    const nested = within.length > 0 ? nestedModel(operation) : undefined;
    const y = nested ? run(nested, within, args[0], tap) : operation[replay](args);
    return here.reduce(
      (x, { path, place }) => (path.length > 1 ? x : tap(requireMap(operation.name, x as Tensor), place)),
      y as Tree<Tensor>,
    );
  });
}
const requireMap = (name: string, x: Tensor): Tensor =>
  x.shape?.length === 4
    ? x
    : fail(
        `layer "${name}"`,
        `it gives no map but ${x.shape ? `a tensor of shape ${showShape(x.shape)}` : 'several tensors'}`,
        'name a layer that gives a map: [n, height, width, channels]',
      );
