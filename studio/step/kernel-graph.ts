import type { StudioEdge, StudioGraph, StudioKernel, StudioNode, StudioStep } from '../../src/studio/protocol.ts';
import type { Item } from '../model/items.ts';
import { pathOf } from './kernels.ts';

/** The parts of a step other than layers, and their titles. */
const parts: Readonly<Record<string, string>> = { ':loss': 'Loss', ':metrics': 'Metrics', ':optimizer': 'Optimizer' };

/** The compiled step as a level below layers and ops: which kernels compute something for a node, and what they read. */
export class KernelGraph {
  readonly step: StudioStep;
  readonly #nodes: readonly StudioNode[];
  readonly #kernels: ReadonlyMap<StudioNode, StudioKernel>;
  /** The numbers of kernels, by the path of the layer or op. */
  readonly #byPath = new Map<string, Set<number>>();
  readonly #readers: readonly number[][];

  constructor(step: StudioStep) {
    this.step = step;
    this.#nodes = step.kernels.map(({ name }, number) => nodeOf(`kernel ${number}`, name));
    this.#kernels = new Map(step.kernels.map((kernel, number) => [this.#nodes[number]!, kernel]));
    this.#readers = step.kernels.map(() => []);
    step.kernels.forEach(({ forward, backward, from }, number) => {
      for (const source of from) this.#readers[source]?.push(number);
      for (const path of new Set([...forward, ...backward].flatMap(upwards))) {
        const known = this.#byPath.get(path);
        if (known) known.add(number);
        else this.#byPath.set(path, new Set([number]));
      }
    });
  }

  /** The kernel that a node represents, if any. */
  kernelOf(node: StudioNode): StudioKernel | undefined {
    return this.#kernels.get(node);
  }
  /** The kernels of a layer or op within `parent`; undefined where there are none. */
  within(name: string, parent: Item): StudioGraph | undefined {
    const way = pathOf(parent);
    const own = this.#byPath.get(way === '' ? name : `${way}/${name}`);
    return own && this.#graph([...own].sort((a, b) => a - b));
  }
  #graph(numbers: readonly number[]): StudioGraph {
    const { kernels } = this.step;
    const place = new Map(numbers.map((number, k) => [number, k]));
    const edges = numbers.flatMap((number, k): StudioEdge[] => {
      const { from } = kernels[number]!;
      const inner = from.flatMap((source): StudioEdge[] => (place.has(source) ? [[place.get(source)!, k]] : []));
      const isFed = from.length === 0 || inner.length < from.length;
      const isRead = this.#readers[number]!.some((reader) => !place.has(reader)) || this.#readers[number]!.length === 0;
      return [...inner, ...(isFed ? [[-1, k] as const] : []), ...(isRead ? [[k, -1] as const] : [])];
    });
    return { nodes: numbers.map((number) => this.#nodes[number]!), edges };
  }

  /** The graph of a whole model, with what the step does beside it. */
  around({ nodes, edges }: StudioGraph): StudioGraph {
    const added = Object.keys(parts).filter((path) => this.#byPath.has(path));
    if (added.length === 0) return { nodes, edges };
    const at = (path: string): number => nodes.length + added.indexOf(path);
    const ends = edges.flatMap(([from, to]) => (to === -1 && from >= 0 ? [from] : []));
    return {
      nodes: [...nodes, ...added.map((path) => nodeOf(path, parts[path]!))],
      edges: [
        ...edges,
        ...added.flatMap((path): StudioEdge[] =>
          path !== ':loss' && added.includes(':loss') ? [[at(':loss'), at(path)]] : ends.map((end) => [end, at(path)]),
        ),
      ],
    };
  }
}

/** A path and those of the layers around it. */
const upwards = (path: string): string[] =>
  path.split('/').map((_, k, names) => names.slice(0, names.length - k).join('/'));

const nodeOf = (name: string, className: string): StudioNode => ({
  name,
  className,
  kind: 'op',
  inputs: [],
  outputs: [],
  params: 0,
  trainableParams: 0,
  weights: [],
});
