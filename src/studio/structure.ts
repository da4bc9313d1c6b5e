import type { Tree } from '../base/tree.ts';
import { type AnyLayer, isLayer } from '../layers/layer/layer.ts';
import type { Model } from '../models/index.ts';
import { type ModelGraph, type ModelNode, modelGraph, opsWithin, type TensorInfo } from '../visualize/model-graph.ts';
import { callOf } from '../visualize/node-calls.ts';
import { flopsOf } from './cost.ts';
import { madeAt } from './made-at.ts';
import { configOf, weightsOf } from './node-facts.ts';
import type { StudioEdge, StudioGraph, StudioModel, StudioNode } from './protocol.ts';

/** All that can be said of a model's structure, down to the ops within its layers. */
export function describeModel(model: Model<any>, source?: string): StudioModel {
  const describing = new Describing();
  const root = describing.node(modelGraph(model));
  return { kind: 'model', root, shared: describing.shared, source };
}

/** What layers of one class, config and shapes have in common, found out once. */
interface Alike {
  readonly flops: number | undefined;
  readonly inside: number | undefined;
}

class Describing {
  readonly shared: StudioGraph[] = [];
  readonly #alike = new Map<string, Alike>();

  node(node: ModelNode): StudioNode {
    const { operation } = callOf(node) ?? {};
    const layer = typeof operation === 'function' && isLayer(operation) ? (operation as AnyLayer) : undefined;
    const inside = node.inside && this.graph(node.inside);
    const facts = layer ? configOf(layer) : {};
    const described = {
      name: node.name,
      className: node.className,
      kind: node.kind,
      inputs: tensors(node.inputs),
      outputs: tensors(node.outputs),
      params: node.params,
      trainableParams: node.trainableParams,
      dtypePolicy: layer?.dtypePolicy.name,
      madeAt: layer && madeAt(layer),
      ...facts,
      weights: layer ? weightsOf(layer, inside !== undefined) : [],
    };
    if (node.kind === 'input') return described;
    if (inside) return { ...described, flops: sumOf(inside), inside };
    const key = JSON.stringify([node.className, facts.config, described.inputs, layer ? '' : node.name]);
    return { ...described, ...(layer && !facts.config ? this.#find(node) : this.#findOnce(key, node)) };
  }
  graph({ nodes, edges, entries, exits }: ModelGraph): StudioGraph {
    const places = new Map(nodes.map(({ id }, k) => [id, k]));
    const at = (id: string | undefined): number => (id === undefined ? -1 : (places.get(id) ?? -1));
    const border: StudioEdge[] = [
      ...entries.flatMap((targets) => targets.map(({ node }): StudioEdge => [-1, at(node)])),
      ...exits.map(({ node }): StudioEdge => [at(node), -1]),
    ];
    const all = [...edges.map(({ from, to }): StudioEdge => [at(from.node), at(to.node)]), ...border];
    const once = new Map(all.filter(([from, to]) => from !== to).map((edge) => [edge.join(), edge]));
    return { nodes: nodes.map((node) => this.node(node)), edges: [...once.values()] };
  }
  #findOnce(key: string, node: ModelNode): Alike {
    const known = this.#alike.get(key);
    if (known) return known;
    const found = this.#find(node);
    this.#alike.set(key, found);
    return found;
  }
  #find(node: ModelNode): Alike {
    const call = callOf(node);
    const flops = call && flopsOf(call);
    const within = opsWithin(node);
    if (!within || within.nodes.length === 0) return { flops, inside: undefined };
    return { flops, inside: this.shared.push(this.graph(within)) - 1 };
  }
}

/** What a graph's nodes take together; undefined where that of one is not known. */
function sumOf({ nodes }: StudioGraph): number | undefined {
  const known = nodes.filter(({ kind }) => kind !== 'input');
  return known.some(({ flops }) => flops === undefined) ? undefined : known.reduce((sum, { flops }) => sum + flops!, 0);
}

const tensors = (form: Tree<TensorInfo> | undefined): TensorInfo[] => {
  const found: TensorInfo[] = [];
  const visit = (x: unknown): void => {
    if (typeof x !== 'object' || x === null) return;
    if ('dtype' in x && 'shape' in x)
      found.push({ shape: [...(x as TensorInfo).shape], dtype: (x as TensorInfo).dtype });
    else for (const each of Object.values(x)) visit(each);
  };
  visit(form);
  return found;
};
