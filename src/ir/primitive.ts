import { fail } from '../base/errors.ts';
import { noSize, showShape } from '../base/shape.ts';
import { applyToPairs, meetsComplex } from './complex.ts';
import type { Region, Scalar } from './expr.ts';
import { load } from './expr.ts';
import { currentScope } from './scope.ts';
import { type Aval, type Equation, type Operand, type Primitive, type Rule, Tensor } from './tensor.ts';

export type {
  Contraction,
  Kind,
  Operand,
  Primitive,
  Rule,
  Sample,
  SampleInput,
  SlidingAxis,
  VjpContext,
} from './tensor.ts';

/** Records the primitive applied to tensors, and gives its outputs. */
export function bind<A>(rule: Rule<A>, inputs: readonly Tensor[], attrs: A): Tensor | readonly Tensor[] {
  if (meetsComplex(inputs, attrs)) return applyToPairs(rule as Rule, inputs, attrs, bind);
  const result = rule.result(inputs, attrs);
  const outputs: Tensor[] = [];
  const equation: Equation = { rule, inputs, attrs, outputs, scope: currentScope() };
  const avals: readonly Aval[] = Array.isArray(result) ? result : [result as Aval];
  for (const { shape } of avals)
    if (noSize(shape) !== undefined)
      fail(
        `primitive ${rule.name}`,
        `shape ${showShape(shape)} holds something that is no size`,
        'give whole numbers of at least 0',
      );
  avals.forEach((aval, index) => outputs.push(new Tensor(aval, { equation, index })));
  return Array.isArray(result) ? outputs : outputs[0];
}

/** Declares a primitive and returns the function that records it: tensors first, then the attributes. */
export function primitive<In extends readonly Tensor[], A = void, Out = Tensor>(
  name: string,
  rule: Omit<Rule<A>, 'name'>,
): Primitive<In, A, Out> {
  const named: Rule<A> = { name, ...rule };
  const record = (...args: unknown[]): unknown => {
    const last = args[args.length - 1];
    const count = args.length === 0 || last instanceof Tensor ? args.length : args.length - 1;
    return bind(named, args.slice(0, count) as Tensor[], args[count] as A);
  };
  return Object.assign(record, { rule: named }) as Primitive<In, A, Out>;
}

/** An operand that reads a region. */
export const operand = (region: Region): Operand =>
  Object.assign((...index: Scalar[]) => load(region, index), { shape: region.shape, dtype: region.dtype });
