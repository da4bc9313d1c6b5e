import { partsOf } from '../../../algebra/algebra.ts';
import { identityOf } from '../../../algebra/fold.ts';
import { fail } from '../../../base/errors.ts';
import type { Axis, Combine, Expr, Local, Region, ScalarType } from '../../../ir/expr.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import { onFloats } from './float-operations.ts';
import { float } from './wgsl-function.ts';

/** What expressions need from the kernel around them. */
export interface Writer {
  /** Adds a statement before the one being written. */
  line(text: string): void;
  /** A fresh name. */
  fresh(stem: string): string;
  /** Requires a helper function (`functions.ts`). */
  need(helper: string): void;
  nameOfAxis(axis: Axis): string;
  nameOfLocal(local: Local): string;
  /** The element of a region at a position, in its compute type. */
  load(from: Region, position: string): string;
}

/** The type of a scalar in WGSL. */
export function wgslType(type: ScalarType): string {
  if (type === 'f64')
    return fail(
      'webgpu device',
      'WebGPU has no float64',
      "use float32, or config.setDevice('wasm') for this computation",
    );
  return type;
}

/** A constant in WGSL; infinities, NaN and -0 are written so that no compiler folds them. */
export function literal(value: number, type: ScalarType, need: (helper: string) => void): string {
  switch (type) {
    case 'bool':
      return value ? 'true' : 'false';
    case 'i32': {
      const n = value | 0;
      return n === -(2 ** 31) ? '(-2147483647i - 1i)' : n < 0 ? `(${n}i)` : `${n}i`;
    }
    case 'u32':
      return `${value >>> 0}u`;
    default: {
      const x = Math.fround(value);
      if (Number.isFinite(x) && !Object.is(x, -0)) return float(x);
      need('bits');
      if (Number.isNaN(x)) return 'nan()';
      return x === 0 ? 'bitcast<f32>(nanBits & 0u | 0x80000000u)' : x > 0 ? 'infinity()' : '(-infinity())';
    }
  }
}

/** Two values combined by a reduction's operation. */
export function combined(
  combine: Combine,
  type: ScalarType,
  a: string,
  b: string,
  need: (helper: string) => void,
): string {
  if (type === 'bool')
    return combine === 'add' || combine === 'or' || combine === 'max' ? `(${a} | ${b})` : `(${a} & ${b})`;
  switch (combine) {
    case 'add':
      return `(${a} + ${b})`;
    case 'mul':
      return `(${a} * ${b})`;
    case 'and':
      return `(${a} & ${b})`;
    case 'or':
      return `(${a} | ${b})`;
    default:
      if (type !== 'f32') return `${combine}(${a}, ${b})`;
      need(`${combine}_f32`);
      return `${combine}_f32(${a}, ${b})`;
  }
}

/** Longer text is given a name, so that nesting stays within what compilers allow. */
const longText = 120;

/**
 * Writes expressions as WGSL. A node that is used several times becomes one `let`, shared by everything that an
 * instance writes.
 */
export class Expressions {
  private readonly writer: Writer;
  private readonly known = new Map<Expr, string>();
  private readonly uses = new Map<Expr, number>();

  constructor(writer: Writer) {
    this.writer = writer;
  }

  /**
   * The expressions' values as text; statements that they need are added first. Pass all expressions that share nodes
   * in one call.
   */
  value(...roots: readonly Expr[]): string[] {
    for (const e of roots) this.count(e);
    return roots.map((e) => this.text(e));
  }

  private count(e: Expr): void {
    const n = (this.uses.get(e) ?? 0) + 1;
    this.uses.set(e, n);
    if (n === 1 && e.op !== 'reduce') for (const x of partsOf(e)) this.count(x);
  }

  private text(e: Expr): string {
    const known = this.known.get(e);
    if (known !== undefined) return known;
    let text = this.written(e);
    if ((e.op === 'apply' || e.op === 'load') && ((this.uses.get(e) ?? 0) > 1 || text.length > longText))
      text = this.named(e, text);
    this.known.set(e, text);
    return text;
  }

