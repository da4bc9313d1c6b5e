import type { Config } from '../base/registry/serialize.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import type { Model } from '../models/index.ts';
import { modelGraph } from '../visualize/model-graph.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { columnsOf } from './text-columns.ts';
import { numberOf } from './usage.ts';

/** A layer or option that differs between the models. */
interface StructureChange {
  readonly layer: string;
  readonly option?: string;
  readonly a: unknown;
  readonly b: unknown;
}
/** How far a weight is from its counterpart. */
interface WeightChange {
  readonly path: string;
  readonly a: readonly number[] | undefined;
  readonly b: readonly number[] | undefined;
  readonly largest?: number;
  readonly mean?: number;
  /** The length of the difference, relative to that of `a`. */
  readonly relative?: number;
}

/** `hornbeam diff`: what differs between two models. */
export const diff = command({
  name: 'diff',
  words: ['A', 'B'],
  about: 'Compares two models, in any formats: layers and their options by name, weights by path, optimizers.',
  notes: 'Exit code 0 where they are the same, 1 where they differ, 2 where they cannot be compared.',
  options: {
    tolerance: { type: 'string', value: 'X', doc: 'differences of weights up to X are none (default: 0)' },
    optimizer: { type: 'boolean', doc: 'compares optimizers and their state as well' },
    json: { type: 'boolean', doc: 'as JSON' },
    ...modelOptions,
  },
  async run({ words: [fileA, fileB], values }, { out, columns }) {
    const tolerance = numberOf('tolerance', values.tolerance ?? '0', 0, false);
    const modules = values.import;
    const load = (file: string): Promise<Model> => modelIn(file, { modules, compile: values.optimizer ?? false });
    const [a, b] = [await load(fileA), await load(fileB)];
    const structure = [...changedLayers(a, b), ...changedConnections(a, b), ...changedOptimizers(a, b)];
    const { changed, same } = await changedWeights(a, b, tolerance);
    const isSame = structure.length === 0 && changed.length === 0;
    if (values.json)
      out(JSON.stringify({ same: isSame, structure, weights: changed, sameWeights: same }, undefined, 2));
    else out(textOf(structure, changed, same, columns));
    return isSame ? 0 : 1;
  },
});

/** Layers by name; those inside nested models are prefixed with the model's name. */
function layersOf(model: Model): Map<string, AnyLayer> {
  const found = new Map<string, AnyLayer>();
  const visit = (layers: readonly AnyLayer[], around: string): void => {
    for (const layer of layers) {
      found.set(around + layer.name, layer);
      if ('layers' in layer && Array.isArray(layer.layers))
        visit(layer.layers as AnyLayer[], `${around}${layer.name}/`);
    }
  };
  visit(model.layers as readonly AnyLayer[], '');
  return found;
}
function changedLayers(a: Model, b: Model): StructureChange[] {
  const [ofA, ofB] = [layersOf(a), layersOf(b)];
  return [...new Set([...ofA.keys(), ...ofB.keys()])].flatMap((layer): StructureChange[] => {
    const [one, other] = [ofA.get(layer), ofB.get(layer)];
    if (!one || !other || one.className !== other.className) return [{ layer, a: one?.className, b: other?.className }];
    if ('layers' in one) return [];
    return changedOptions(layer, one.getConfig(), other.getConfig());
  });
}
/** Options of the optimizers, if the models are compiled. */
function changedOptimizers({ optimizer: a }: Model, { optimizer: b }: Model): StructureChange[] {
  if (a?.className !== b?.className) return [{ layer: 'optimizer', a: a?.className, b: b?.className }];
  return a && b ? changedOptions('optimizer', a.getConfig(), b.getConfig()) : [];
}
function changedOptions(layer: string, a: Config, b: Config): StructureChange[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((option) => JSON.stringify(a[option]) !== JSON.stringify(b[option]))
    .map((option) => ({ layer, option, a: a[option], b: b[option] }));
}

