import type { DoubleFunction } from '../../../codegen/functions/double/index.ts';
import type { FunctionBuilder, ModuleBuilder } from '../encoder/index.ts';
import { type Value, WasmLanes } from './lanes.ts';

/** The module's copy of a function of vectors, `(v128, ...) -> v128`, written when it is first asked for. */
export function callable(module: ModuleBuilder, fn: DoubleFunction): FunctionBuilder {
  return module.once(fn.name, () => {
    const f = module.func(fn.name, Array(fn.arity).fill('v128'), ['v128']);
    f.push(fn.emit<Value>(new WasmLanes(f, module), ...f.params));
    return f;
  });
}