  private named(e: Expr, text: string): string {
    const name = this.writer.fresh('t');
    this.writer.line(`let ${name}: ${wgslType(e.type)} = ${text};`);
    return name;
  }

  private written(e: Expr): string {
    const { writer } = this;
    switch (e.op) {
      case 'const':
        return literal(e.value, e.type, (h) => writer.need(h));
      case 'index':
        return writer.nameOfAxis(e.axis);
      case 'local':
        return writer.nameOfLocal(e.local);
      case 'load':
        return writer.load(e.from, this.text(e.index[0]));
      case 'reduce':
        return this.reduction(e);
      case 'apply': {
        let args = e.args.map((x) => this.text(x));
        // Constants are hidden from the compiler's folding, which reports errors where ours has values (overflow,
        // division by zero).
        if (e.args.every((x) => x.op === 'const') && e.args[0].type !== 'bool') {
          const name = writer.fresh('c');
          writer.line(`var ${name}: ${wgslType(e.args[0].type)} = ${args[0]};`);
          args = [name, ...args.slice(1)];
        }
        return application(e, args, (h) => writer.need(h));
      }
    }
  }

  private reduction(e: Expr & { op: 'reduce' }): string {
    const { writer } = this;
    const sum = writer.fresh('sum');
    const need = (h: string): void => writer.need(h);
    writer.line(`var ${sum}: ${wgslType(e.type)} = ${literal(identityOf(e.combine, e.type), e.type, need)};`);
    for (const axis of e.axes) {
      const i = writer.nameOfAxis(axis);
      writer.line(`for (var ${i}: i32 = 0; ${i} < ${axis.size}; ${i}++) {`);
    }
    const [body] = new Expressions(writer).value(e.body);
    writer.line(`${sum} = ${combined(e.combine, e.type, sum, body, need)};`);
    for (const _ of e.axes) writer.line('}');
    return sum;
  }
}

const infix: Partial<Record<ScalarOp, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  and: '&',
  or: '|',
  xor: '^',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
  ne: '!=',
};
// Both operands are computed: `&&` would branch, which is slower, and some compilers take exponential time over many of
// them.
const truth: Partial<Record<ScalarOp, (a: string, b: string) => string>> = {
  add: (a, b) => `(${a} | ${b})`,
  or: (a, b) => `(${a} | ${b})`,
  max: (a, b) => `(${a} | ${b})`,
  mul: (a, b) => `(${a} & ${b})`,
  and: (a, b) => `(${a} & ${b})`,
  min: (a, b) => `(${a} & ${b})`,
  xor: (a, b) => `(${a} != ${b})`,
  not: (a) => `(!${a})`,
  lt: (a, b) => `(!${a} & ${b})`,
  le: (a, b) => `(!${a} | ${b})`,
  gt: (a, b) => `(${a} & !${b})`,
  ge: (a, b) => `(${a} | !${b})`,
};
function application(e: Expr & { op: 'apply' }, args: readonly string[], need: (helper: string) => void): string {
  const [a, b, c] = args as [string, string, string];
  const type = e.args[0].type;
  const { f } = e;
  wgslType(type);
  if (f === 'select') return `select(${c}, ${b}, ${a})`;
  if (f === 'convert') return conversion(a, type, e.type, need);
  if (f === 'reinterpret') return `bitcast<${wgslType(e.type)}>(${a})`;
  const call = (name: string): string => {
    need(name);
    return `${name}(${args.join(', ')})`;
  };
  if (type === 'bool') return truth[f]?.(a, b) ?? `(${a} ${infix[f]} ${b})`;
  if (type === 'f32') {
    // Compilers may assume that x = x, which is false for NaN.
    if ((f === 'ne' || f === 'eq') && e.args[0] === e.args[1]) {
      need('bits');
      return f === 'ne' ? `isNan(${a})` : `(!isNan(${a}))`;
    }
    const written = onFloats[f];
    return written === 'function' ? call(`${f}_f32`) : written(a, b, c);
  }
  return integer(e, f, type as 'i32' | 'u32', a, b, call, need);
}

