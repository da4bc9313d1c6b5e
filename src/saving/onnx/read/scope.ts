import { fail, HornbeamError } from '../../../base/errors.ts';
import { KerasTensor } from '../../../tensor/index.ts';
import { Context, type Surroundings } from './context.ts';
import type { Rule } from './layers.ts';
import { type Body, type FileNode, type Subgraph, who } from './model-file.ts';
import { type Value, valueOf } from './value.ts';

/** What all graphs of a file have in common. */
export interface Reading {
  readonly opset: number;
  readonly rules: Readonly<Record<string, Rule | undefined>>;
  /** How many more nodes may be computed; those of a loop count in each round. */
  nodesLeft: number;
}

/** The values of a graph while its nodes become layers and ops; what it does not have is sought around it. */
export class Scope implements Surroundings {
  readonly batch: KerasTensor | undefined;
  readonly #reading: Reading;
  readonly #body: Body;
  readonly #names: Set<string>;
  readonly #around: Scope | undefined;
  readonly #values: Map<string, Value>;
  readonly #readers = new Map<string, FileNode[]>();

  /** `given` are values of names; a scope without names of its own gives layers those of the scope around it. */
  constructor(
    reading: Reading,
    body: Body,
    given: ReadonlyMap<string, Value>,
    { around, names }: { around?: Scope; names?: Set<string> },
  ) {
    this.#reading = reading;
    this.#body = body;
    this.#around = around;
    this.#values = new Map(given);
    this.#names = names ?? around!.#names;
    const tensors = [...given.values()].flatMap((value) => ('t' in value ? value.t : []));
    this.batch = tensors.find((t): t is KerasTensor => t instanceof KerasTensor && t.symbolicShape[0] === null);
    if (!names) this.batch ??= around?.batch;
    for (const node of body.nodes)
      for (const input of new Set([...node.inputs, ...node.captured])) {
        const list = this.#readers.get(input);
        if (list) list.push(node);
        else this.#readers.set(input, [node]);
      }
  }
  get opset(): number {
    return this.#reading.opset;
  }
  get nodesLeft(): number {
    return this.#reading.nodesLeft;
  }
  find(name: string): Value | undefined {
    const own = this.#values.get(name);
    if (own) return own;
    const array = this.#body.arrays.get(name);
    if (!array) return this.#around?.find(name);
    const value = valueOf(array);
    this.#values.set(name, value);
    return value;
  }
  consumer(output: string): FileNode | undefined {
    const list = this.#readers.get(output) ?? [];
    return list.length === 1 && list[0].inputs.includes(output) && !this.#body.outputs.includes(output)
      ? list[0]
      : undefined;
  }
  named(wanted: string): string {
    let name = wanted;
    for (let k = 1; this.#names.has(name); k++) name = `${wanted}_${k}`;
    this.#names.add(name);
    return name;
  }
  /** Computes all nodes, and gives the results. */
  results(): Value[] {
    const values = this.#values;
    for (const node of this.#body.nodes) {
      if (node.outputs.every((name) => values.has(name))) continue;
      if (--this.#reading.nodesLeft < 0)
        fail(who, 'its loops repeat too many nodes while it is read', 'export the model with loops, not unrolled');
      const context = new Context(node, this);
      const found = blamed(node, () => compute(node, context, this.#reading.rules));
      node.outputs.forEach((name, k) => {
        if (name !== '' && found[k]) values.set(name, found[k]);
        else if (name !== '' && !found[k] && this.#readers.has(name)) context.refuse(`gives no output ${k}`);
      });
      for (const [name, value] of context.also) values.set(name, value);
    }
    return this.#body.outputs.map(
      (name) => this.find(name) ?? fail(who, `no node computes its output "${name}"`, 'leave that output out'),
    );
  }
  inlined(graph: Subgraph, given: readonly Value[]): Value[] {
    const values = new Map(graph.parameters.map((name, k) => [name, given[k]]));
    return new Scope(this.#reading, graph, values, { around: this }).results();
  }
  modelled(graph: Subgraph, given: ReadonlyMap<string, Value>, names: Set<string>): Value[] {
    return new Scope(this.#reading, graph, given, { around: this, names }).results();
  }
}

function compute(node: FileNode, context: Context, rules: Reading['rules']): readonly Value[] {
  const array = node.opType === 'Constant' ? context.array('value') : undefined;
  if (array) return [valueOf(array)];
  return [rules[node.opType]!(context)].flat() as Value[];
}
/** The node that an error of a layer or op is about. */
function blamed<R>(node: FileNode, f: () => R): R {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof HornbeamError) || error.message.startsWith(`${who}:`)) throw error;
    const [problem, fix] = error.message.split('\n  Fix: ');
    return fail(who, `node "${node.name}" (${node.opType}): ${problem}`, fix ?? 'export the model otherwise');
  }
}
