import { fail } from '../base/errors.ts';
import {
  configToOptions,
  type Field,
  type Fields,
  f,
  type Options,
  optionsToConfig,
  type Resolved,
  resolveOptions,
} from '../base/field.ts';
import { autoName, toSnakeCase } from '../base/naming.ts';
import { type Config, deserializeObject, isSerializedObject, serializeObject } from '../base/serialize.ts';
import { add, cast, divide, equal, full, mod, multiply, notEqual, subtract, where, zeros } from '../ops/index.ts';
import { asTensor, atPath, type Tensor, Variable } from '../tensor/index.ts';
import { clipGradients } from './clipping.ts';
import { LearningRateSchedule } from './schedules/schedule.ts';

export type LearningRate = number | LearningRateSchedule | Config;
const learningRateField = (initial: number): Field<LearningRate, number | LearningRateSchedule, false> =>
  f.custom<LearningRate, number | LearningRateSchedule>({
    expects: 'a number or a schedule',
    check: (v): v is LearningRate =>
      typeof v === 'number' || v instanceof LearningRateSchedule || isSerializedObject(v),
    parse: (v) =>
      typeof v === 'number' || v instanceof LearningRateSchedule ? v : (deserializeObject(v) as LearningRateSchedule),
    toDisk: (v) => (typeof v === 'number' ? v : serializeObject(v)),
    initial,
  });

/** Options of every optimizer. */
export const optimizerFields = {
  /** Number, or a schedule of the steps done. */
  learningRate: learningRateField(0.001),
  /** Share of each weight (times the learning rate) that is taken off at every step. */
  weightDecay: f.nullable(f.number()),
  /** Largest norm of each gradient. */
  clipnorm: f.nullable(f.number()),
  /** Largest norm of all gradients together. */
  globalClipnorm: f.nullable(f.number()),
  /** Largest absolute value of gradients. */
  clipvalue: f.nullable(f.number()),
  /** Keeps a moving average of the weights, which takes their place in the end. */
  useEma: f.bool(false),
  emaMomentum: f.number({ initial: 0.99 }),
  /** Steps after which the average takes the weights' place. */
  emaOverwriteFrequency: f.nullable(f.int({ min: 1 })),
  /** Factor of the loss before gradients are taken: keeps small ones from vanishing in float16. */
  lossScaleFactor: f.nullable(f.number()),
  /** Steps whose gradients are averaged before an update. */
  gradientAccumulationSteps: f.nullable(f.int({ min: 2 })),
} as const satisfies Fields;

export interface OptimizerOptions {
  readonly name?: string | undefined;
}

/** A slot: a name, and the number it begins with where that is not zero. */
export type Slot = string | { readonly name: string; readonly initial: number };

/** What an update of one variable may use. */
export interface Update {
  readonly gradient: Tensor;
  readonly variable: Variable;
  readonly learningRate: Tensor;
  /** Slots of the variable by name. */
  readonly slots: Readonly<Record<string, Variable>>;
  /** Number of this step, from 1, as a float of the variable's dtype. */
  readonly step: Tensor;
}

/**
 * Changes variables by their gradients. A concrete optimizer declares its options, names its slots, and writes `update`.
 * @see https://keras.io/api/optimizers/
 */
export abstract class Optimizer<S extends Fields = typeof optimizerFields> {
  static readonly className: string;
  static readonly fields: Fields;
  readonly name: string;
  readonly config: Resolved<S>;
  /** Steps done. */
  readonly iterations: Variable;
  built = false;
  private rate: Variable | LearningRateSchedule;
  private known: Variable[] = [];
  private readonly slots = new Map<Variable, Record<string, Variable>>();
  private readonly averages = new Map<Variable, Variable>();
  private readonly sums = new Map<Variable, Variable>();
  private readonly extra: Variable[] = [];

  constructor(options: Options<S> & OptimizerOptions = {} as Options<S>) {
    const { name, ...own } = options as OptimizerOptions;
    const { className, fields } = this.constructor as typeof Optimizer;
    this.config = resolveOptions(className, fields as S, own as unknown as Options<S>, ['name']);
    this.name = name ?? autoName(toSnakeCase(className));
    const { clipnorm, clipvalue, globalClipnorm, learningRate } = this.base;
    if ([clipnorm, clipvalue, globalClipnorm].filter((x) => x !== null).length > 1)
      fail(
        `${className} "${this.name}"`,
        'more than one of clipnorm, clipvalue and globalClipnorm is set',
        'choose one of them',
      );
    this.iterations = this.track('iteration', () => zeros([], { dtype: 'int32' }));
    this.rate =
      learningRate instanceof LearningRateSchedule
        ? learningRate
        : this.track('learning_rate', () => full([], learningRate, { dtype: 'float32' }));
  }
  protected get base(): Resolved<typeof optimizerFields> {
    return this.config as unknown as Resolved<typeof optimizerFields>;
  }
  get className(): string {
    return (this.constructor as typeof Optimizer).className;
  }

