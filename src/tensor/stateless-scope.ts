import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { sameShape, showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { evaluate } from '../runtime/execute.ts';
import { currentTrace, inFrame, Trace } from './frames.ts';
import { tensorsIn } from './leaves.ts';
import { asTensor, type Like } from './like.ts';
import { Variable } from './variable.ts';

/** Options of `StatelessScope`. */
export interface StatelessScopeOptions {
  /** Values that variables have inside the scope instead of their own. */
  readonly stateMapping?: Iterable<readonly [variable: Variable, value: Like | Variable]>;
  /** Whether losses added by layers inside the scope are collected in `losses`. */
  readonly collectLosses?: boolean;
}
const names: OptionNames<StatelessScopeOptions> = { stateMapping: true, collectLosses: true };

let current: StatelessScope | undefined;
/** The innermost scope that is currently running. */
export const currentStatelessScope = (): StatelessScope | undefined => current;

/**
 * A scope in which computations change no variables: inside, variables have the given values, and assignments last only
 * as long as the scope. Works eagerly and in `jit`.
 * @example new keras.StatelessScope().run(() => keras.ops.add(1, 2)) // 3
 */
export class StatelessScope {
  readonly collectLosses: boolean;
  /** Losses that layers added inside the scope, if `collectLosses` is set. */
  readonly losses: Tensor[] = [];
  readonly #values = new Map<Variable, Tensor>();

  constructor(options: StatelessScopeOptions = {}, ...surplus: undefined[]) {
    const { stateMapping = [], collectLosses = false } = optionsOf('StatelessScope', names, options, surplus);
    this.collectLosses = collectLosses;
    for (const [variable, value] of stateMapping) this.addUpdate([variable, value]);
  }
  /** The values of variables in the scope. */
  get stateMapping(): ReadonlyMap<Variable, Tensor> {
    return this.#values;
  }
  /** Sets the value of a variable in the scope. */
  addUpdate([variable, given]: readonly [variable: Variable, value: Like | Variable]): void {
    if (!(variable instanceof Variable))
      fail('StatelessScope', `${String(variable)} is no variable`, 'give pairs of a variable and its value');
    const value = asTensor(given instanceof Variable ? given.value : given, variable.dtype);
    if (!sameShape(value.shape, variable.shape))
      fail(
        'StatelessScope',
        `the value for variable "${variable.path}" has shape ${showShape(value.shape)}, the variable ${showShape(variable.shape)}`,
        'give it the variable’s own shape',
      );
    this.#values.set(variable, value);
  }
  /** Adds a loss to `losses`, as layers do. */
  addLoss(loss: Tensor): void {
    this.losses.push(loss);
  }
  /** The value of a variable in the scope; null if it was neither given nor assigned. */
  getCurrentValue(variable: Variable): Tensor | null {
    return this.#values.get(variable) ?? null;
  }
  /**
   * Runs the function in the scope, like Python's `with` block. It may be called again and continues from the values
   * reached.
   */
  run<R>(f: () => R): R {
    const outer = currentTrace();
    const trace = new Trace({ inline: true, ...(outer && { outer }) });
    for (const [variable, value] of this.#values) trace.assign(variable, value);
    const before = current;
    current = this;
    try {
      const result = inFrame(trace, f);
      const updates = [...trace.updates];
      if (!outer) evaluate([...tensorsIn([result, this.losses]), ...updates.map(([, value]) => value)]);
      for (const [variable, value] of updates) this.#values.set(variable, value);
      return result;
    } finally {
      current = before;
    }
  }

  static {
    exactMethods(this);
  }
}