function integer(
  e: Expr & { op: 'apply' },
  f: ScalarOp,
  type: 'i32' | 'u32',
  a: string,
  b: string,
  call: (name: string) => string,
  need: (helper: string) => void,
): string {
  const divisor = e.args[1]?.op === 'const' ? e.args[1].value : 0;
  switch (f) {
    case 'div':
    case 'rem':
    case 'floorDiv':
    case 'floorMod': {
      const isQuotient = f === 'div' || f === 'floorDiv';
      const power = divisor > 0 && Number.isInteger(Math.log2(divisor));
      if (power && (type === 'u32' || f.startsWith('floor')))
        return isQuotient ? `(${a} >> ${Math.log2(divisor)}u)` : `(${a} & ${literal(divisor - 1, type, need)})`;
      if (divisor > 0 && (type === 'u32' || !f.startsWith('floor') || isNotNegative(e.args[0])))
        return `(${a} ${isQuotient ? '/' : '%'} ${b})`;
      return call(`${type === 'u32' ? (isQuotient ? 'div' : 'rem') : f}_${type}`);
    }
    case 'pow':
      return call(`pow_${type}`);
    case 'max':
    case 'min':
      return `${f}(${a}, ${b})`;
    case 'neg':
      return type === 'u32' ? `(0u - ${a})` : `(-${a})`;
    case 'not':
      return `(~${a})`;
    case 'abs':
      return type === 'u32' ? a : `abs(${a})`;
    case 'sign':
      return type === 'u32' ? `min(${a}, 1u)` : `sign(${a})`;
    case 'floor':
    case 'ceil':
    case 'trunc':
    case 'round':
      return a;
    case 'shiftLeft':
    case 'shiftRight':
    case 'shiftRightLogical': {
      const [x, n] = [type === 'u32' ? a : `bitcast<u32>(${a})`, type === 'u32' ? b : `bitcast<u32>(${b})`];
      const back = (text: string): string => (type === 'u32' ? text : `bitcast<i32>(${text})`);
      const isShort = e.args[1].op === 'const' && divisor >= 0 && divisor < 32;
      if (f === 'shiftRight' && type === 'i32') {
        if (isShort) return `(${a} >> ${divisor}u)`;
        need('shifts');
        return `shiftRight(${a}, ${n})`;
      }
      if (isShort) return back(`(${x} ${f === 'shiftLeft' ? '<<' : '>>'} ${divisor}u)`);
      need('shifts');
      return back(`${f === 'shiftLeft' ? 'shiftLeft' : 'shiftRightLogical'}(${x}, ${n})`);
    }
    default:
      return `(${a} ${infix[f] ?? fail('webgpu device', `${f} has no meaning for ${type}`, 'convert the operands first')} ${b})`;
  }
}

/** Loop indices, and sums, products and quotients of non-negative values. */
function isNotNegative(e: Expr): boolean {
  if (e.op === 'const') return e.value >= 0;
  if (e.op === 'index') return true;
  return (
    e.op === 'apply' &&
    (e.f === 'add' || e.f === 'mul' || e.f === 'floorDiv' || e.f === 'floorMod') &&
    e.args.every(isNotNegative)
  );
}

function conversion(a: string, from: ScalarType, to: ScalarType, need: (helper: string) => void): string {
  wgslType(to);
  if (to === 'bool') return `(${a} != ${literal(0, from, need)})`;
  if (from === 'f32' && to !== 'f32') {
    const name = `f32_to_${to}`;
    need(name);
    return `${name}(${a})`;
  }
  return `${to}(${a})`;
}
