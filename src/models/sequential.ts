import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { requireOptions } from '../base/field/resolve.ts';
import { countCalls } from '../base/numbered-calls.ts';
import { optionsOf } from '../base/options.ts';
import {
  type Config,
  type CustomObjects,
  deserializeObject,
  type SerializableClass,
  serializeObject,
} from '../base/registry/serialize.ts';
import type { SymbolicShape } from '../base/shape.ts';
import { Input, InputLayer } from '../layers/core/input-layer.ts';
import { inner } from '../layers/layer/inner.ts';
import { type AnyLayer, isLayer, type LayerOptions } from '../layers/layer/layer.ts';
import { serializeOperation } from '../saving/config/operation-config.ts';
import { KerasTensor, type Tensor } from '../tensor/index.ts';
import { functionalGraph } from './functional/functional-graph.ts';
import { graphOf, setGraph } from './functional/graph-of.ts';
import { Model } from './model.ts';
import { registerModels } from './register.ts';

/** Options of `Sequential`. */
export interface SequentialOptions extends LayerOptions {
  /** Layers, starting from the input; more can be added with `add`. */
  readonly layers?: readonly (AnyLayer | KerasTensor)[];
}

/**
 * A linear stack of layers. Start it with `Input({ shape })`, or let the first data determine the shape.
 * @example new Sequential([Input({ shape: [8] }), new layers.Dense({ units: 32, activation: 'relu' }), new layers.Dense({ units: 10 })])
 */
export class Sequential extends Model {
  static override readonly className = 'Sequential';
  readonly #stack: AnyLayer[] = [];

  /** Takes the layers and further options, or everything in one object. */
  constructor(
    given: SequentialOptions | readonly (AnyLayer | KerasTensor)[] = {},
    options: SequentialOptions = {},
    ...surplus: undefined[]
  ) {
    const own = Array.isArray(given) ? { layers: given } : given;
    requireOptions('Sequential', {}, own);
    requireOptions('Sequential', {}, options);
    const { layers = [], ...rest } = { ...own, ...options } as SequentialOptions;
    super(rest, ...surplus);
    for (const layer of layers) this.add(layer, { rebuild: false });
    this.#rebuild();
  }

  /** Adds a layer on top of the stack. */
  add(
    layer: AnyLayer | KerasTensor,
    options: {
      /** Whether the model is built at once where its input is known; true by default. */
      readonly rebuild?: boolean;
    } = {},
  ): void {
    const { rebuild = true } = optionsOf(this, { rebuild: true }, options);
    const operation = layer instanceof KerasTensor ? (layer.history?.node.operation as AnyLayer | undefined) : layer;
    if (!operation || !(typeof operation === 'function' && isLayer(operation)))
      fail(
        this,
        `add() was given ${String(layer)}, which is no layer`,
        'pass a layer, or Input({ shape }) at the beginning',
      );
    if (this.#stack.some((other) => other.name === operation.name))
      fail(this, `it has a layer named "${operation.name}" already`, 'give each layer a name of its own');
    if (operation instanceof InputLayer && this.#stack.length > 0)
      fail(this, 'an Input can only stand at the beginning', 'begin with it');
    this.#stack.push(operation);
    this.#forgetGraph();
    if (rebuild) this.#rebuild();
  }
  /** Removes the last layer. */
  pop(
    options: {
      /** Whether the model is built at once where its input is known; true by default. */
      readonly rebuild?: boolean;
    } = {},
  ): AnyLayer | undefined {
    const { rebuild = true } = optionsOf(this, { rebuild: true }, options);
    const layer = this.#stack.pop();
    this.#forgetGraph();
    if (rebuild) this.#rebuild();
    return layer;
  }
  /** Without a graph, the model holds the layers of the stack. */
  #forgetGraph(): void {
    setGraph(this as AnyLayer, undefined);
    this[inner].held = this.layers;
  }
  #rebuild(): void {
    this.built = false;
    const first = this.#stack[0];
    if (first instanceof InputLayer && this.#stack.length > 1) this.build(first.batchShape);
  }

  override build(inputShape?: SymbolicShape): void {
    if (this.#stack.length === 0) return;
    if (!inputShape) fail(this, 'build needs the shape of the input', 'e.g. model.build([null, 8])');
    const first = this.#stack[0];
    const input = first instanceof InputLayer ? first.output : Input({ batchShape: [null, ...inputShape.slice(1)] });
    const rest = first instanceof InputLayer ? this.#stack.slice(1) : this.#stack;
    const output = rest.reduce<Tensor>((x, layer) => layer(x) as Tensor, input);
    setGraph(this as AnyLayer, functionalGraph(`${this.className} "${this.name}"`, input, output as KerasTensor));
    this[inner].held = this.layers;
  }
  /** The layers, without the Input. */
  override get layers(): AnyLayer[] {
    return this.#stack.filter((layer) => !(layer instanceof InputLayer));
  }
  override get operations(): AnyLayer[] {
    return this.layers;
  }
  override getConfig(): Config {
    const graph = graphOf(this);
    const entry =
      graph && !(this.#stack[0] instanceof InputLayer) ? [graph.inputs[0].history!.node.operation as AnyLayer] : [];
    const shape = graph?.inputs[0]?.symbolicShape;
    const layers = [...entry, ...this.#stack].map(serializeOperation);
    const own = this.layers;
    // Keras calls all layers again whenever one is added.
    if (graph)
      countCalls(
        graph,
        own.map((layer, k) => [layer, own.length - k]),
      );
    return {
      name: this.name,
      trainable: this.trainable,
      dtype: serializeObject(this.dtypePolicy),
      layers,
      ...(shape && { build_input_shape: shape }),
    };
  }
  static override fromConfig(config: Config, customObjects?: CustomObjects): Sequential {
    const shape = (config['build_input_shape'] ?? config['_build_input_shape']) as SymbolicShape | undefined;
    // The model builds the layers if it can, so that weight paths start with its name.
    const layers = (config['layers'] as Config[]).map(
      (layer) => deserializeObject(shape ? { ...layer, build_config: undefined } : layer, customObjects) as AnyLayer,
    );
    const model = new Sequential({ layers, name: config['name'] as string, trainable: config['trainable'] !== false });
    if (shape && !model.built) model.build(shape);
    return model;
  }

  static {
    exactMethods<Sequential>(this, { add: 2, pop: 1 });
  }
}

registerModels(Sequential as SerializableClass);
