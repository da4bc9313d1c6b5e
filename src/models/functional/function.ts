import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { optionsOf } from '../../base/options.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { leavesOf, type Tree } from '../../base/tree.ts';
import { mapShapes, type Shapes } from '../../layers/layer/shapes.ts';
import { Operation } from '../../layers/operation.ts';
import {
  type Operation as GraphOperation,
  KerasTensor,
  type Like,
  mapTensors,
  type Tensor,
} from '../../tensor/index.ts';
import { type FunctionalGraph, functionalGraph, runGraph } from './functional-graph.ts';

/** Options of `Function`: where a computation begins and what it gives. */
export interface FunctionOptions {
  /** The KerasTensors at which the computation starts, in any structure. */
  readonly inputs: Tree<KerasTensor>;
  /** The KerasTensors computed from them. */
  readonly outputs: Tree<KerasTensor>;
  /** Name in functional models that contain it; by default made from the class name. */
  readonly name?: string;
}

/**
 * A computation between KerasTensors that can be repeated on other tensors: a functional model without weights of its
 * own, training or files. Layers on the way keep their weights.
 * @see https://keras.io/api/ops/
 */
class GraphFunction extends Operation<[inputs: any], any> {
  static override readonly className: string = 'Function';
  readonly #graph: FunctionalGraph;

  constructor(options: FunctionOptions, ...surplus: undefined[]) {
    const { inputs, outputs, name } = optionsOf('Function', { inputs: true, outputs: true, name: true }, options);
    super({ name }, ...surplus);
    for (const [role, given] of Object.entries({ inputs, outputs }))
      if (given === undefined || leavesOf(given).length === 0)
        fail(this, `it has no ${role}`, 'pass KerasTensors: new Function({ inputs, outputs })');
    this.#graph = functionalGraph(this.#who, inputs, outputs);
  }
  get #who(): string {
    return `Function "${this.name}"`;
  }
  /** Layers and ops between the inputs and the outputs. */
  get operations(): GraphOperation[] {
    return [...this.#graph.operations];
  }
  /** The KerasTensors at which it starts, as a list. */
  get inputs(): KerasTensor[] {
    return [...this.#graph.inputs];
  }
  get outputs(): KerasTensor[] {
    return [...this.#graph.outputs];
  }
  /** The outputs, in their structure, for tensors in the structure of the inputs. */
  call(inputs: Tree<Like>): Tree<Tensor> {
    return runGraph(this.#who, this.#graph, inputs);
  }
  /** The shapes of the outputs for inputs of other shapes, each in its structure. */
  computeOutputShape(inputShapes: Shapes): unknown {
    const { inputs } = this.#graph;
    let at = 0;
    const tensors = mapShapes(inputShapes, (shape) => new KerasTensor(shape, { dtype: inputs[at++]?.dtype }));
    return mapTensors(this.computeOutputSpec(tensors), (t) => (t as KerasTensor).symbolicShape);
  }
  override getConfig(): Config {
    return fail(this, 'a function cannot be written to a config', 'save a keras.Model of the same inputs and outputs');
  }

  static {
    exactMethods(this);
  }
}

export { GraphFunction as Function };
