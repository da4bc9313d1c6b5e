import { elementType } from './element-types.ts';
import type { Initializer, Value } from './emitter.ts';
import { isKnown, type Size } from './layout.ts';
import type { ProgramWriter } from './program.ts';
import type { InputSpec, Recordings } from './recordings.ts';
import type {
  AttributeMessage,
  DimensionMessage,
  GraphMessage,
  ModelMessage,
  NodeMessage,
  TensorMessage,
  ValueInfoMessage,
} from './schema.ts';

interface Written {
  readonly writer: ProgramWriter;
  readonly specs: readonly InputSpec[];
  readonly recordings: Recordings;
  readonly names: { readonly inputs: readonly string[]; readonly outputs: readonly string[] };
  readonly outputs: readonly { readonly value: Value; readonly name: string }[];
  readonly name: string;
  readonly producer: string;
  /** Says where the elements of those weights stand that are not in the file itself. */
  place(initializers: readonly Initializer[]): ReadonlyMap<Initializer, Placed>;
}
/** A part of another file. */
export interface Placed {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}
/** The version of the file format that came with an operator set. */
const irVersion = (opset: number): number => (opset < 15 ? 7 : opset < 19 ? 8 : opset < 21 ? 9 : opset < 23 ? 10 : 11);

/** The finished file: outputs under their names, without unused nodes. */
export function finishedModel(written: Written): ModelMessage {
  const { writer, specs, recordings, names, outputs } = written;
  const { e } = writer;
  const nodes = [...e.scope.nodes];
  const made = new Set(nodes.flatMap(({ output }) => output ?? []));
  const renamed = new Map<string, string>();
  outputs.forEach(({ name }, k) => {
    if (made.has(name) && !renamed.has(name)) renamed.set(name, names.outputs[k]);
    else
      nodes.push({
        input: [name],
        output: [names.outputs[k]],
        name: e.named(`${names.outputs[k]}/Identity`),
        opType: 'Identity',
        attribute: [],
      });
  });
  const final = needed(
    nodes.map((node) => renamedNode(node, renamed)),
    new Set(names.outputs),
  );
  const used = new Set(final.flatMap(namesIn));
  const symbols = symbolNames(specs, recordings);
  const infoOf = (name: string, dtype: InputSpec['dtype'], sizes: readonly Size[]): ValueInfoMessage => ({
    name,
    type: {
      tensorType: { elemType: elementType[dtype], shape: { dim: sizes.map((size) => dimension(size, symbols)) } },
    },
  });
  const [first] = recordings.all;
  const initializers = e.initializers.filter(({ name }) => used.has(name));
  const placed = written.place(initializers);
  return {
    irVersion: irVersion(e.opset),
    producerName: 'hornbeam',
    producerVersion: written.producer,
    graph: {
      name: written.name,
      node: final,
      initializer: initializers.map((each) => initializerOf(each, placed.get(each))),
      input: first.inputs.map((t, k) => infoOf(names.inputs[k], t.dtype, writer.sizesOf(t))),
      output: outputs.map(({ value }, k) => infoOf(names.outputs[k], value.dtype, value.sizes)),
    },
    opsetImport: [{ domain: '', version: e.opset }],
  };
}

function initializerOf(each: Initializer, placed: Placed | undefined): TensorMessage {
  const { bytes, ...rest } = each;
  if (!placed) return { ...rest, rawData: bytes() };
  const externalData = Object.entries(placed).map(([key, value]) => ({ key, value: String(value) }));
  return { ...rest, externalData, dataLocation: 1 };
}

/** Names of unknown sizes: "batch", or derived from the input. */
function symbolNames(specs: readonly InputSpec[], { all }: Recordings): Map<string, string> {
  const found = new Map<string, string>();
  specs.forEach(({ name, shape }, k) => {
    shape.forEach((n, d) => {
      if (n !== null) return;
      const size = all.map(({ inputs }) => inputs[k].shape[d]);
      if (!found.has(size.join())) found.set(size.join(), d === 0 ? 'batch' : `${name}_${d}`);
    });
  });
  return found;
}
function dimension(size: Size, symbols: ReadonlyMap<string, string>): DimensionMessage {
  if (isKnown(size)) return { dimValue: size[0] };
  const name = symbols.get(size.join());
  return name === undefined ? {} : { dimParam: name };
}

/** All inputs of a node, including those of graphs within it. */
function namesIn(node: NodeMessage): string[] {
  const within = (node.attribute ?? []).flatMap(({ g }) =>
    g ? [...(g.node ?? []).flatMap(namesIn), ...(g.output ?? []).map(({ name }) => name!)] : [],
  );
  return [...(node.input ?? []), ...within];
}
/** The nodes that lead to the outputs, in their order. */
function needed(nodes: readonly NodeMessage[], outputs: ReadonlySet<string>): NodeMessage[] {
  const wanted = new Set(outputs);
  const kept: NodeMessage[] = [];
  for (const node of nodes.toReversed()) {
    if (!(node.output ?? []).some((name) => wanted.has(name))) continue;
    for (const name of namesIn(node)) wanted.add(name);
    kept.push(node);
  }
  return kept.reverse();
}
function renamedNode(node: NodeMessage, names: ReadonlyMap<string, string>): NodeMessage {
  const rename = (name: string): string => names.get(name) ?? name;
  const graph = (g: GraphMessage): GraphMessage => ({
    ...g,
    node: (g.node ?? []).map((inside) => renamedNode(inside, names)),
  });
  const attribute = (a: AttributeMessage): AttributeMessage => (a.g ? { ...a, g: graph(a.g) } : a);
  return {
    ...node,
    input: (node.input ?? []).map(rename),
    output: (node.output ?? []).map(rename),
    attribute: (node.attribute ?? []).map(attribute),
  };
}