  /** Makes a variable of the optimizer's own. */
  protected track(name: string, value: () => Tensor): Variable {
    const variable = atPath([this.name], () => new Variable(() => value(), { name, trainable: false }));
    this.extra.push(variable);
    return variable;
  }

  /** Names of the slots that a variable gets, with their first values (zeros when not given). */
  protected slotNames(_variable: Variable): readonly Slot[] {
    return [];
  }
  /** Slots are made variable by variable; `bySlot` makes them slot by slot. */
  protected readonly slotOrder: 'byVariable' | 'bySlot' = 'byVariable';
  /** The change of one variable: assigns it and its slots. */
  protected abstract update(update: Update): void;
  /** What comes before all updates of a step. */
  protected beforeUpdates(_step: Tensor): void {}
  /** Makes further variables when the model's are known. */
  protected onBuild(_variables: readonly Variable[]): void {}

  /** Makes the slots for a model's trainable variables. */
  build(variables: readonly Variable[]): void {
    if (this.built) return;
    this.known = [...variables];
    this.built = true;
    const { useEma, gradientAccumulationSteps } = this.base;
    const beside = (variable: Variable, name: string, initial: () => Tensor): Variable =>
      this.track(`${variable.path.replaceAll('/', '_')}_${name}`, initial);
    const nothing = (v: Variable) => (): Tensor => zeros(v.shape, { dtype: v.dtype });
    if (useEma) for (const v of variables) this.averages.set(v, beside(v, 'average', nothing(v)));
    if (gradientAccumulationSteps !== null)
      for (const v of variables) this.sums.set(v, beside(v, 'gradient_accumulator', nothing(v)));
    const make = (v: Variable, slot: Slot): void => {
      const { name, initial } = typeof slot === 'string' ? { name: slot, initial: 0 } : slot;
      const slots = this.slots.get(v) ?? {};
      this.slots.set(v, slots);
      slots[name] = beside(v, name, () => full(v.shape, initial, { dtype: v.dtype }));
    };
    if (this.slotOrder === 'byVariable') for (const v of variables) for (const slot of this.slotNames(v)) make(v, slot);
    else {
      const rounds = Math.max(0, ...variables.map((v) => this.slotNames(v).length));
      for (let k = 0; k < rounds; k++)
        for (const v of variables) if (this.slotNames(v)[k] !== undefined) make(v, this.slotNames(v)[k]!);
    }
    this.onBuild(variables);
  }

  /** Variables of the optimizer, in the order in which files keep them. */
  get variables(): Variable[] {
    return [...this.extra];
  }

  /** The learning rate of the next step. */
  get learningRate(): Tensor {
    return this.rate instanceof Variable ? this.rate.value : this.rate(this.iterations.value);
  }
  /** Sets the learning rate; a compiled step sees it at once. */
  set learningRate(value: number | Tensor | LearningRateSchedule) {
    if (value instanceof LearningRateSchedule) this.rate = value;
    else if (this.rate instanceof Variable) this.rate.assign(asTensor(value, 'float32'));
    else
      fail(
        `${this.className} "${this.name}"`,
        'its learning rate follows a schedule and cannot be set',
        'compile with a number as learning rate to set it',
      );
  }
  readLearningRate(): Promise<number> {
    return this.learningRate.item();
  }
  private currentRate(): Tensor {
    return this.rate instanceof Variable ? this.rate.read() : this.rate(this.iterations.read());
  }

  /** The loss whose gradients `apply` expects. */
  scaleLoss(loss: Tensor): Tensor {
    const { lossScaleFactor } = this.base;
    return lossScaleFactor === null ? loss : multiply(loss, lossScaleFactor);
  }

  /** One step: changes the variables by their gradients (null: no gradient reached it). */
  apply(gradients: readonly (Tensor | null)[], variables: readonly Variable[] = this.known): void {
    if (gradients.length !== variables.length)
      fail(
        `${this.className} "${this.name}"`,
        `${gradients.length} gradients were given for ${variables.length} variables`,
        'give one gradient for each variable',
      );
    this.build(variables);
    const unknown = variables.find((v) => !this.known.includes(v));
    if (unknown)
      fail(
        `${this.className} "${this.name}"`,
        `it was built for other variables than "${unknown.path}"`,
        'use a new optimizer for another model, or build it with all variables',
      );
    const pairs = variables.flatMap((variable, k) => (gradients[k] ? [{ variable, gradient: gradients[k] }] : []));
    if (pairs.length === 0) return;
    this.applyPairs(pairs);
    for (const { variable } of pairs) if (variable.constraint) variable.assign(variable.constraint(variable.read()));
    this.iterations.assign(add(this.iterations.read(), 1));
  }

