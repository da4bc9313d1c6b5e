import { type DoubleFunction, doubleFunctions } from '../../../codegen/functions/double/index.ts';
import type { ElementaryOp } from '../../../codegen/functions/index.ts';
import { type FunctionBuilder, type Local, lane, type ModuleBuilder, op, select } from '../encoder/index.ts';
import { callable } from '../math/vector-function.ts';
import type { FunctionOp } from './instructions.ts';

const wide =
  (f: DoubleFunction) =>
  (module: ModuleBuilder): FunctionBuilder =>
    callable(module, f);
const { pow, sin, cos, tan, lgamma, digamma } = doubleFunctions;

/** Functions of f32 vectors that take f64 on the way, which not every device has. */
export const wideFunctions: Record<Exclude<FunctionOp, ElementaryOp>, (module: ModuleBuilder) => FunctionBuilder> = {
  rem: remainders,
  pow: wide(pow),
  sin: wide(sin),
  cos: wide(cos),
  tan: wide(tan),
  lgamma: wide(lgamma),
  digamma: wide(digamma),
};

function remainders(module: ModuleBuilder): FunctionBuilder {
  return module.once('rem f32x4', () => {
    const scalar = remainder(module);
    const f = module.func('rem f32x4', ['v128', 'v128'], ['v128']);
    const [a, b] = f.params as [Local, Local];
    const result = f.local('v128');
    for (const i of [0, 1, 2, 3]) {
      f.push(result);
      f.call(scalar, lane('f32x4.extract_lane', i, a), lane('f32x4.extract_lane', i, b));
      f.lane('f32x4.replace_lane', i);
      f.set(result);
    }
    f.push(result);
    return f;
  });
}

/**
 * The exact remainder of f32 division, in f64: as long as |a| is at least |b|, a multiple of b by an integer of at most 27
 * bits is taken off, which loses nothing.
 */
function remainder(module: ModuleBuilder): FunctionBuilder {
  return module.once('rem f32', () => {
    const f = module.func('rem f32', ['f32', 'f32'], ['f32']);
    const [a, b] = f.params as [Local, Local];
    const rest = f.let('f64', op('f64.promote_f32', op('f32.abs', a)));
    const divisor = f.let('f64', op('f64.promote_f32', op('f32.abs', b)));
    const quotient = f.local('f64');
    f.if(
      op('i32.and', op('f64.lt', rest, Infinity), op('f64.gt', divisor, 0)),
      () =>
        f.block((done) => {
          f.loop((again) => {
            f.brIf(done, op('f64.lt', rest, divisor));
            f.set(quotient, op('f64.div', rest, divisor));
            const leading = op('i64.and', op('i64.reinterpret_f64', quotient), -(1n << 27n));
            const whole = op('f64.trunc', op('f64.reinterpret_i64', leading));
            f.set(quotient, op('f64.sub', rest, op('f64.mul', divisor, whole)));
            // The quotient may have been rounded up to the next integer.
            f.set(rest, () => f.push(select(op('f64.add', quotient, divisor), quotient, op('f64.lt', quotient, 0))));
            f.br(again);
          });
        }),
      () => f.return(op('f32.div', op('f32.sub', a, a), op('f32.mul', b, 0))),
    );
    f.push(op('f32.copysign', op('f32.demote_f64', rest), a));
    return f;
  });
}