/** Edges that only one of the graphs has, if the graphs are known. */
function changedConnections(a: Model, b: Model): StructureChange[] {
  const edgesOf = (model: Model): Set<string> | undefined => {
    if (!model.inputs) return undefined;
    const edges = modelGraph(model, { openLayers: false }).inside?.edges ?? [];
    // The names of the models themselves do not count as a difference.
    const nodeName = (id: string | undefined): string => id?.split('/').slice(1).join('/') ?? 'input';
    return new Set(edges.map(({ from, to }) => `${nodeName(from.node)} -> ${nodeName(to.node)}`));
  };
  const [ofA, ofB] = [edgesOf(a), edgesOf(b)];
  if (!ofA || !ofB) return [];
  const only = (mine: Set<string>, others: Set<string>): string[] => [...mine].filter((edge) => !others.has(edge));
  return [
    ...only(ofA, ofB).map((edge) => ({ layer: edge, a: 'connected', b: undefined })),
    ...only(ofB, ofA).map((edge) => ({ layer: edge, a: undefined, b: 'connected' })),
  ];
}

async function changedWeights(
  a: Model,
  b: Model,
  tolerance: number,
): Promise<{ changed: WeightChange[]; same: number }> {
  const byPath = (model: Model) =>
    new Map([...model.weights, ...(model.optimizer?.variables ?? [])].map((weight) => [weight.path, weight]));
  const [ofA, ofB] = [byPath(a), byPath(b)];
  const changed: WeightChange[] = [];
  let same = 0;
  for (const path of new Set([...ofA.keys(), ...ofB.keys()])) {
    const [one, other] = [ofA.get(path), ofB.get(path)];
    const shapes = { path, a: one?.shape, b: other?.shape };
    if (!one || !other || one.shape.join() !== other.shape.join()) {
      changed.push(shapes);
      continue;
    }
    const [x, y] = [await one.value.data(), await other.value.data()];
    let [largest, sum, square, length] = [0, 0, 0, 0];
    for (let k = 0; k < x.length; k++) {
      const [p, q] = [Number(x[k]), Number(y[k])];
      const apart = Object.is(p, q) ? 0 : Math.abs(p - q);
      // NaN on one side counts as infinitely far.
      largest = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(largest, apart);
      sum += apart;
      square += apart * apart;
      length += p * p;
    }
    if (largest <= tolerance) same++;
    else changed.push({ ...shapes, largest, mean: sum / x.length, relative: Math.sqrt(square / length) });
  }
  return { changed, same };
}

const shown = (x: unknown): string => (x === undefined ? '-' : typeof x === 'string' ? x : JSON.stringify(x));
function textOf(
  structure: readonly StructureChange[],
  weights: readonly WeightChange[],
  same: number,
  width: number,
): string {
  const parts: string[] = [];
  const named = ({ layer, option }: StructureChange): string => (option ? `${layer}.${option}` : layer);
  const rows = structure.map((change) => [named(change), shown(change.a), shown(change.b)]);
  parts.push(rows.length > 0 ? columnsOf([['structure', 'a', 'b'], ...rows], { width }) : 'The structure is the same.');
  const number = (x: number | undefined): string => (x === undefined ? '-' : x.toPrecision(3));
  const shape = (sizes: readonly number[] | undefined): string => (sizes ? `(${sizes.join(', ')})` : '-');
  const rowsOfWeights = weights.map(({ path, a, b, largest, mean, relative }) => [
    path,
    shape(a),
    shape(b),
    number(largest),
    number(mean),
    number(relative),
  ]);
  if (rowsOfWeights.length > 0)
    parts.push(
      columnsOf([['weight', 'a', 'b', 'largest |a-b|', 'mean |a-b|', '|a-b| / |a|'], ...rowsOfWeights], {
        width,
        align: ['left', 'left', 'left', 'right', 'right', 'right'],
      }),
    );
  parts.push(
    `${same} weight${same === 1 ? ' is' : 's are'} the same${rowsOfWeights.length > 0 ? `, ${rowsOfWeights.length} not` : ''}.`,
  );
  return parts.join('\n\n');
}
