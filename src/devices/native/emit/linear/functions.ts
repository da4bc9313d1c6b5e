import { fail } from '../../../../base/errors.ts';
import { type DoubleFunction, doubleFunctions } from '../../../../codegen/functions/double/index.ts';
import { elementaryFunction } from '../../../../codegen/functions/index.ts';
import type { Apply, LinearFunction } from '../../../../codegen/linear/ir.ts';
import { linearFunction } from '../../../../codegen/linear/linearize.ts';
import type { ScalarOp } from '../../../../ir/scalar.ts';
import { type Register, vectorRegister } from '../../encoder/operands.ts';
import { machine } from '../context.ts';
import { NativeLanes } from '../lanes.ts';
import { spread } from '../memory.ts';
import type { Values } from './operands.ts';

/** The registers in which C functions take and return doubles. */
const doubles = [0, 1].map(vectorRegister);

const functions = new Map<string, LinearFunction>();
function linearFunctionOf(f: ScalarOp, lanes: 8 | 16): LinearFunction {
  const key = `${f} ${lanes}`;
  const known = functions.get(key) ?? linearFunction(elementaryFunction(f)!, machine(lanes));
  functions.set(key, known);
  return known;
}

/** A function on vectors of f32, inlined. */
export function functionOf(w: Values, f: ScalarOp, args: readonly Register[]): Register {
  if (f === 'rem') return remainders(w, args[0], args[1]);
  const double = doubleFunctions[f as keyof typeof doubleFunctions] as DoubleFunction | undefined;
  if (double) return double.emit(new NativeLanes(w.c, 'f32'), ...args);
  if (!elementaryFunction(f))
    return fail('native device', `${f} has neither an instruction nor a function`, 'report this with the program');
  return w.inline(linearFunctionOf(f, w.c.lanes), args);
}

/** Exact remainders of f32, computed in double precision. */
export function remainders(w: Values, a: Register, b: Register): Register {
  const { c } = w;
  const places = [spread(c, a), spread(c, b)];
  const result = c.code.place(4 * c.lanes);
  c.eachLane((lane) => {
    const wide = places.map((place) =>
      c.two('vcvtps2pd', { m: c.two('vmovss', { m: { ...place, index: lane, scale: 4 } }, 128) }, 128),
    );
    wide.forEach((x, k) => c.two('vmovups', { m: x }, 128, doubles[k]));
    c.code.call(c.hostFunction('rem'));
    const rest = c.two('vcvtpd2ps', { m: doubles[0] }, 128);
    c.write('vmovssStore', rest, { ...result, index: lane, scale: 4 }, 128);
  });
  return c.two('vmovups', { m: result }, c.length(c.lanes));
}

/** Calls a C function on doubles. */
export function hostCall(w: Values, { f, args }: Apply, into?: Register): Register {
  const { c } = w;
  const held = args.map((y) => w.value(y));
  held.forEach((y, k) => c.two('vmovups', { m: y }, 128, doubles[k]));
  c.code.call(c.hostFunction(f as ScalarOp));
  return c.two('vmovups', { m: doubles[0] }, 128, into);
}
