import { invoke, showNamed } from '../base/callable.ts';
import { toSnakeCase } from '../base/case.ts';
import { floatx } from '../base/config.ts';
import { asDType, type DType } from '../base/dtype.ts';
import { asPolicy, type PolicyLike } from '../base/dtype-policy.ts';
import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import type { Fields, Options } from '../base/field/field.ts';
import { autoName } from '../base/naming.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { Configured, others } from '../base/registry/configured.ts';
import type { Config } from '../base/registry/serialize.ts';
import type { Shape } from '../base/shape.ts';
import { isPlainObject } from '../base/tree.ts';
import type { Tensor } from '../ir/tensor.ts';
import { madeAtOnce } from '../ops/at-once.ts';
import * as ops from '../ops/index.ts';
import { currentTrace } from '../tensor/frames.ts';
import { type Jitted, jit } from '../tensor/jit.ts';
import { mapTensors } from '../tensor/leaves.ts';
import { asTensor, type Like } from '../tensor/like.ts';
import { atPath } from '../tensor/scopes.ts';
import { withVariableValues } from '../tensor/stateless.ts';
import { type InitialValue, repeatable, Variable, type VariableOptions } from '../tensor/variable.ts';

/** Options of every metric. */
export interface MetricOptions {
  /** Name in logs; the snake_case of the class by default. */
  readonly name?: string | null | undefined;
  /** Dtype of the result, and of the state of most metrics. */
  readonly dtype?: PolicyLike;
}
/** What a metric takes besides labels and predictions. */
export interface UpdateOptions {
  /** A weight for each sample, or for each value. */
  readonly sampleWeight?: Like | null | undefined;
  /** Where values count. */
  readonly mask?: Like | null | undefined;
}

const updateOptions: OptionNames<UpdateOptions> = { sampleWeight: true, mask: true };

/** Options of a variable of a metric's state. */
export interface StateOptions {
  /** Name of the variable. */
  readonly name?: string;
  /** Zeros when absent. */
  readonly initializer?: InitialValue | 'zeros' | 'ones';
  /** Data type of the variable; the metric's by default. */
  readonly dtype?: DType;
  /** How the values of different replicas are combined in distributed runs. */
  readonly aggregation?: NonNullable<VariableOptions['aggregation']>;
}
const stateOptions: OptionNames<StateOptions> = { name: true, initializer: true, dtype: true, aggregation: true };

/** Arguments of an update as tensors, so that one compiled program serves all values. */
const asTensors = (args: readonly unknown[]): unknown[] =>
  args.map((x) => {
    if (!isPlainObject(x)) return x === undefined ? undefined : asTensor(x as Like);
    const given = (y: Like | null | undefined): Tensor | null => (y === null || y === undefined ? null : asTensor(y));
    const { sampleWeight, mask } = x as UpdateOptions;
    return { sampleWeight: given(sampleWeight), mask: given(mask) };
  });

const isShape = (x: Shape | StateOptions): x is Shape => Array.isArray(x);

/** The initial value of most states, created when first read. */
const zeros = /* @__PURE__ */ repeatable((shape: Shape, { dtype }: { dtype: DType }) => madeAtOnce(shape, dtype, 0));

/**
 * A quantity accumulated batch by batch: `metric.updateState(yTrue, yPred)`, `metric.result()`, `metric.resetState()`;
 * `metric(yTrue, yPred)` does the first two. Custom metrics create variables with `addVariable` in the constructor and
 * override `updateState` and `result`. A metric that must run on the host declares `static hostSide = true`: training
 * passes it concrete tensors after each step, and its result may be a number or a promise of one.
 * @see https://keras.io/api/metrics/
 */
export abstract class Metric<S extends Fields = any, Args extends unknown[] = any> extends Configured<
  S,
  Args,
  any,
  MetricOptions
