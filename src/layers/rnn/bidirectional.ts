import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { f, type Options, type Resolved } from '../../base/field/field.ts';
import { type Config, remake } from '../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { add, cast, concatenate, divide, flip, multiply } from '../../ops/index.ts';
import { noted, type Tensor } from '../../tensor/index.ts';
import { optionsOf } from '../layer/inner.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { layerField, serializeLayer } from '../nested-layer.ts';
import type { States } from './cell.ts';
import { type NotedRecurrence, wayOf } from './recurrence.ts';
import { type RecurrentCallOptions, RecurrentLayer, type RecurrentOutput } from './recurrent-layer.ts';

const fields = {
  /** The layer that reads forwards; its copy, or `backwardLayer`, reads backwards. */
  layer: layerField(),
  /** How the two outputs are joined; null returns both. */
  mergeMode: f.nullable(f.oneOf(['concat', 'sum', 'ave', 'mul'], 'concat'), 'concat'),
  /** The layer that reads sequences backwards. */
  backwardLayer: f.nullable(layerField()),
};
type Inner = RecurrentLayer<{}>;
const joins = {
  concat: (x: Tensor, y: Tensor): Tensor => concatenate([x, y], { axis: -1 }),
  sum: (x: Tensor, y: Tensor): Tensor => add(x, y),
  ave: (x: Tensor, y: Tensor): Tensor => divide(add(x, y), 2),
  mul: (x: Tensor, y: Tensor): Tensor => multiply(x, y),
};

export interface Bidirectional extends Omit<Resolved<typeof fields>, 'layer' | 'backwardLayer'> {}
/** A recurrent layer that reads sequences from both ends. @example new Bidirectional({ layer: new LSTM({ units: 16 }) })(x) @see https://keras.io/api/layers/recurrent_layers/bidirectional/ */
export class Bidirectional extends Layer<
  typeof fields,
  [sequences: Tensor, options?: RecurrentCallOptions],
  RecurrentOutput
> {
  static override readonly className = 'Bidirectional';
  static override readonly attributesInKeras = { forward: 'forward_layer', backward: 'backward_layer' };
  static override readonly fields = fields;
  static override readonly takesMask = true;
  override supportsMasking = true;
  /** The layer that reads sequences from the first step to the last. */
  readonly forwardLayer: Inner;
  private readonly backward: Inner;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { layer, backwardLayer } = optionsOf(this);
    for (const given of [layer, ...(backwardLayer ? [backwardLayer] : [])])
      if (!(given instanceof RecurrentLayer))
        fail(this, `the layer ${String(given)} is not recurrent`, 'give an RNN, LSTM, GRU or SimpleRNN');
    this.forwardLayer = copyOf(layer as Inner, 'forward_', {});
    this.backward = backwardLayer
      ? (backwardLayer as Inner)
      : copyOf(layer as Inner, 'backward_', { go_backwards: !(layer as Inner).goBackwards });
    this.#checkPair();
    // Padding must not be repeated into what the other direction gives.
    for (const inner of [this.forwardLayer, this.backwardLayer]) inner.zeroOutputForMask = inner.returnSequences;
    this.inputSpec = this.forwardLayer.inputSpec;
  }
  /** The layer that reads forwards. */
  get layer(): Inner {
    return this.forwardLayer;
  }
  /** The layer that reads sequences backwards. */
  get backwardLayer(): Inner {
    return this.backward;
  }
  #checkPair(): void {
    const [forward, backward] = [this.forwardLayer, this.backwardLayer];
    if (forward.goBackwards === backward.goBackwards)
      fail(
        this,
        'layer and backward_layer (backwardLayer) have the same go_backwards (goBackwards): they read in the same direction',
        'give backwardLayer goBackwards: true',
      );
    for (const [key, option] of [
      ['returnSequences', 'return_sequences'],
      ['returnState', 'return_state'],
      ['stateful', 'stateful'],
    ] as const)
      if (forward[key] !== backward[key])
        fail(
          this,
          `layer and backward_layer (backwardLayer) differ in ${key} (${option}): ${forward[key]} and ${backward[key]}`,
          'give both the same',
        );
  }

  override build(inputShape: SymbolicShape): void {
    this.forwardLayer.build(inputShape);
    this.backwardLayer.build(inputShape);
  }
  /** Whether it returns the output of each step instead of the last one. */
  get returnSequences(): boolean {
    return this.forwardLayer.returnSequences;
  }
  /** Whether the last states of both layers follow the output. */
  get returnState(): boolean {
    return this.forwardLayer.returnState;
  }
  /** Whether each batch starts from the states at the end of the previous one. */
  get stateful(): boolean {
    return this.forwardLayer.stateful;
  }
  /** Another name of `resetState`. */
  resetStates(): void {
    this.resetState();
  }
  /** Resets the states, so that the next batch starts from zeros. */
  resetState(): void {
    this.forwardLayer.resetState();
    this.backwardLayer.resetState();
  }
  /** The states that a stateful layer keeps: of the forward layer, then of the backward layer. */
  get states() {
    return [...this.forwardLayer.states, ...this.backwardLayer.states];
  }
  call(sequences: Tensor, { initialState, ...options }: RecurrentCallOptions = {}): RecurrentOutput {
    const given = initialState as readonly States[] | null | undefined;
    const half = (given?.length ?? 0) / 2;
    const run = (layer: Inner, states: readonly States[] | undefined): readonly Tensor[] => {
      const found = layer(sequences, { ...options, ...(states && { initialState: states }) });
      return this.forwardLayer.returnState ? (found as readonly Tensor[]) : [found as Tensor];
    };
    const { forwardLayer, backwardLayer, returnSequences } = this;
    const states = [given?.slice(0, half), given?.slice(half)] as const;
    const [[x, ...forward], [y, ...backward]] = noted(
      'recurrence',
      (): NotedRecurrence => ({
        sequences,
        ways: [forwardLayer, backwardLayer].map((l, k) => wayOf(l.cell, l.goBackwards, states[k])),
        mask: options.mask,
        returnSequences,
      }),
      () => {
        const first = run(forwardLayer, states[0]);
        const [raw, ...last] = run(backwardLayer, states[1]);
        return [first, [returnSequences ? flip(raw, { axis: 1 }) : raw, ...last]] as const;
      },
    );
    const joined = this.mergeMode
      ? [joins[this.mergeMode](cast(x, this.computeDtype), cast(y, this.computeDtype))]
      : [x, y];
    const all = [...joined, ...forward, ...backward];
    return (all.length === 1 ? all[0] : all) as RecurrentOutput;
  }
  override computeMask(_inputs: unknown, mask: Tensor | null | undefined): any {
    const own = this.forwardLayer.returnSequences ? (mask ?? null) : null;
    return this.mergeMode === null ? [own, own] : [own];
  }
  override getConfig(): Config {
    return {
      ...super.getConfig(),
      layer: serializeLayer(this.forwardLayer),
      backward_layer: serializeLayer(this.backwardLayer),
    };
  }

  static {
    exactMethods(this);
  }
}

/** A layer made again from its config, under a name with a prefix. */
function copyOf(layer: Inner, prefix: string, changes: Config): Inner {
  const { name } = layer;
  return remake(layer, { ...changes, name: prefix + (name.startsWith(prefix) ? name.slice(prefix.length) : name) });
}
