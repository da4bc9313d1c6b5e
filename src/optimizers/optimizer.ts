import { toSnakeCase } from '../base/case.ts';
import { showAsText } from '../base/display.ts';
import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { exposeOptions } from '../base/exposed.ts';
import { optionsToConfig } from '../base/field/disk.ts';
import type { Fields, Options, Resolved } from '../base/field/field.ts';
import { resolveOptions } from '../base/field/resolve.ts';
import { autoName } from '../base/naming.ts';
import { optionsOf, refuseBeside } from '../base/options.ts';
import { classNameOf, fieldsOf, makeFromConfig, partOptions } from '../base/registry/configured.ts';
import { type Config, serializeObject } from '../base/registry/serialize.ts';
import { refuseUndescribed } from '../base/registry/undescribed.ts';
import type { Shape } from '../base/shape.ts';
import * as initializers from '../initializers/index.ts';
import { add, cast, divide, equal, floorDivide, mod, multiply, where } from '../ops/index.ts';
import { asTensor, atPath, inPartOfStep, type Like, outsideOfTraces, type Tensor, Variable } from '../tensor/index.ts';
import { changeOnlyIf } from './change-only-if.ts';
import { clipGradients } from './clipping.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { updateAverages } from './moving-averages.ts';
import {
  besideEach,
  type OptimizerVariableOptions,
  setOwnValues,
  storeValues,
  variableOptions,
} from './own-variables.ts';
import { LearningRateSchedule } from './schedules/schedule.ts';
import { makeSlots, nameBeside, ownVariable, type Slot, type SlotsByName } from './slots.ts';
import { applyStatelessly } from './stateless-apply.ts';
import { decayValue, type UndecayedOptions, undecayed } from './undecayed.ts';
import { callCount, overwriteValues, type Pair, pairUp, trained, type Update, updateCount } from './update.ts';

export type { Slot } from './slots.ts';
export { callCount, trained, type Update, updateCount };

export interface OptimizerOptions {
  /** Name of the optimizer; the snake_case of the class by default. */
  readonly name?: string | undefined;
}

/**
 * Changes variables by their gradients. A concrete optimizer declares its options, names its slots, and writes `update`.
 * @see https://keras.io/api/optimizers/
 */
export abstract class Optimizer<S extends Fields = typeof optimizerFields> {
  static readonly className: string;
  static readonly fields: Fields = optimizerFields;
  readonly name: string;
  /** The options as resolved. */
  readonly config: Resolved<S>;
  /** Factor of the loss; an optimizer that wraps this one may apply it instead. */
  lossScaleFactor: number | null;
  /** Whether `build` has run, so that the slots of the variables exist. */
  built = false;
  readonly #calls: Variable;
  readonly #updates: Variable;
  #known: readonly Variable[] = [];
  #rate: Variable | LearningRateSchedule<any>;
  readonly #base: Resolved<typeof optimizerFields>;
  readonly #own: Variable[] = [];
  #slots: ReadonlyMap<Variable, SlotsByName> = new Map();
  /** The moving average of each variable, with `useEma`. */
  readonly averages = new Map<Variable, Variable>();
  readonly #sums = new Map<Variable, Variable>();
  #isUndecayed: (variable: Variable) => boolean = () => false;