> {
  static override readonly className: string = 'Metric';
  /** The default name; automatic by default. */
  static readonly defaultName: string | undefined = undefined;
  /** The dtype of its variables where none is given; undefined for that of `keras.config.floatx()`. */
  static readonly defaultDtype: string | undefined = undefined;
  /** Whether it runs in JavaScript: it then receives concrete tensors after each step, and is not compiled into it. */
  static readonly hostSide: boolean = false;

  override name: string;
  readonly dtype: DType;
  /** Whether the variables whose shapes depend on the data exist. */
  built = true;
  readonly #own: Variable[] = [];
  readonly #step: Jitted<unknown[], void> = jit((...args: unknown[]) => this.update(...(args as never)), {
    name: 'updateState',
  });
  readonly #clear: Jitted<[count: number], void> = jit(() => this.#zero(), { name: 'resetState' });
  readonly #answer: Jitted<[], Tensor> = jit(() => this.compute(), { name: 'result' });

  constructor(options: Options<S> & MetricOptions = {} as Options<S> & MetricOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { defaultName, defaultDtype } = this.constructor as typeof Metric;
    const { name, dtype } = options as MetricOptions;
    this.name = name ?? defaultName ?? autoName(toSnakeCase(this.className));
    this.dtype = asDType(asPolicy(dtype ?? defaultDtype ?? floatx()).computeDtype);
  }
  protected override get [others](): readonly (keyof MetricOptions)[] {
    return ['name', 'dtype'];
  }

  /** The state variables. */
  get variables(): readonly Variable[] {
    return this.#own;
  }
  /** Creates a state variable; the shape may also be given as an option. */
  addVariable(
    options: StateOptions & {
      /** Shape of the variable; a scalar, `[]`, by default. */
      readonly shape?: Shape;
    },
  ): Variable;
  addVariable(shape: Shape, options?: StateOptions): Variable;
  addVariable(given: Shape | (StateOptions & { readonly shape?: Shape }), options: StateOptions = {}): Variable {
    if (!isShape(given)) return this.addWeight(given);
    const shape = given;
    const {
      name = 'variable',
      initializer = 'zeros',
      dtype,
      aggregation = 'sum',
    } = optionsOf(this, stateOptions, options);
    const variable = atPath(
      [this.name.replaceAll('/', '>')],
      () =>
        new Variable(initializer === 'zeros' ? zeros : initializer === 'ones' ? ops.ones : initializer, {
          name,
          shape,
          dtype: dtype ?? floatx(),
          trainable: false,
          aggregation,
        }),
    );
    this.#own.push(variable);
    return variable;
  }
  /** The same with all options in one object, as layers have it. */
  addWeight(
    options: StateOptions & {
      /** Shape of the variable; a scalar, `[]`, by default. */
      readonly shape?: Shape;
    } = {},
  ): Variable {
    const { shape = [], ...rest } = optionsOf(this, { ...stateOptions, shape: true }, options);
    return this.addVariable(shape, rest);
  }
  /** Creates the variables whose shapes depend on the data; training calls it before compiling a step. */
  build(_yTrue: Shape, _yPred: Shape): void {}

  /** Updates the state with a batch. */
  updateState(...args: Args): void | Promise<void> {
    this.#checkOptions(args);
    const given = asTensors(args);
    if (!this.built) {
      const [yTrue, yPred] = given as [Tensor, Tensor];
      this.build(yTrue.shape, yPred.shape);
    }
    if (currentTrace()) this.update(...(given as never));
    else this.#step(...given);
  }
  /** Arguments after the values of `update` are options. */
  #checkOptions(args: readonly unknown[]): void {
    const { length } = this.update;
    if (length > 0 && args.length > length) optionsOf(this, updateOptions, args[length] as UpdateOptions | undefined);
  }
  /** The update of the state by a batch, given as tensors. */
  protected update(..._args: never): void {
    fail(this, 'it does not say how it is updated', 'override updateState(yTrue, yPred, options)');
  }
  /** The metric over all batches since the last reset. */
  result(): any {
    return currentTrace() ? this.compute() : this.#answer();
  }
  /** The result, from the state. */
  protected compute(): Tensor {
    return fail(this, 'it does not say what it gives', 'override result()');
  }
  /** Resets the state. */
  resetState(): void {
    // One program that overwrites the variables in place; a new one if variables are added.
    if (currentTrace()) this.#zero();
    else this.#clear(this.variables.length);
  }
  #zero(): void {
    for (const v of this.variables) v.assign(madeAtOnce(v.shape, v.dtype, 0));
  }
  /**
   * Sets the state aside and resets it; the returned function restores it. Metrics with state on the host, in private
   * fields or class instances, override this.
   */
  setAside(): () => void {
    const values = this.variables.map((v) => [v, v.value] as const);
    const fields = isHostMetric(this) ? plainFields(this) : {};
    this.resetState();
    return () => {
      for (const [v, value] of values) v.assign(value);
      Object.assign(this, fields);
    };
  }
  protected [invoke](...args: Args): unknown {
    this.updateState(...args);
    return this.result();
  }

  /** The update as a pure function: new values of the variables from old ones. */
  statelessUpdateState(variables: readonly Like[], ...args: Args): Tensor[] {
    const { finalValue } = withVariableValues(this.#valued(variables), () => void this.updateState(...args));
    return this.variables.map(finalValue);
  }
  /** The result for given values of the variables. */
  statelessResult(variables: readonly Like[]): any {
    return withVariableValues(this.#valued(variables), () => mapTensors(this.result(), (t) => t)).result;
  }
  /** The initial values of the variables. */
  statelessResetState(): Tensor[] {
    const { finalValue } = withVariableValues(new Map(), () => this.resetState());
    return this.variables.map(finalValue);
  }
  #valued(values: readonly Like[]): Map<Variable, Tensor> {
    if (values.length !== this.variables.length)
      fail(this, `${values.length} values do not fit its ${this.variables.length} variables`, 'give one for each');
    return new Map(this.variables.map((v, k) => [v, asTensor(values[k], v.dtype)]));
  }

  override getConfig(): Config {
    return { name: this.name, dtype: this.dtype, ...super.getConfig() };
  }
  /** Its class and its name: `<Mean name=mean>`. */
  override toString(): string {
    return showNamed(this);
  }

  static {
    exactMethods<Metric>(this, { addVariable: 2, addWeight: 1, statelessUpdateState: null, updateState: null });
  }
}

/** Whether a metric runs on the host, after the step. */
export const isHostMetric = (metric: Metric): boolean => (metric.constructor as typeof Metric).hostSide;
/** Adds to a state variable. */
export const accumulate = (variable: Variable, x: Tensor): void =>
  void variable.assign(ops.add(variable.value, ops.cast(x, variable.dtype)));

/** Copies of an object's fields that contain plain data. */
function plainFields(object: object): Record<string, unknown> {
  const isData = (x: unknown): boolean => {
    if (typeof x !== 'object' || x === null) return typeof x !== 'function' && typeof x !== 'symbol';
    if (ArrayBuffer.isView(x)) return true;
    if (x instanceof Map || x instanceof Set) return [...x].every(isData);
    return (Array.isArray(x) || isPlainObject(x)) && Object.values(x).every(isData);
  };
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, x]) => (isData(x) ? [[key, structuredClone(x)]] : [])),
  );
}
