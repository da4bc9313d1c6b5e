import { Algebra } from '../../../algebra/algebra.ts';
import { fail } from '../../../base/errors.ts';
import { type ElementaryFunction, elementaryFunction } from '../../../codegen/functions/index.ts';
import { Lowering } from '../../../codegen/lowering.ts';
import { axis } from '../../../ir/expr.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import type { Callable, FunctionBuilder, ModuleBuilder } from '../encoder/index.ts';
import { Frame, Lanes } from './frames.ts';
import { wideFunctions } from './math-functions.ts';
import type { Target } from './target.ts';
import { Values } from './values.ts';

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

function ofExpression(module: ModuleBuilder, name: string, { parameters, body, uses }: ElementaryFunction) {
  return module.once(`${name} f32x4`, () => {
    const f = module.func(`${name} f32x4`, Array(parameters.length).fill('v128'), ['v128']);
    const lowering = new Lowering(new Algebra());
    const lanes = new Lanes(axis(4, 'lane'), 1, lowering.algebra);
    parameters.forEach((p, k) => lanes.variables.set(p, [f.params[k]!]));
    const frame = new Frame(undefined, new Set(parameters), lanes);
    frame.uses = uses;
    const none = (host: string): Callable =>
      fail('wasm device', `${name} is made of the host's ${host}`, 'report this with the program');
    f.push(new Values(targetOf(f, module, none), lowering, new Map(), frame).vector(body, 0));
    return f;
  });
}
