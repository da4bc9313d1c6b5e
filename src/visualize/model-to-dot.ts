import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Model } from '../models/index.ts';
import { type LabelOptions, layerLabel, opLabel } from './dot-label.ts';
import { type ModelGraph, type ModelNode, modelGraph, type Source, type Target } from './model-graph.ts';

/** Options of `modelToDot`. */
export interface ModelToDotOptions extends LabelOptions {
  /** Direction of the graph: "TB" (down, the default), "LR" (to the right), "BT" or "RL". */
  readonly rankdir?: 'TB' | 'LR' | 'BT' | 'RL' | undefined;
  /** Whether to expand nested functional and sequential models. */
  readonly expandNested?: boolean | undefined;
  /** Whether to expand custom layers and subclassed models and show what their `call` does. */
  readonly expandLayers?: boolean | undefined;
  /** Dots per inch. Default: 200. */
  readonly dpi?: number | undefined;
  /** How edges are drawn. Default: "ortho", with right angles; `plotModel` draws graphs of more than 80 boxes or 120 edges as "polyline". */
  readonly splines?: 'ortho' | 'curved' | 'polyline' | 'spline' | 'line' | undefined;
}
export const modelToDotOptions: OptionNames<ModelToDotOptions> = {
  rankdir: true,
  expandNested: true,
  expandLayers: true,
  dpi: true,
  splines: true,
  showShapes: true,
  showDtype: true,
  showLayerNames: true,
  showLayerActivations: true,
  showTrainable: true,
};

/**
 * A model in Graphviz's language, as Keras writes it.
 * @see https://keras.io/api/utils/model_plotting_utils/#modeltodot-function
 */
export const modelToDot = exact(
  'utils.modelToDot',
  2,
  function modelToDot(model: Model<any>, options: ModelToDotOptions = {}): string {
    optionsOf('modelToDot', modelToDotOptions, options);
    const { rankdir = 'TB', dpi = 200, splines = 'ortho', expandLayers = false } = options;
    const root = modelGraph(model, { openLayers: expandLayers });
    const graph = root.kind === 'model' || (expandLayers && root.inside) ? withInputs(root) : aloneIn(root);
    const lines = new DotWriter({ showLayerNames: true, ...options }).graph(graph, root.kind !== 'model');
    const settings = [
      `rankdir=${rankdir}`,
      'concentrate=true',
      `dpi=${dpi}`,
      `splines=${splines}`,
      ...(expandLayers ? ['ranksep=0.6'] : []),
      'node [shape=record]',
    ];
    return `digraph G {\n${[...settings.map((s) => `${s};`), ...lines].join('\n')}\n}\n`;
  },
);

const aloneIn = (node: ModelNode): ModelGraph => ({ nodes: [node], edges: [], inputs: [], entries: [], exits: [] });

/** The inside of a subclassed model, with boxes added for its inputs. */
function withInputs({ inside, kind, id }: ModelNode): ModelGraph {
  if (kind === 'model') return inside!;
  const boxes = inside!.entries.map(
    (_, k): ModelNode => ({
      id: `${id}/input:${k}`,
      name: inside!.entries.length === 1 ? 'input' : `input_${k}`,
      className: 'InputLayer',
      kind: 'input',
      inputs: undefined,
      outputs: inside!.inputs[k],
      params: 0,
      trainableParams: 0,
      trainable: true,
      activation: undefined,
      inside: undefined,
    }),
  );
  const edges = inside!.entries.flatMap((targets, k) =>
    targets.map((to) => ({ from: { node: boxes[k].id, index: 0 }, to })),
  );
  return { ...inside!, nodes: [...boxes, ...inside!.nodes], edges: [...edges, ...inside!.edges] };
}

class DotWriter {
  private readonly options: ModelToDotOptions;
  private readonly numbers = new Map<string, number>();
  /** Nodes drawn so far and the graphs in which they stand. */
  private readonly places = new Map<string, { node: ModelNode; graph: ModelGraph }>();

  constructor(options: ModelToDotOptions) {
    this.options = options;
  }

  /** The lines of a graph: nodes, then edges. */
  graph(graph: ModelGraph, isTraced: boolean): string[] {
    for (const node of graph.nodes) this.places.set(node.id, { node, graph });
    const nodes = graph.nodes.flatMap((node) => (this.isOpen(node) ? this.cluster(node) : [this.box(node, isTraced)]));
    const drawn = new Set<string>();
    for (const { from, to } of graph.edges)
      for (const source of this.sources(graph, from))
        for (const target of this.targets(to))
          drawn.add(`${this.numberOf(source)} -> ${this.numberOf(target)} [penwidth=2];`);
    return [...nodes, ...drawn];
  }

  private isOpen({ inside, kind }: ModelNode): boolean {
    const { expandNested, expandLayers } = this.options;
    return inside !== undefined && ((kind === 'model' ? expandNested : expandLayers) ?? false);
  }
  private numberOf(id: string): number {
    if (!this.numbers.has(id)) this.numbers.set(id, 1000001 + this.numbers.size);
    return this.numbers.get(id)!;
  }
  private box(node: ModelNode, isTraced: boolean): string {
    const number = this.numberOf(node.id);
    if (isTraced && node.kind === 'op')
      return `${number} [label=${opLabel(node, this.options)}, fontname=Helvetica, shape=box, style="rounded,filled", fillcolor="#eaeef2", margin="0.15,0.08"];`;
    return `${number} [label=${layerLabel(node, this.options)}, fontname=Helvetica, border=0, margin=0];`;
  }
  private cluster(node: ModelNode): string[] {
    const isLayer = node.kind !== 'model';
    const style = isLayer
      ? [
          'style="rounded,filled";',
          'fillcolor="#f6f8fa";',
          'color="#8c959f";',
          'margin=16;',
          `label=${quoted(`${node.name} (${node.className})`)};`,
        ]
      : ['style=dashed;', `label=${quoted(node.name)};`];
    const name = isLayer ? node.id : node.name;
    return [
      `subgraph ${quoted(`cluster_${name}`)} {`,
      ...style,
      'labeljust=l;',
      ...this.graph(node.inside!, isLayer),
      '}',
    ];
  }

  /** The boxes where a tensor originates: within expanded nodes, those that produce it. */
  private sources(graph: ModelGraph, { node: id, index }: Source): string[] {
    const node = graph.nodes.find((n) => n.id === id);
    if (!node) return [];
    if (!this.isOpen(node)) return [node.id];
    const exit = node.inside!.exits[index];
    if (exit?.node !== undefined) return this.sources(node.inside!, exit);
    // An input that is returned unchanged.
    return graph.edges
      .filter(({ to }) => to.node === id && to.index === exit?.index)
      .flatMap(({ from }) => this.sources(graph, from));
  }
  /** The boxes that a tensor goes to: within expanded nodes, those that use it. */
  private targets({ node: id, index }: Target): string[] {
    const { node } = this.places.get(id)!;
    if (!this.isOpen(node)) return [id];
    return (node.inside!.entries[index] ?? []).flatMap((target) => this.targets(target));
  }
}

const quoted = (text: string): string =>
  /^[A-Za-z_]\w*$/.test(text) ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