  constructor(options: Options<S> & OptimizerOptions = {} as Options<S>, ...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    const { className } = this;
    const [config, { name }] = partOptions<S, OptimizerOptions>(this, options, ['name']);
    this.config = config;
    this.#base = { ...resolveOptions(className, optimizerFields, {}), ...config };
    exposeOptions(this, this.#base);
    this.name = name ?? autoName(toSnakeCase(className));
    const { clipnorm, clipvalue, globalClipnorm, lossScaleFactor } = this.#base;
    if ([clipnorm, clipvalue, globalClipnorm].filter((x) => x !== null).length > 1)
      fail(this, 'more than one of clipnorm, clipvalue and globalClipnorm is set', 'choose one of them');
    this.lossScaleFactor = lossScaleFactor;
    const counter = { shape: [], dtype: 'int32' } as const;
    this.#calls = this.track('iteration', counter);
    this.#updates = this.#base.gradientAccumulationSteps === null ? this.#calls : this.#make('iteration', counter);
    const { initialRate } = this;
    this.#rate =
      initialRate instanceof LearningRateSchedule
        ? initialRate
        : this.track('learning_rate', { shape: [], dtype: 'float32' }, initialRate);
  }
  /** Counts the calls of `apply`. */
  protected get [callCount](): Variable {
    return this.#calls;
  }
  /** The variables that it trains. */
  protected get [trained](): readonly Variable[] {
    return this.#known;
  }
  /** The name of its class, by which files refer to it. */
  get className(): string {
    return classNameOf(this);
  }
  toString(): string {
    const rate = this.#rate;
    return `<${this.className} name=${this.name}, learningRate=${rate instanceof LearningRateSchedule ? rate : this.#base.learningRate}>`;
  }
  protected get initialRate(): number | LearningRateSchedule<any> {
    return this.#base.learningRate;
  }
  protected get hasSchedule(): boolean {
    return this.#rate instanceof LearningRateSchedule;
  }

  /** Makes a variable that belongs to the optimizer, for use in `build`. */
  addVariable(shape: Shape, options: OptimizerVariableOptions = {}): Variable {
    const { name = 'variable', initializer = 'zeros', dtype = 'float32' } = optionsOf(this, variableOptions, options);
    return this.track(name, { shape, dtype }, initializers.get(initializer)!(shape, { dtype }));
  }
  /** Makes a variable of the same shape as another, zeros by default: what an optimizer keeps for each variable that it trains. */
  addVariableFromReference(reference: Variable, options: OptimizerVariableOptions = {}): Variable {
    const { name = 'slot', initializer = 'zeros' } = optionsOf(this, variableOptions, options);
    const { shape, dtype } = reference;
    return this.addVariable(shape, { name: nameBeside(reference, name), initializer, dtype });
  }
  /** The same for several variables; with several names, a list for each name. */
  addOptimizerVariables<N extends string | readonly string[]>(
    variables: readonly Variable[],
    names: N,
    options: Pick<OptimizerVariableOptions, 'initializer'> = {},
  ): N extends string ? Variable[] : Variable[][] {
    const { initializer = 'zeros' } = optionsOf(this, { initializer: true }, options);
    return besideEach(variables, names, (v, name) => this.addVariableFromReference(v, { name, initializer }));
  }
  /** Position of a variable among those that it trains. */
  getVariableIndex(variable: Variable): number {
    return this.#known.indexOf(variable);
  }
  /** Sets a variable, as updates do; a subclass may override it. */
  assign(variable: Variable, value: Like): void {
    variable.assign(value);
  }
  /** Adds to a variable, as updates do; a subclass may override it. */
  assignAdd(variable: Variable, value: Like): void {
    variable.assignAdd(value);
  }
  /** Subtracts from a variable, as updates do; a subclass may override it. */
  assignSub(variable: Variable, value: Like): void {
    variable.assignSub(value);
  }
  protected track(
    name: string,
    { shape, dtype }: Pick<Variable, 'shape' | 'dtype'>,
    initial?: number | Tensor,
  ): Variable {
    const variable = this.#make(name, { shape, dtype }, initial);
    this.#own.push(variable);
    return variable;
  }
  #make(name: string, { shape, dtype }: Pick<Variable, 'shape' | 'dtype'>, initial?: number | Tensor): Variable {
    return atPath([this.name], () => ownVariable(name, { shape, dtype }, initial));
  }

