import type { FunctionBuilder, Local, ModuleBuilder } from '../encoder/index.ts';
import { Lanes, type Value } from './lanes.ts';

/** A function of float32 vectors, as code: given the arguments it returns the result. */
export interface VectorFunction {
  readonly name: string;
  readonly arity: number;
  /** Writes the function's body in line. */
  emit(v: Lanes, ...args: Local[]): Value;
}

export function vectorFunction(
  name: string,
  arity: number,
  emit: (v: Lanes, ...args: [Local, Local, Local]) => Value,
): VectorFunction {
  return { name, arity, emit: emit as VectorFunction['emit'] };
}

/** The module's copy of a vector function, `(v128, ...) -> v128`, written when it is first asked for. */
export function callable(module: ModuleBuilder, fn: VectorFunction): FunctionBuilder {
  return module.once(fn.name, () => {
    const f = module.func(fn.name, Array(fn.arity).fill('v128'), ['v128']);
    f.push(fn.emit(new Lanes(f, module), ...f.params));
    return f;
  });
}
