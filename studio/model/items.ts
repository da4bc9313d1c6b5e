import type { StudioEdge, StudioGraph, StudioKernel, StudioModel, StudioNode } from '../../src/studio/protocol.ts';
import type { KernelGraph } from '../step/kernel-graph.ts';
import { familyOfKernel } from '../step/kernels.ts';
import { blocksOf } from './blocks.ts';
import { type Family, familyOf } from './families.ts';

/** A node as the page shows it: one of the model's, or a block of several whose names begin alike. */
export interface Item {
  /** Names from the outermost graph to here, with `/` between; unique. */
  readonly id: string;
  readonly name: string;
  /** The name without that of the surrounding block. */
  readonly label: string;
  /** The node's facts; for a block, the sums over its nodes. */
  readonly node: StudioNode;
  readonly kind: StudioNode['kind'] | 'block' | 'kernel';
  /** Its facts, if it is a kernel of the compiled step. */
  readonly kernel: StudioKernel | undefined;
  readonly parent: Item | undefined;
  /** Equal for items that differ in their names only. */
  readonly likeness: string;
  readonly opens: boolean;
  /** Its contents; made on demand. */
  inside(): Items | undefined;
}
export interface Items {
  readonly items: readonly Item[];
  readonly edges: readonly StudioEdge[];
}
const nothing: Items = { items: [], edges: [] };

/** A model as items, with the number of identical ones. */
export class ModelItems {
  readonly model: StudioModel;
  readonly root: Item;
  readonly #kernels: KernelGraph | undefined;
  readonly #byId = new Map<string, Item>();
  readonly #counts = new Map<string, number>();
  readonly #hashes = new Map<string, string>();
  #sharedLikeness: string[] = [];

