import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import type { Fields, Options, Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { type Shape, type SymbolicShape, showShape } from '../../base/shape.ts';
import { cast, zeros } from '../../ops/index.ts';
import { mapTensors, Tensor, tensorsIn, Variable } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import { inner, type LayerState, optionsOf } from '../layer/inner.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { type Cell, initialStatesOf, type StateSize, type States, zeroStates } from './cell.ts';
import type { sequenceFields } from './fields.ts';
import { recur } from './recurrence.ts';

/** Options of a recurrent layer's call. */
export interface RecurrentCallOptions extends CallOptions {
  /** The states before the first step: one tensor, or a list; zeros by default. */
  readonly initialState?: States | null | undefined;
}
/** What a recurrent layer returns: one tensor, or, with `returnState`, a list of the output and the states. */
export type RecurrentOutput = Tensor & readonly Tensor[];

/** States that are kept from batch to batch. They are variables of the layer, but not weights. */
class KeptStates {
  readonly variables: Variable[];
  readonly form: States;
  constructor(form: States) {
    this.form = form;
    this.variables = tensorsIn(form).map((t) => new Variable(t, { trainable: false, name: 'rnn_state' }));
  }
  read(): States {
    let at = 0;
    return mapTensors(this.form, () => this.variables[at++].read()) as States;
  }
}

type SequenceOptions = Omit<Resolved<typeof sequenceFields>, 'zeroOutputForMask'>;
// biome-ignore lint/correctness/noUnusedVariables: merged with the class, it must have the same parameters
export interface RecurrentLayer<S extends Fields> extends SequenceOptions {}
/** A layer that runs a cell over sequences `[n, t, …]`. */
export abstract class RecurrentLayer<S extends Fields> extends Layer<
  S,
  [sequences: Tensor, options?: RecurrentCallOptions],
  RecurrentOutput
> {
  static override readonly takesMask = true;
  static override readonly notesTraining = true;
  override inputSpec: InputSpec = {};
  abstract readonly cell: Cell;
  override supportsMasking = true;
  /** Whether the output of masked steps is 0 instead of the previous output. */
  zeroOutputForMask: boolean;
  #kept: KeptStates | null = null;

  constructor(options: Options<S> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    this.zeroOutputForMask = (optionsOf(this) as Resolved<typeof sequenceFields>).zeroOutputForMask;
  }

  override build(inputShape: SymbolicShape): void {
    const step = [inputShape[0], ...inputShape.slice(2)];
    this.cell.build(step);
    if (!this.stateful) return;
    if (inputShape.some((n, d) => d !== 1 && n === null))
      fail(
        this,
        `a stateful layer needs a batch of known size, inputs have shape ${showShape(inputShape)}`,
        'give the input a batchSize, e.g. Input({ shape, batchSize: 32 })',
      );
    this.#kept = new KeptStates(this.firstStates(step as number[]));
    this[inner].keepers.push(this.#kept);
  }
  /** The states before the first step, for inputs of one step of the given shape. */
  protected firstStates(step: Shape): States {
    return initialStatesOf(this.cell, step[0]);
  }
  /** The states before the first step. */
  getInitialState(batchSize: number): States {
    return initialStatesOf(this.cell, batchSize);
  }
  /** Variables that keep the states between batches. */
  get states(): readonly Variable[] {
    return this.#kept?.variables ?? [];
  }
  /** Sizes of the states: a number if there is one, otherwise a list. */
  get stateSize(): StateSize {
    return this.cell.stateSize;
  }
  /** Whether there is one state. */
  get singleState(): boolean {
    return typeof this.stateSize === 'number';
  }
  /** Another name of `resetState`. */
  resetStates(): void {
    this.resetState();
  }
  /** Resets the states, so that the next batch starts from zeros. */
  resetState(): void {
    for (const state of this.states) state.assign(zeros(state.shape, { dtype: state.dtype }));
  }

  call(sequences: Tensor, { initialState, mask, training = false }: RecurrentCallOptions = {}): RecurrentOutput {
    const steps = sequences.shape[1];
    if (steps === 0) fail(this, 'the sequences have no steps', 'give at least one');
    const begin =
      initialState ?? this.#kept?.read() ?? this.firstStates([sequences.shape[0], ...sequences.shape.slice(2)]);
    const initial = mapTensors(begin instanceof Tensor ? [begin] : begin, (s) => cast(s, this.computeDtype)) as States;
    const batch = tensorsIn(initial)[0].shape[0];
    if (batch !== sequences.shape[0])
      fail(
        this,
        `the states are for a batch of ${batch}, the inputs have shape ${showShape(sequences.shape)}`,
        this.stateful ? 'give a stateful layer batches of the size it was built on' : 'give both the same batch size',
      );
    const { goBackwards, unroll, zeroOutputForMask, returnSequences } = this;
    const [output, states] = recur(this.cell, sequences, initial, {
      mask,
      training,
      goBackwards,
      unroll,
      zeroOutputForMask,
      returnSequences,
    });
    if (this.#kept) tensorsIn(states).forEach((s, k) => this.#kept!.variables[k].assign(cast(s, this.variableDtype)));
    return (this.returnState ? [output, ...(states as readonly States[])] : output) as RecurrentOutput;
  }
  override computeMask(_inputs: unknown, mask: Tensor | null | undefined): any {
    const own = this.returnSequences ? (mask ?? null) : null;
    if (!this.returnState) return own;
    return [own, ...tensorsIn(zeroStates(this.cell.stateSize, 1)).map(() => null)];
  }
  override getConfig(): Config {
    return { ...super.getConfig(), zero_output_for_mask: this.zeroOutputForMask };
  }

  static {
    exactMethods(this);
  }
}

/** Those of a layer's options that its cell takes. */
export function cellOptions<S extends Fields>(
  layer: {
    readonly [inner]: LayerState<any>;
    readonly dtypePolicy: LayerOptions['dtype'];
    readonly trainable: boolean;
  },
  fields: S,
  name: string,
): Options<S> & LayerOptions {
  const config = optionsOf(layer) as Record<string, unknown>;
  const own = Object.fromEntries(Object.keys(fields).map((key) => [key, config[key]]));
  return { ...own, name, dtype: layer.dtypePolicy, trainable: layer.trainable } as Options<S> & LayerOptions;
}
