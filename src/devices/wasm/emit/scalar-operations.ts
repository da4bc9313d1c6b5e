import { isFloatType } from '../../../codegen/expansions.ts';
import type { Apply, Operation } from '../../../codegen/linear/ir.ts';
import type { Expr, ScalarType } from '../../../ir/expr.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import { lane, type Operand, op, type Plain, select } from '../encoder/index.ts';
import { isOfHost, scalarInstruction } from './instructions.ts';
import { integerOperation } from './integer-operations.ts';
import { hold, type Target } from './target.ts';

export const valueType = (type: ScalarType): 'i32' | 'f32' | 'f64' => (type === 'f32' || type === 'f64' ? type : 'i32');

const shifts: ReadonlySet<Operation> = new Set(['shiftLeft', 'shiftRight', 'shiftRightLogical']);

const conversions: Record<string, Plain> = {
  'f32 i32': 'i32.trunc_sat_f32_s',
  'f32 u32': 'i32.trunc_sat_f32_u',
  'f64 i32': 'i32.trunc_sat_f64_s',
  'f64 u32': 'i32.trunc_sat_f64_u',
  'f32 f64': 'f64.promote_f32',
  'f64 f32': 'f32.demote_f64',
  'i32 f32': 'f32.convert_i32_s',
  'u32 f32': 'f32.convert_i32_u',
  'bool f32': 'f32.convert_i32_u',
  'i32 f64': 'f64.convert_i32_s',
  'u32 f64': 'f64.convert_i32_u',
  'bool f64': 'f64.convert_i32_u',
};

/** Whether a f64 operation is the host's. */
export const isHostOperation = (e: Expr): boolean => e.op === 'apply' && e.args[0].type === 'f64' && isOfHost(e.f);

/** An operation on single elements. Operands of floating type are no bare numbers. */
export function scalarOperation(target: Target, e: Apply, args: readonly Operand[]): Operand {
  const { f } = target;
  const [a, b] = args as [Operand, Operand];
  const { from } = e;
  const name = scalarInstruction(e.f, from);
  const shiftsBySome = shifts.has(e.f) && e.args[1].op !== 'const';
  if (name && !shiftsBySome) return op(name, ...args);
  if (shiftsBySome) {
    const n = hold(f, b, 'i32');
    if (e.f === 'shiftRight') return op(name!, a, select(n, 31, op('i32.lt_u', n, 32)));
    return select(op(name!, a, n), 0, op('i32.lt_u', n, 32));
  }
  if (e.f === 'fma') return op(`${from as 'f32' | 'f64'}.add`, op(`${from as 'f32' | 'f64'}.mul`, a, b), args[2]);
  if (e.f === 'select') return select(b, args[2], a);
  if (e.f === 'convert') {
    const conversion = conversions[`${from} ${e.type}`];
    return conversion ? op(conversion, a) : a;
  }
  if (e.f === 'reinterpret')
    return from === 'f32' ? op('i32.reinterpret_f32', a) : e.type === 'f32' ? op('f32.reinterpret_i32', a) : a;
  if (e.f === 'not') return from === 'bool' ? op('i32.eqz', a) : op('i32.xor', a, -1);
  if (!isFloatType(from)) return integerOperation(target, e, a, b);
  if (from === 'f64') return () => f.call(target.hostFunction(e.f as ScalarOp), ...args);
  return lane('f32x4.extract_lane', 0, () =>
    f.call(target.vectorFunction(e.f as ScalarOp), ...args.map((x) => op('f32x4.splat', x))),
  );
}