  /** With `kernels`, layers and ops contain the kernels that compute them in the compiled step, instead of ops. */
  constructor(model: StudioModel, kernels?: KernelGraph) {
    this.model = model;
    this.#kernels = kernels;
    this.#sharedLikeness = model.shared.map((_, k) => `shared${k}`);
    const { root } = model;
    const edges: StudioEdge[] = [
      [-1, 0],
      [0, -1],
    ];
    // A layer whose inside is unknown gets a graph of its own.
    const whole: StudioNode =
      root.inside === undefined ? { ...root, kind: 'model', inside: { nodes: [root], edges } } : root;
    this.root = this.#item(whole, undefined, root.name);
    for (const { likeness } of this.all()) this.#counts.set(likeness, this.#count(likeness) + 1);
  }
  #count(likeness: string): number {
    return this.#counts.get(likeness) ?? 0;
  }
  /** How many items are identical to this one, including itself. */
  alike(item: Item): number {
    return holdsLayers(item) ? this.#count(item.likeness) : 1;
  }
  find(id: string): Item | undefined {
    const known = this.#byId.get(id);
    if (known || !id.includes('/')) return known;
    // Contents are made on demand: those on the path to the item.
    this.find(id.slice(0, id.lastIndexOf('/')))?.inside();
    return this.#byId.get(id);
  }
  /** Every item but the ops within layers, in order. */
  *all(from: Item = this.root): Generator<Item> {
    if (!holdsLayers(from)) return;
    for (const item of from.inside()?.items ?? []) {
      yield item;
      yield* this.all(item);
    }
  }

  #item(node: StudioNode, parent: Item | undefined, id: string): Item {
    const graph = this.#graphWithin(node, parent);
    const kernel = this.#kernels?.kernelOf(node);
    const mayGroup = typeof node.inside !== 'number' && (!this.#kernels || !parent || node.kind === 'model');
    return this.#keep({
      id,
      name: node.name,
      label: labelOf(node.name, parent),
      node,
      kind: kernel ? 'kernel' : node.kind,
      kernel,
      parent,
      likeness: this.#likeness(node),
      opens: graph !== undefined && graph.nodes.length > 0,
      inside: once((owner) => graph && this.#grouped(graph.nodes, graph.edges, owner, mayGroup)),
    });
  }
  #graphWithin({ inside, kind, name }: StudioNode, parent: Item | undefined): StudioGraph | undefined {
    const kernels = this.#kernels;
    if (!kernels) return typeof inside === 'number' ? this.model.shared[inside] : inside;
    if (!parent) return typeof inside === 'object' ? kernels.around(inside) : undefined;
    if (kind === 'model') return typeof inside === 'object' ? inside : undefined;
    return kind === 'input' ? undefined : kernels.within(name, parent);
  }
  #keep(item: Item): Item {
    this.#byId.set(item.id, item);
    return item;
  }
  /** The items of a graph, with blocks for nodes whose names begin alike. */
  #grouped(
    nodes: readonly StudioNode[],
    edges: readonly StudioEdge[],
    owner: Item,
    mayGroup = true,
    prefix = '',
  ): Items {
    const taken = new Map<string, number>();
    const idOf = (name: string): string => {
      const before = taken.get(name) ?? 0;
      taken.set(name, before + 1);
      return `${owner.id}/${name.replaceAll('/', '∕')}${before > 0 ? `:${before}` : ''}`;
    };
    const blocks = mayGroup
      ? blocksOf(
          nodes.map(({ name }) => name),
          prefix,
        )
      : undefined;
    if (!blocks) return { items: nodes.map((node) => this.#item(node, owner, idOf(node.name))), edges };
    const place = new Map<number, number>();
    const items = blocks.map(({ name, members }, k) => {
      for (const member of members) place.set(member, k);
      return name === undefined
        ? this.#item(nodes[members[0]!]!, owner, idOf(nodes[members[0]!]!.name))
        : this.#block(name, members, nodes, edges, owner, idOf(name));
    });
    return { items, edges: between(edges, (k) => place.get(k)!) };
  }
  #block(
    name: string,
    members: readonly number[],
    nodes: readonly StudioNode[],
    edges: readonly StudioEdge[],
    owner: Item,
    id: string,
  ): Item {
    const place = new Map(members.map((member, k) => [member, k]));
    const own = members.map((k) => nodes[k]!);
    const within = edges.filter(([from, to]) => place.has(from) || place.has(to));
    const inner = between(within, (k) => place.get(k) ?? -1);
    const ends = new Set(within.filter(([from, to]) => place.has(from) && !place.has(to)).map(([from]) => from));
    const starts = within.filter(([from]) => !place.has(from)).map(([, to]) => nodes[to]!);
    return this.#keep({
      id,
      name,
      label: labelOf(name, owner),
      kind: 'block',
      kernel: undefined,
      parent: owner,
      node: {
        name,
        className: `${own.length} layers`,
        kind: 'layer',
        inputs: [...new Map(starts.flatMap(({ inputs }) => inputs).map((t) => [JSON.stringify(t), t])).values()],
        outputs: [...ends].flatMap((k) => nodes[k]!.outputs),
        params: total(own, (n) => n.params),
        trainableParams: total(own, (n) => n.trainableParams),
        flops: own.some(({ flops, kind }) => flops === undefined && kind !== 'input')
          ? undefined
          : total(own, (n) => n.flops ?? 0),
        weights: [],
      },
      likeness: this.#hash(JSON.stringify(['block', own.map((n) => this.#likeness(n)), inner])),
      opens: true,
      inside: once((block) => this.#grouped(own, inner, block, true, name)),
    });
  }

  #likeness(node: StudioNode): string {
    const { className, config, inputs, outputs, inside } = node;
    const within =
      typeof inside === 'number'
        ? this.#sharedLikeness[inside]
        : inside && [inside.nodes.map((n) => this.#likeness(n)), inside.edges];
    return this.#hash(JSON.stringify([className, config, inputs, outputs, within]));
  }
  #hash(text: string): string {
    const known = this.#hashes.get(text);
    if (known) return known;
    const made = `#${this.#hashes.size}`;
    this.#hashes.set(text, made);
    return made;
  }
}

/** Whether an item contains layers, rather than ops or kernels. */
export const holdsLayers = ({ kind, opens, node }: Item): boolean =>
  opens && (kind === 'block' || typeof node.inside === 'object');
/** The kind of layer that an item is, which has a colour. */
export const familyOfItem = (item: Item): Family =>
  holdsLayers(item) ? 'model' : item.kernel ? familyOfKernel(item.kernel) : familyOf(item.node.className);

const labelOf = (name: string, owner: Item | undefined): string =>
  owner?.kind === 'block' && name.startsWith(owner.name) && name.length > owner.name.length
    ? name.slice(owner.name.length).replace(/^[_/.]+/, '')
    : name.replace(/^:/, '');

const total = (nodes: readonly StudioNode[], of: (n: StudioNode) => number): number =>
  nodes.reduce((sum, n) => sum + of(n), 0);

/** Edges between the items at their ends, each once; those inside a single item are left out. */
function between(edges: readonly StudioEdge[], place: (k: number) => number): StudioEdge[] {
  const found = new Map<string, StudioEdge>();
  for (const [from, to] of edges) {
    const edge: StudioEdge = [from < 0 ? -1 : place(from), to < 0 ? -1 : place(to)];
    if (edge[0] !== edge[1]) found.set(edge.join(), edge);
  }
  return [...found.values()];
}

function once(make: (item: Item) => Items | undefined): () => Items | undefined {
  let made: Items | undefined;
  return function inside(this: Item) {
    made ??= make(this) ?? nothing;
    return made === nothing ? undefined : made;
  };
}