  private applyPairs(given: readonly { variable: Variable; gradient: Tensor }[]): void {
    const { lossScaleFactor, gradientAccumulationSteps: rounds } = this.base;
    const pairs =
      lossScaleFactor === null
        ? given
        : given.map(({ variable, gradient }) => ({ variable, gradient: divide(gradient, lossScaleFactor) }));
    if (rounds === null) {
      this.change(pairs);
    } else {
      const isDue = equal(mod(add(this.iterations.read(), 1), rounds), 0);
      const sums = pairs.map(({ variable, gradient }) => add(gradient, this.sums.get(variable)!.read()));
      const touched = [
        ...pairs.map(({ variable }) => variable),
        ...this.extra.filter((v) => v !== this.iterations && ![...this.sums.values()].includes(v)),
      ];
      const before = touched.map((v) => v.read());
      this.change(pairs.map(({ variable }, k) => ({ variable, gradient: divide(sums[k]!, rounds) })));
      touched.forEach((v, k) => {
        const after = v.read();
        if (after !== before[k]) v.assign(where(isDue, after, before[k]!));
      });
      pairs.forEach(({ variable }, k) => this.sums.get(variable)!.assign(where(isDue, 0, sums[k]!) as Tensor));
    }
    if (this.base.useEma) this.average();
  }

  /** Clips, decays and updates. */
  private change(pairs: readonly { variable: Variable; gradient: Tensor }[]): void {
    const clipped = clipGradients(
      pairs.map(({ gradient }) => gradient),
      this.base,
    );
    const rate = this.currentRate();
    const iterations = this.iterations.read();
    const { weightDecay } = this.base;
    if (weightDecay !== null)
      for (const { variable } of pairs)
        if (this.decays(variable)) {
          const value = variable.read();
          variable.assign(subtract(value, multiply(multiply(value, weightDecay), cast(rate, variable.dtype))));
        }
    this.beforeUpdates(add(cast(iterations, 'float32'), 1));
    pairs.forEach(({ variable }, k) => {
      this.update({
        gradient: cast(clipped[k]!, variable.dtype),
        variable,
        learningRate: cast(rate, variable.dtype),
        slots: this.slots.get(variable) ?? {},
        step: cast(add(iterations, 1), variable.dtype),
      });
    });
  }

  private readonly undecayed = new Set<Variable>();
  private undecayedNames: readonly string[] = [];
  /** Leaves variables, or those whose path contains one of the names, out of weight decay. Before `build`. */
  excludeFromWeightDecay({
    varList = [],
    varNames = [],
  }: {
    readonly varList?: readonly Variable[];
    readonly varNames?: readonly string[];
  }): void {
    if (this.built)
      fail(
        `${this.className} "${this.name}"`,
        'excludeFromWeightDecay comes too late: it is built',
        'call it before the first step',
      );
    for (const v of varList) this.undecayed.add(v);
    this.undecayedNames = varNames;
  }
  protected decays(variable: Variable): boolean {
    return !this.undecayed.has(variable) && !this.undecayedNames.some((name) => new RegExp(name).test(variable.path));
  }

  private average(): void {
    const { emaMomentum, emaOverwriteFrequency } = this.base;
    const iterations = this.iterations.read();
    const isLater = notEqual(iterations, 0);
    for (const [variable, average] of this.averages) {
      // The first average is the weight itself.
      const momentum = multiply(cast(isLater, variable.dtype), emaMomentum);
      average.assign(add(multiply(momentum, average.read()), multiply(subtract(1, momentum), variable.read())));
      if (emaOverwriteFrequency !== null) {
        const isDue = equal(mod(add(iterations, 1), emaOverwriteFrequency), 0);
        variable.assign(where(isDue, average.read(), variable.read()));
      }
    }
  }
  /** At the end of training the averages, if any, take the weights' place. */
  finalizeVariableValues(): void {
    for (const [variable, average] of this.averages) variable.assign(average.value);
  }

  getConfig(): Config {
    const { learningRate } = this.base;
    const written = optionsToConfig((this.constructor as typeof Optimizer).fields as S, this.config);
    const rate =
      this.rate instanceof Variable
        ? Math.fround(this.rate.held.storage ? this.rate.held.dataSync()[0]! : (learningRate as number))
        : serializeObject(this.rate);
    return { name: this.name, ...written, learning_rate: rate };
  }
  static fromConfig(config: Config): Optimizer<Fields> {
    return new (this as unknown as new (options: Config) => Optimizer<Fields>)(
      configToOptions({ ...this.fields }, config),
    );
  }
}
