import * as keras from '../../src/index.ts';
import { maskOf } from '../../src/layers/layer/masks.ts';
import { type Known, sizeOf } from './catalogue/entry.ts';
import { type LayerCall, type ModelDescription, perOutput } from './description.ts';
import type { Bounds } from './generate.ts';

type Beginning = Pick<ModelDescription, 'seed' | 'batch' | 'policy' | 'inputs'>;
type AnyCall = (...args: unknown[]) => unknown;

/** Makes a functional model call by call. */
export class ModelBuilder {
  private readonly tensors = new Map<number, keras.KerasTensor>();
  readonly known: Known[] = [];
  readonly inputCount: number;
  private readonly layers: AnyCall[] = [];
  private readonly beginning: Beginning;

  constructor(beginning: Beginning) {
    this.beginning = beginning;
    keras.utils.setRandomSeed(beginning.seed);
    this.inputCount = beginning.inputs.length;
    for (const [id, { shape, below }] of beginning.inputs.entries()) {
      const tensor = keras.Input({ shape, batchSize: beginning.batch, ...(below !== undefined && { dtype: 'int32' }) });
      this.keep(id, tensor, { learns: false, ...(below !== undefined && { below }) });
    }
  }
  private keep(id: number, tensor: keras.KerasTensor, about: Pick<Known, 'learns' | 'below'>): void {
    const masked = maskOf(tensor) !== undefined;
    this.known.push({ id, shape: tensor.shape.slice(1) as number[], masked, ...about });
    this.tensors.set(id, tensor);
  }
  /** The tensor of that number. */
  at(id: number): keras.KerasTensor {
    const tensor = this.tensors.get(id);
    if (!tensor) throw new Error(`the description has no tensor ${id}`);
    return tensor;
  }

  /** Calls the layer; undefined, and nothing has changed, where it is too large for the bounds. */
  add(call: LayerCall, bounds?: Bounds): LayerCall | undefined {
    const { policy, batch } = this.beginning;
    const on = call.on.map((x) => (typeof x === 'number' ? this.at(x) : x.map((n) => this.at(n))));
    const layer =
      typeof call.layer === 'number'
        ? this.layers[call.layer]!
        : (keras.layers.deserialize({
            module: 'keras.layers',
            registered_name: null,
            ...call.layer,
            config: { ...(policy && { dtype: policy }), ...call.layer.config },
          } as never) as unknown as AnyCall);
    const found = [layer(...on)].flat() as keras.KerasTensor[];
    if (bounds) {
      const largest = Math.max(...found.map(({ shape }) => sizeOf(shape.slice(1) as number[])));
      const weights = (layer as unknown as keras.Layer).countParams();
      const places = (batch * largest) / Math.max(1, found[0]!.shape.at(-1) ?? 1);
      if (largest === 0 || batch * largest > bounds.elements || weights * places > bounds.products) return undefined;
    }
    this.layers.push(layer);
    const learns =
      (layer as unknown as keras.Layer).trainableWeights.length > 0 ||
      call.on.flat().some((n) => this.known.some(({ id, learns }) => id === n && learns));
    const first = this.inputCount + this.layers.length - 1;
    for (const [k, tensor] of found.entries()) this.keep(first + k * perOutput, tensor, { learns });
    return call;
  }
}

/** The described model, compiled, with the weights that its seed gives. */
export function buildModel(description: ModelDescription): keras.Model {
  const builder = new ModelBuilder(description);
  for (const call of description.calls) builder.add(call);
  const model = new keras.Model({
    inputs: description.inputs.map((_, n) => builder.at(n)),
    outputs: description.outputs.map(({ tensor }) => builder.at(tensor)),
  });
  compileModel(model, description);
  return model;
}

/** Gives the model a new optimizer, losses and metrics. */
export function compileModel(model: keras.Model, { outputs, optimizer }: ModelDescription): void {
  model.compile({
    optimizer: keras.optimizers.deserialize({
      module: 'keras.optimizers',
      registered_name: null,
      ...optimizer,
    } as never),
    loss: outputs.map(({ loss }) =>
      keras.losses.deserialize({ module: 'keras.losses', registered_name: null, config: {}, ...loss } as never),
    ) as never,
    metrics: outputs.map(({ metrics = [] }) => [...metrics]),
  });
}
