import type { Apply } from '../../../codegen/linear/ir.ts';
import { type FunctionBuilder, type ModuleBuilder, type Operand, op, select } from '../encoder/index.ts';
import { hold, type Target } from './target.ts';

/**
 * Integer operations without an instruction of the same meaning. None traps: a quotient by zero is -1 (all bits), its
 * remainder the dividend; the smallest integer divided by -1 stays what it is.
 */
export function integerOperation({ f, module }: Target, e: Apply, a: Operand, b: Operand): Operand {
  const unsigned = e.from === 'u32';
  const suffix = unsigned ? 'u' : 's';
  const divisor = e.args[1];
  const safe = divisor?.op === 'const' && divisor.value !== 0 && (unsigned || divisor.value !== -1);
  switch (e.f) {
    case 'max':
    case 'min': {
      const [x, y] = [hold(f, a, 'i32'), hold(f, b, 'i32')];
      const first = op(`i32.${e.f === 'max' ? 'gt' : 'lt'}_${suffix}`, x, y);
      return select(x, y, first);
    }
    case 'div':
    case 'rem':
      if (safe) return op(`i32.${e.f}_${suffix}`, a, b);
      break;
    case 'floorDiv':
    case 'floorMod': {
      const exponent = divisor?.op === 'const' ? Math.log2(divisor.value) : Number.NaN;
      if (Number.isInteger(exponent) && exponent >= 0)
        return e.f === 'floorDiv' ? op('i32.shr_s', a, exponent) : op('i32.and', a, 2 ** exponent - 1);
    }
  }
  return () => f.call(integerFunction(module, `${e.f} ${unsigned ? 'u32' : 'i32'}`), a, b);
}

/** A divisor by which the hardware may divide: 1 where it is 0 or, of signed integers, -1. */
function divisible(f: FunctionBuilder, signed: boolean): Operand {
  const b = f.params[1];
  const harmless = signed ? op('i32.gt_u', op('i32.add', b, 1), 1) : b;
  return select(b, 1, harmless);
}

const bodies: Record<string, (f: FunctionBuilder, a: Operand, b: Operand) => void> = {
  'div u32': (f, a, b) => f.push(select(op('i32.div_u', a, divisible(f, false)), -1, b)),
  'rem u32': (f, a, b) => f.push(select(op('i32.rem_u', a, divisible(f, false)), a, b)),
  'div i32': (f, a, b) => {
    const negative = select(op('i32.sub', 0, a), -1, b);
    f.push(select(op('i32.div_s', a, divisible(f, true)), negative, op('i32.gt_u', op('i32.add', b, 1), 1)));
  },
  'rem i32': (f, a, b) => f.push(select(op('i32.rem_s', a, select(b, 1, b)), a, b)),
  'floorDiv i32': (f, a, b) => {
    const q = f.let('i32', op('i32.div_s', a, divisible(f, true)));
    const inexact = op('i32.ne', op('i32.mul', q, b), a);
    const differ = op('i32.lt_s', op('i32.xor', a, b), 0);
    const negative = select(op('i32.sub', 0, a), -1, b);
    const down = op('i32.sub', q, op('i32.and', inexact, differ));
    f.push(select(down, negative, op('i32.gt_u', op('i32.add', b, 1), 1)));
  },
  'floorMod i32': (f, a, b) => {
    const r = f.let('i32', op('i32.rem_s', a, select(b, 1, b)));
    const wrong = op('i32.and', op('i32.ne', r, 0), op('i32.lt_s', op('i32.xor', r, b), 0));
    f.push(select(op('i32.add', r, select(b, 0, wrong)), a, b));
  },
};

/** a to the power b by squaring; negative powers are 0 but those of 1 and -1. */
function power(f: FunctionBuilder, signed: boolean): void {
  const [a, b] = f.params as [FunctionBuilder['params'][0], FunctionBuilder['params'][0]];
  if (signed)
    f.if(op('i32.lt_s', b, 0), () => {
      const odd = select(-1, 1, op('i32.and', b, 1));
      f.return(select(1, select(odd, 0, op('i32.eq', a, -1)), op('i32.eq', a, 1)));
    });
  const result = f.let('i32', 1);
  f.block((done) => {
    f.loop((again) => {
      f.brIf(done, op('i32.eqz', b));
      f.if(op('i32.and', b, 1), () => f.set(result, op('i32.mul', result, a)));
      f.set(a, op('i32.mul', a, a));
      f.set(b, op('i32.shr_u', b, 1));
      f.br(again);
    });
  });
  f.push(result);
}

function integerFunction(module: ModuleBuilder, name: string): FunctionBuilder {
  return module.once(name, () => {
    const f = module.func(name, ['i32', 'i32'], ['i32']);
    const [a, b] = f.params as [Operand, Operand];
    if (name.startsWith('pow')) power(f, name.endsWith('i32'));
    else bodies[name](f, a, b);
    return f;
  });
}