  /** Slots of a variable, in rounds: all variables get those of one round before any gets those of the next. */
  protected slotsOf(_variable: Variable): readonly (readonly Slot[])[] {
    return [];
  }
  /** The change of one variable: assigns it and its slots. */
  protected update(_update: Update): void {
    fail(
      this,
      'it does not say how a variable is changed',
      'write updateStep(gradient, variable, learningRate): assign the variable, and what you keep beside it',
    );
  }
  /** Updates one variable by its gradient. A class of your own overrides this. */
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const step = cast(add(this[updateCount], 1), variable.dtype);
    this.update({ gradient, variable, learningRate, slots: this.#slots.get(variable) ?? {}, step });
  }
  /** Called before all updates of a step; `step` counts from 1. */
  protected beforeUpdates(_step: Tensor): void {}
  /** Fraction of a variable (times the learning rate) that a step subtracts. */
  protected decayOf(_variable: Variable): number | null {
    return this.#base.weightDecay;
  }

  /** Makes the slots for a model's trainable variables. */
  build(variables: readonly Variable[]): void {
    if (this.built) return;
    this.#known = [...variables];
    this.built = true;
    const { useEma, gradientAccumulationSteps } = this.#base;
    const beside = (v: Variable, name: string): Variable => this.track(nameBeside(v, name), v);
    if (useEma) for (const v of variables) this.averages.set(v, beside(v, 'average'));
    if (gradientAccumulationSteps !== null)
      for (const v of variables) this.#sums.set(v, beside(v, 'gradient_accumulator'));
    this.#slots = makeSlots(variables, (v) => this.slotsOf(v), this.track.bind(this));
  }

  /** Variables of the optimizer, in the order in which files keep them. */
  get variables(): Variable[] {
    return [...this.#own];
  }
  /** Replaces the values of `variables`, in order. */
  setWeights(values: readonly Like[]): void {
    setOwnValues(this, values);
  }
  /** Writes the values of its variables into a store, under "0", "1", …. */
  saveOwnVariables(store: Record<string, Tensor>): void {
    storeValues(this.variables, store);
  }
  /** Sets the variables from such a store. */
  loadOwnVariables(store: Readonly<Record<string, Like>>): void {
    setOwnValues(
      this,
      Object.keys(store).map((_, k) => store[k]),
    );
  }
  /**
   * Counts the updates. With `gradientAccumulationSteps` these are fewer than the calls of `apply`, which files count: the variable
   * is then set whenever it is asked for.
   */
  get iterations(): Variable {
    if (this.#updates !== this.#calls) this.#updates.assign(this[updateCount]);
    return this.#updates;
  }
  /** The same as it stands. */
  get [updateCount](): Tensor {
    const { gradientAccumulationSteps: rounds } = this.#base;
    const calls = this.#calls.value;
    return rounds === null ? calls : floorDivide(calls, rounds);
  }

  /** The learning rate of the next step. */
  get learningRate(): Tensor {
    return this.#rate instanceof Variable ? this.#rate.value : this.#rate(this[updateCount]);
  }
  /** Sets the learning rate; a compiled step sees a new number at once, a new schedule only when it is compiled again. */
  set learningRate(value: number | Tensor | LearningRateSchedule<any>) {
    if (value instanceof LearningRateSchedule) {
      if (this.#rate instanceof Variable) this.#own.splice(this.#own.indexOf(this.#rate), 1);
      this.#rate = value;
    } else if (this.#rate instanceof Variable) this.#rate.assign(asTensor(value, 'float32'));
    else
      fail(
        this,
        'its learning rate follows a schedule and cannot be set',
        'compile with a number as learning rate to set it',
      );
  }
  /** The learning rate as a number. */
  readLearningRate(): Promise<number> {
    return this.learningRate.item();
  }

  /** The loss whose gradients `apply` expects. */
  scaleLoss(loss: Tensor): Tensor {
    return this.lossScaleFactor === null ? loss : multiply(loss, this.lossScaleFactor);
  }

  /** One step: changes the variables by their gradients (null: no gradient reached it). */
  apply(gradients: readonly (Tensor | null)[], variables: readonly Variable[] = this.#known): void {
    const all = this.pair(gradients, variables);
    const pairs = all.filter(({ variable }) => !variable.overwriteWithGradient);
    if (pairs.length < all.length) {
      const { gradientAccumulationSteps: rounds } = this.#base;
      const overwriting = all.filter((pair) => !pairs.includes(pair));
      overwriteValues(overwriting, this.#sums, rounds === null ? null : this.#isDue(rounds));
    }
    const scale = this.lossScaleFactor;
    inPartOfStep('optimizer', () =>
      this.#applyPairs(
        scale === null ? pairs : pairs.map((pair) => ({ ...pair, gradient: divide(pair.gradient, scale) })),
      ),
    );
    for (const { variable } of pairs) if (variable.constraint) variable.assign(variable.constraint(variable.read()));
    this.#calls.assign(add(this.#calls.read(), 1));
  }
  /** The same for pairs of a gradient and its variable. */
  applyGradients(pairs: readonly (readonly [gradient: Tensor | null, variable: Variable])[]): void {
    this.apply(
      pairs.map(([gradient]) => gradient),
      pairs.map(([, variable]) => variable),
    );
  }
  /**
   * The step as a function: new values of the trained variables, and of the optimizer's own, from old ones. Lists are in the
   * order of the variables that it was built for, and of `optimizer.variables`.
   */
  statelessApply(
    optimizerVariables: readonly Like[],
    gradients: readonly (Tensor | null)[],
    trainableVariables: readonly Like[],
  ): [trainableVariables: Tensor[], optimizerVariables: Tensor[]] {
    return applyStatelessly(this, this.#known, [optimizerVariables, trainableVariables], gradients);
  }
  /** Gradients with their variables; those that no gradient reached are left out. */
  protected pair(gradients: readonly (Tensor | null)[], variables: readonly Variable[]): Pair[] {
    // Variables are made with concrete values, even while a step is being recorded.
    return pairUp(this, gradients, variables, () => {
      if (!this.built) outsideOfTraces(() => this.build(variables));
      return this.#known;
    });
  }

  /** With `gradientAccumulationSteps`: whether this call is the one that updates. */
  #isDue(rounds: number): Tensor {
    return equal(mod(add(this.#calls.read(), 1), rounds), 0);
  }
  #applyPairs(pairs: readonly Pair[]): void {
    const { gradientAccumulationSteps: rounds } = this.#base;
    if (rounds === null) {
      this.#change(pairs);
      this.#average();
      return;
    }
    const isDue = this.#isDue(rounds);
    const sums = pairs.map(({ variable, gradient }) => add(gradient, this.#sums.get(variable)!.read()));
    const accumulators = [...this.#sums.values()];
    const others = this.#own.filter((v) => !accumulators.includes(v));
    changeOnlyIf(isDue, [...this.#known, ...others], () => {
      this.#change(pairs.map(({ variable }, k) => ({ variable, gradient: divide(sums[k], rounds) })));
      this.#average();
    });
    pairs.forEach(({ variable }, k) => this.#sums.get(variable)!.assign(where(isDue, 0, sums[k]) as Tensor));
  }

  /** Clips, decays and updates. */
  #change(pairs: readonly Pair[]): void {
    const clipped = clipGradients(
      pairs.map(({ gradient }) => gradient),
      this.#base,
    );
    const rate = this.learningRate;
    const step = add(this[updateCount], 1);
    for (const { variable } of pairs)
      if (!this.#isUndecayed(variable)) decayValue(variable, this.decayOf(variable), rate);
    this.beforeUpdates(cast(step, 'float32'));
    pairs.forEach(({ variable }, k) => {
      const { dtype } = variable;
      this.updateStep(cast(clipped[k], dtype), variable, cast(rate, dtype));
    });
  }

  /** Leaves variables, or those whose name matches one of the patterns, out of weight decay. Before `build`. */
  excludeFromWeightDecay(options: UndecayedOptions): void {
    this.#isUndecayed = undecayed(this, options);
  }
  #average(): void {
    updateAverages(this.averages, this[updateCount], this.#base);
  }
  /** At the end of training, replaces the weights (or the given ones) by their averages, if there are any. */
  finalizeVariableValues(variables: readonly Variable[] = this.#known): void {
    for (const [variable, average] of this.averages) if (variables.includes(variable)) variable.assign(average.value);
  }

  /** The options as a config, with the learning rate that was set last. */
  getConfig(): Config {
    const written = optionsToConfig(fieldsOf(this), this.config);
    refuseUndescribed(this, written, ['name', 'learningRate']);
    return {
      name: this.name,
      ...written,
      ...('learning_rate' in written && { learning_rate: this.#rateOnDisk() }),
      ...('loss_scale_factor' in written && { loss_scale_factor: this.lossScaleFactor }),
    };
  }
  #rateOnDisk(): unknown {
    return this.#rate instanceof Variable ? this.#rate.value.dataSync()[0] : serializeObject(this.#rate);
  }
  /** An optimizer from what `getConfig` returned, with no state. */
  static fromConfig(config: Config): Optimizer<Fields> {
    return makeFromConfig(this, config);
  }

  static {
    exactMethods<Optimizer>(this, {
      addOptimizerVariables: 3,
      addVariable: 2,
      addVariableFromReference: 2,
      apply: 2,
      finalizeVariableValues: 1,
    });
  }
}
// biome-ignore lint/correctness/noUnusedVariables: merges with the class
export interface Optimizer<S extends Fields> extends OptimizerAttributes<typeof optimizerFields> {}
showAsText(Optimizer.prototype);
