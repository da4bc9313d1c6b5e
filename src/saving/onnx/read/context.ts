import type { DType } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { range } from '../../../base/shape.ts';
import type { AnyLayer } from '../../../layers/layer/layer.ts';
import { KerasTensor, type Tensor } from '../../../tensor/index.ts';
import { type Attribute, type FileArray, type FileNode, type Subgraph, who } from './model-file.ts';
import { call, isInts, layer, ops, plain, shapeOf, type Value } from './value.ts';

/** Tensors that are known to be all zeros. */
export const allZero = new WeakSet<Tensor>();

/** The graph that a node stands in. */
export interface Surroundings {
  readonly opset: number;
  readonly batch: KerasTensor | undefined;
  /** How many more nodes may be computed. */
  readonly nodesLeft: number;
  /** What a name stands for. */
  find(name: string): Value | undefined;
  /** The one node that reads an output, unless the graph gives it too. */
  consumer(output: string): FileNode | undefined;
  /** A name of its own for a layer. */
  named(wanted: string): string;
  /** What a graph within a node gives for its parameters, computed where the node stands. */
  inlined(graph: Subgraph, given: readonly Value[]): Value[];
  /** The same with values for names around it too, in a model whose layers have names of their own. */
  modelled(graph: Subgraph, given: ReadonlyMap<string, Value>, names: Set<string>): Value[];
}

/** What an operator's rule receives: the node, its inputs, and where its results go. */
export class Context {
  readonly node: FileNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly scope: Surroundings;
  /** Nodes whose work a layer does as well, and their results. */
  readonly also = new Map<string, Value>();

  constructor(node: FileNode, scope: Surroundings) {
    this.node = node;
    this.inputs = node.inputs.map((name) => (name === '' ? undefined : scope.find(name)));
    this.scope = scope;
  }
  get opset(): number {
    return this.scope.opset;
  }
  refuse(problem: string): never {
    return fail(
      who,
      `node "${this.node.name}" (${this.node.opType}) ${problem}`,
      'export the model otherwise, or change the file with other tools',
    );
  }
  has(k: number): boolean {
    return this.inputs[k] !== undefined;
  }
  value(k: number): Value {
    return this.inputs[k] ?? this.refuse(`lacks input ${k}`);
  }
  /** An input as a tensor, its axes as in the graph. */
  tensor(k: number): Tensor {
    return plain(this.value(k));
  }
  shape(k: number): (number | null)[] {
    return shapeOf(this.value(k));
  }
  rank(k = 0): number {
    return this.shape(k).length;
  }
  /** An input whose elements are known now: weights. */
  constant(k: number): Tensor {
    const t = this.tensor(k);
    return t instanceof KerasTensor ? this.refuse(`computes its input ${k}, which is to be a weight`) : t;
  }
  isConstant(k: number): boolean {
    const value = this.inputs[k];
    return value !== undefined && (isInts(value) ? !value.ints.includes(null) : !(value.t instanceof KerasTensor));
  }
  #attribute(name: string): Attribute | undefined {
    return this.node.attributes.get(name);
  }
  number(name: string, initial: number): number {
    const value = this.#attribute(name) ?? initial;
    return typeof value === 'number' ? value : this.refuse(`has an attribute ${name} that is no number`);
  }
  text(name: string, initial: string): string {
    const value = this.#attribute(name) ?? initial;
    return typeof value === 'string' ? value : this.refuse(`has an attribute ${name} that is no text`);
  }
  list(name: string): readonly number[] | undefined {
    const value = this.#attribute(name);
    if (value === undefined) return undefined;
    return Array.isArray(value) && value.every((n) => typeof n === 'number')
      ? (value as readonly number[])
      : this.refuse(`has an attribute ${name} that is no list of numbers`);
  }
  array(name: string): FileArray | undefined {
    const value = this.#attribute(name);
    return typeof value === 'object' && 'data' in value ? value : undefined;
  }
  graph(name: string): Subgraph {
    const value = this.#attribute(name);
    return typeof value === 'object' && 'nodes' in value ? value : this.refuse(`has no graph ${name}`);
  }
  /** Integers from an attribute or an input. */
  ints(name: string, k: number): readonly number[] | undefined {
    const own = this.list(name);
    if (own) return own;
    const value = this.inputs[k];
    if (value === undefined) return undefined;
    if (!isInts(value) || value.ints.includes(null)) return this.refuse(`computes its ${name}, which are to be known`);
    return value.ints as readonly number[];
  }
  axis(initial: number, rank: number, name = 'axis'): number {
    const axis = this.number(name, initial);
    const d = axis < 0 ? axis + rank : axis;
    return Number.isInteger(d) && d >= 0 && d < rank ? d : this.refuse(`has axis ${axis} of ${rank}`);
  }
  axes(list: readonly number[], rank: number): number[] {
    return list.map((axis) => {
      const d = axis < 0 ? axis + rank : axis;
      return Number.isInteger(d) && d >= 0 && d < rank ? d : this.refuse(`has axis ${axis} of ${rank}`);
    });
  }
  /** A name for a layer, derived from the node's. */
  name(): string {
    const wanted =
      this.node.name.replace(/^\/+/, '').replaceAll('/', '.').slice(0, 200) || this.node.opType.toLowerCase();
    return this.scope.named(wanted);
  }
  /** Zeros of a shape in which the batch size may be unknown. */
  zeros(sizes: readonly (number | null)[], dtype: DType): Tensor {
    const open = sizes.indexOf(null);
    const batch = this.scope.batch;
    if (!batch || open < 0 || sizes.lastIndexOf(null) !== open)
      return this.refuse('repeats something as often as an open size says');
    const rest = range(batch.shape.length - 1).map((d) => d + 1);
    const zero = ops['cast'](ops['max'](ops['zerosLike'](batch), { axis: rest }), dtype);
    const column = ops['reshape'](
      zero,
      sizes.map((_, d) => (d === open ? -1 : 1)),
    );
    const t = ops['add'](
      column,
      ops['zeros'](
        sizes.map((n) => n ?? 1),
        { dtype },
      ),
    );
    allZero.add(t);
    return t;
  }
  /** A layer of Keras with the node's name, called on tensors. */
  layer(className: string, config: Readonly<Record<string, unknown>>, x: unknown): Tensor {
    return call(layer(className, { ...config, name: this.name() }), x);
  }
  /** The same with weights of the file. */
  weighted(
    className: string,
    config: Readonly<Record<string, unknown>>,
    x: unknown,
    weights: readonly Tensor[],
  ): Tensor {
    const made: AnyLayer = layer(className, { ...config, name: this.name() });
    const y = call(made, x);
    made.setWeights(weights as Tensor[]);
    return y;
  }
  /** The one node that reads this node's result, if it is of the given kind and adds a constant; and that constant. */
  addedConstant(): { readonly node: FileNode; readonly constant: Tensor } | undefined {
    const next = this.scope.consumer(this.node.outputs[0]);
    if (next?.opType !== 'Add') return undefined;
    const other = next.inputs.find((name) => name !== this.node.outputs[0]);
    const value = other === undefined ? undefined : this.scope.find(other);
    if (!value || isInts(value) || value.t instanceof KerasTensor) return undefined;
    return { node: next, constant: plain(value) };
  }
}
