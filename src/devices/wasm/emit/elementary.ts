import { fail } from '../../../base/errors.ts';
import { type ElementaryFunction, elementaryFunction } from '../../../codegen/functions/index.ts';
import { linearFunction } from '../../../codegen/linear/linearize.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import type { Callable, FunctionBuilder, ModuleBuilder } from '../encoder/index.ts';
import { LinearWriter } from './linear-writer.ts';
import { wideFunctions } from './math-functions.ts';
import { machine, type Target } from './target.ts';

/** The target of code in a function of a module. */
export function targetOf(f: FunctionBuilder, module: ModuleBuilder, hostFunction: Target['hostFunction']): Target {
  return { f, module, hostFunction, vectorFunction: (name) => vectorFunction(module, name) };
}

/** The module's function of f32 vectors, `(v128, …) -> v128`, that an operation is; written when it is first asked for. */
export function vectorFunction(module: ModuleBuilder, name: ScalarOp): FunctionBuilder {
  const definition = elementaryFunction(name);
  if (definition) return ofExpression(module, name, definition);
  const write = Object.hasOwn(wideFunctions, name) && wideFunctions[name as keyof typeof wideFunctions];
  return write
    ? write(module)
    : fail('wasm device', `${name} has neither an instruction nor a function`, 'report this with the program');
}

function ofExpression(module: ModuleBuilder, name: string, definition: ElementaryFunction) {
  return module.once(`${name} f32x4`, () => {
    const { params, body, result } = linearFunction(definition, machine());
    const f = module.func(`${name} f32x4`, Array(params.length).fill('v128'), ['v128']);
    const none = (host: string): Callable =>
      fail('wasm device', `${name} is made of the host's ${host}`, 'report this with the program');
    const given = params.map((p, k) => [p, f.params[k]] as const);
    const code = new LinearWriter(targetOf(f, module, none), given);
    code.list(body);
    f.push(code.operand(result));
    return f;
  });
}
