import { type DType, dtypeInfo, isFloat, type RealDType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { autoName } from '../base/naming.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { type Shape, sameShape, showShape } from '../base/shape.ts';
import { Tensor } from '../ir/tensor.ts';
import { add, convert, sub } from '../primitives/elementwise.ts';
import { full } from '../primitives/generators.ts';
import { copyOf, evaluate } from '../runtime/execute.ts';
import type { ArrayOf } from './element-types.ts';
import { bare, currentTape, currentTrace, outsideOfTraces } from './frames.ts';
import { asPlainTensor, type Plain } from './plain.ts';
import { currentAutocast, refuseVariables, scopedPath, takeRoom } from './scopes.ts';
import { currentWatcher, noteBirth } from './watch.ts';

type Initialize = (shape: Shape, options: { dtype: DType }) => Tensor;
/** Marks an initializer as deterministic, so that variables can defer it until they are first read. */
export const isRepeatable = Symbol('isRepeatable');
/** A deterministic initializer. */
export const repeatable = <F extends Initialize>(initialize: F): F =>
  Object.assign(initialize, { [isRepeatable]: true });
let named: ((name: string) => Initialize) | undefined;
/** Lets variables find initializers by name, which live in a higher rank. */
export const nameInitializers = (find: (name: string) => Initialize): void => void (named = find);
const valueOf = (x: Plain | Variable, dtype?: DType): Tensor =>
  asPlainTensor(x instanceof Variable ? x.read() : x, dtype);
const initializerNamed = (who: string, name: string): Initialize =>
  named?.(name) ?? fail(`Variable "${who}"`, `no initializer "${name}" is loaded`, 'pass one of keras.initializers');

/** The initial value of a variable: a value, or an initializer, possibly by its Keras name. */
export type InitialValue = Plain | Variable | string | ((shape: Shape, options: { dtype: DType }) => Tensor);

export interface VariableOptions {
  /** Shape, if an initializer makes the value. */
  readonly shape?: Shape;
  /** Dtype; by default that of the value. */
  readonly dtype?: DType;
  /** Whether optimizers change it. */
  readonly trainable?: boolean;
  /** Name of the variable. */
  readonly name?: string;
  /** Whether layers that compute in another dtype read it converted to that. */
  readonly autocast?: boolean;
  /** How the values of different replicas are combined in distributed runs. */
  readonly aggregation?: 'none' | 'mean' | 'sum' | 'only_first_replica';
  /** Penalty on the value, added to the loss. */
  readonly regularizer?: ((value: Tensor) => Tensor) | null;
  /** Applied to the value by the optimizer after each update. */
  readonly constraint?: ((value: Tensor) => Tensor) | null;
}
const variableOptions: OptionNames<VariableOptions> = {
  shape: true,
  dtype: true,
  trainable: true,
  name: true,
  autocast: true,
  aggregation: true,
  regularizer: true,
  constraint: true,
};

const realOnly = (name: string, dtype: DType): RealDType =>
  dtype === 'string' || dtype === 'complex64'
    ? fail(
        `Variable "${name}"`,
        `variables do not hold ${dtype === 'string' ? 'strings' : 'complex64 numbers'}`,
        dtype === 'string' ? 'keep them in an attribute' : 'keep pairs, and read them with ops.viewAsComplex',
      )
    : dtype;

/** A mutable tensor: weights, optimizer slots, metric states, seeds. */
export class Variable {
  readonly shape: Shape;
  readonly dtype: RealDType;
  readonly autocast: boolean;
  readonly aggregation: NonNullable<VariableOptions['aggregation']>;
  name: string;
  /** Name within the model, e.g. `dense/kernel`; the owner sets it. */
  path: string;
  trainable: boolean;
  regularizer: ((value: Tensor) => Tensor) | null;
  constraint: ((value: Tensor) => Tensor) | null;
  /** Whether optimizers put the gradient in the place of the value: so scales of 8-bit floats follow what a step saw. */
  overwriteWithGradient = false;
  #held: Tensor | undefined;
  /** Makes a deferred initial value. */
  #make: (() => Tensor) | undefined;
  #isShared = false;

  constructor(initial: InitialValue, options: VariableOptions = {}, ...surplus: undefined[]) {
    const {
      shape,
      dtype,
      trainable = true,
      name,
      autocast = true,
      aggregation = 'none',
    } = optionsOf('Variable', variableOptions, options, surplus);
    this.name = name ?? autoName('variable');
    refuseVariables(this.name);
    this.path = scopedPath(this.name);
    this.trainable = trainable;
    this.autocast = autocast;
    this.aggregation = aggregation;
    this.regularizer = options.regularizer ?? null;
    this.constraint = options.constraint ?? null;
    if (shape)
      takeRoom(
        this.path,
        shape.reduce((size, n) => size * n, dtypeInfo[dtype ?? 'float32'].bytes),
      );
    const make = (): Tensor => {
      if (typeof initial !== 'string' && typeof initial !== 'function') return valueOf(initial, dtype);
      if (!shape)
        fail(
          `Variable "${this.name}"`,
          'an initializer needs a shape',
          "new Variable('glorot_uniform', { shape: [2, 3] })",
        );
      const initialize = typeof initial === 'string' ? initializerNamed(this.name, initial) : initial;
      return initialize(shape, { dtype: dtype ?? 'float32' });
    };
    const isLater =
      shape && isFloat(dtype ?? 'float32') && (initial as { [isRepeatable]?: boolean } | null)?.[isRepeatable];
    const value = isLater ? undefined : outsideOfTraces(make);
    this.shape = shape ?? value!.shape;
    this.dtype = realOnly(this.name, dtype ?? value?.dtype ?? 'float32');
    if (value) this.#held = outsideOfTraces(() => this.accept(value));
    else this.#make = make;
    // The given tensor may be in use elsewhere, and must not change together with the variable.
    this.#isShared = value !== undefined;
    noteBirth(this);
    currentWatcher()?.made(this);
  }

  /** The value's tensor. Its bytes may be overwritten by a compiled step: read `value` to keep them. */
  get held(): Tensor {
    return (this.#held ??= outsideOfTraces(() => this.accept(this.#make!())));
  }
  set held(value: Tensor) {
    this.#held = value;
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }
  /** The value, copied to the host as nested arrays: `numpy<2>()` is `number[][]`. */
  numpy<R extends number = number>(): Promise<ArrayOf<R, DType>> {
    return this.value.array<R>();
  }
  /** The value as ops see it; a placeholder in a program being recorded. */
  read(): Tensor {
    currentWatcher()?.read(this);
    const value = currentTrace()?.read(this) ?? this.held;
    const dtype = this.autocast && isFloat(this.dtype) ? currentAutocast() : undefined;
    if (dtype === undefined || dtype === this.dtype) return value;
    const cast = convert(value, { dtype });
    if (!currentTrace()) evaluate([cast]);
    return cast;
  }
  /** The value. It does not change when the variable is assigned. */
  get value(): Tensor {
    currentWatcher()?.read(this);
    const trace = currentTrace();
    if (trace) return trace.read(this);
    this.#isShared = true;
    return this.held;
  }

  /** Replaces the value; the shape stays. */
  assign(value: Plain | Variable): Tensor {
    const accepted = this.accept(valueOf(value, this.dtype));
    const trace = currentTrace();
    if (trace) trace.assign(this, accepted);
    else {
      const tape = currentTape();
      tape?.assigned.add(this);
      this.held = tape ? accepted : bare(accepted);
      this.#isShared = true;
    }
    return accepted;
  }

  /** Adds to the value: a tensor of the variable's shape, or a number to each element. */
  assignAdd(value: Plain | Variable): Tensor {
    return this.assign(this.combined(add, value));
  }
  /** Subtracts from the value: a tensor of the variable's shape, or a number from each element. */
  assignSub(value: Plain | Variable): Tensor {
    return this.assign(this.combined(sub, value));
  }
  private combined(operation: (x: Tensor, y: Tensor) => Tensor, value: Plain | Variable): Tensor {
    const other =
      typeof value === 'number'
        ? full({ shape: this.shape, dtype: this.dtype, value })
        : this.accept(valueOf(value, this.dtype));
    const result = operation(this.value, other);
    if (!currentTrace()) evaluate([result]);
    return result;
  }

  /** The value's tensor, for a caller that will overwrite its bytes in place. */
  own(): Tensor {
    if (this.#isShared) this.held = copyOf(this.held);
    this.#isShared = false;
    return this.held;
  }

  private accept(value: Tensor): Tensor {
    if (!sameShape(value.shape, this.shape))
      fail(
        `Variable "${this.path}"`,
        `a value of shape ${showShape(value.shape)} cannot replace one of shape ${showShape(this.shape)}`,
        'give it the variable’s own shape',
      );
    if (value.dtype === this.dtype) return value;
    const converted = convert(value, { dtype: this.dtype });
    if (!currentTrace()) evaluate([converted]);
    return converted;
  }

  /** Its path, shape and dtype. */
  toString(): string {
    return `<Variable path=${this.path}, shape=${showShape(this.shape)}, dtype=${this.dtype}>`;
  }

  static {
    exactMethods(this);
  }
}
