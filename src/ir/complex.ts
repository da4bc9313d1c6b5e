import { HornbeamError } from '../base/errors.ts';
import { type Aval, type Primitive, type Rule, Tensor } from './tensor.ts';

/** Real and imaginary part, two real tensors of one shape. */
export type Pair = readonly [re: Tensor, im: Tensor];
/** What a primitive means where complex tensors are among its inputs, or its result is one: a composition on their parts. */
export type OnPairs<A> = (inputs: readonly Tensor[], attrs: A) => Tensor;

/** The complex tensor of two real ones. Primitives, devices and gradients only ever see the parts. */
export const complex = (re: Tensor, im: Tensor): Tensor =>
  new Tensor({ shape: re.shape, dtype: 'complex64' }, { parts: [re, im] });
/** The tensors that are computed and held for this one: itself, or the parts of a complex one. */
export const partsOf = (t: Tensor): readonly Tensor[] => t.parts ?? [t];
/** An input of a program being recorded; a complex one is two. */
export const input = ({ shape, dtype }: Aval): Tensor => {
  if (dtype !== 'complex64') return new Tensor({ shape, dtype });
  const part: Aval = { shape, dtype: 'float32' };
  return complex(new Tensor(part), new Tensor(part));
};

const meanings = new Map<Rule, OnPairs<unknown>>();
/** Says what a primitive means for complex tensors. */
export function onPairs<A>({ rule }: Pick<Primitive<never, A, unknown>, 'rule'>, meaning: OnPairs<A>): void {
  meanings.set(rule as Rule, meaning as OnPairs<unknown>);
}

/** The error of a computation that has no meaning for complex numbers, in the name of whatever the user called. */
export class ComplexRefused extends HornbeamError {
  constructor(what: string) {
    super('');
    this.by(what);
  }
  by(who: string): this {
    this.message = `${who}: a complex64 tensor came where only real numbers have a meaning\n  Fix: give real tensors: ops.real(x), ops.imag(x), ops.abs(x) or ops.angle(x)`;
    return this;
  }
}
/** Runs a body; complex numbers that it cannot take are refused in its name. */
export function refusingComplex<R>(who: string, f: () => R): R {
  try {
    return f();
  } catch (error) {
    throw error instanceof ComplexRefused ? error.by(who) : error;
  }
}

/** Whether complex numbers go in, or are to come out. */
export const meetsComplex = (inputs: readonly Tensor[], attrs: unknown): boolean =>
  inputs.some((t) => t.parts) || (attrs as { dtype?: unknown } | undefined)?.dtype === 'complex64';
/** The primitive applied where complex numbers go in or come out. */
export function applyToPairs(rule: Rule, inputs: readonly Tensor[], attrs: unknown, real: Bind): Tensor {
  const meaning = meanings.get(rule);
  if (meaning) return meaning(inputs, attrs);
  // What moves elements moves those of both parts; other inputs are indices and conditions.
  if (rule.kind !== 'movement') throw new ComplexRefused(rule.name);
  const side = (k: 0 | 1): Tensor =>
    real(
      rule,
      inputs.map((t) => t.parts?.[k] ?? t),
      k === 0 ? attrs : withoutFill(attrs),
    ) as Tensor;
  return complex(side(0), side(1));
}
type Bind = (rule: Rule, inputs: readonly Tensor[], attrs: unknown) => Tensor | readonly Tensor[];
/** What a movement puts where there is no element is a real number. */
const withoutFill = (attrs: unknown): unknown => {
  if (typeof attrs !== 'object' || attrs === null) return attrs;
  return { ...attrs, ...('value' in attrs && { value: 0 }), ...('fill' in attrs && { fill: 0 }) };
};
