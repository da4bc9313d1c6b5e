import { type DType, dtypeInfo, isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { sameShape, showShape } from '../base/shape.ts';
import { apply, convert as convertExpr, type Expr, reinterpret, scalarType } from '../ir/expr.ts';
import { type Primitive, primitive, type SampleInput } from '../ir/primitive.ts';
import type { ScalarOp } from '../ir/scalar.ts';
import type { Aval, Tensor } from '../ir/tensor.ts';
import { asStored } from './as-stored.ts';
import { full } from './generators.ts';

type Unary = Primitive<[x: Tensor]>;
type Binary = Primitive<[x: Tensor, y: Tensor]>;
type UnaryVjp = (g: Tensor, x: Tensor, y: Tensor) => Tensor | null;
type BinaryVjp = (g: Tensor, x: Tensor, y: Tensor, out: Tensor) => (Tensor | null)[];
interface Domain {
  readonly low?: number;
  readonly high?: number;
  readonly dtype?: DType;
}

const shape = [3, 5];
const inputs = (domain: Domain | undefined, count: number): SampleInput[] =>
  Array.from({ length: count }, () => ({ shape, ...domain }));

const signed: ReadonlySet<string> = new Set(['sub', 'neg']);
function same(name: string, [x, ...rest]: readonly Aval[]): Aval {
  for (const y of rest)
    if (!sameShape(x.shape, y.shape) || x.dtype !== y.dtype)
      fail(
        `primitive ${name}`,
        `operands differ: ${x.dtype}${showShape(x.shape)} and ${y.dtype}${showShape(y.shape)}`,
        'broadcast and convert them first',
      );
  if (x.dtype === 'bool' && signed.has(name)) fail(name, 'bool has no negative numbers', 'cast it to int32');
  return { shape: x.shape, dtype: x.dtype };
}

// Operations that may leave the range of their operands.
const growing: ReadonlySet<ScalarOp> = new Set(['add', 'sub', 'mul', 'div', 'neg', 'abs', 'pow', 'not', 'shiftLeft']);
/** Narrow integers wrap at once: whatever reads them in the same loop expects them wrapped. */
const typed = (f: ScalarOp, dtype: DType, x: Expr): Expr => (growing.has(f) ? wrap(x, dtype) : x);

function unary(name: string, f: ScalarOp, domain?: Domain, vjp?: UnaryVjp): Unary {
  return primitive(name, {
    kind: 'elementwise',
    result: (operands) => same(name, operands),
    at: ([x], i) => typed(f, x.dtype, apply(f, x(...i))),
    ...(vjp && { vjp: (g, [x], _, y) => [vjp(g, x, y)] }),
    samples: [{ inputs: inputs(domain, 1), attrs: undefined }],
  });
}
function binary(name: string, f: ScalarOp, domain?: Domain, vjp?: BinaryVjp): Binary {
  return primitive(name, {
    kind: 'elementwise',
    result: (operands) => same(name, operands),
    at: ([x, y], i) => typed(f, x.dtype, apply(f, x(...i), y(...i))),
    ...(vjp && { vjp: (g, [x, y], _, out) => vjp(g, x, y, out) }),
    samples: [{ inputs: inputs(domain, 2), attrs: undefined }],
  });
}
/** `seen`: which form of the operands is compared. */
function compare(name: string, f: ScalarOp, seen: (x: Expr, dtype: DType) => Expr = (x) => x): Binary {
  return primitive(name, {
    kind: 'elementwise',
    result: (operands) => ({ shape: same(name, operands).shape, dtype: 'bool' }),
    at: ([x, y], i) => apply(f, seen(x(...i), x.dtype), seen(y(...i), y.dtype)),
    vjp: () => [null, null],
    samples: [{ inputs: inputs({ dtype: 'int32', low: 0, high: 3 }, 2), attrs: undefined }],
  });
}
/** The scalar `value`, spread over the shape of `x`. */
const like = (x: Tensor, value: number): Tensor => full({ shape: x.shape, dtype: x.dtype, value });
const scale = (x: Tensor, value: number): Tensor => mul(x, like(x, value));
const shift = (x: Tensor, value: number): Tensor => add(x, like(x, value));
/** `value - x`. */
const from = (value: number, x: Tensor): Tensor => sub(like(x, value), x);
const zero = (): null => null;
const integers: Domain = { dtype: 'int32', low: -40, high: 40 };

export const add = binary('add', 'add', {}, (g) => [g, g]);
export const sub = binary('sub', 'sub', {}, (g) => [g, neg(g)]);
export const mul = binary('mul', 'mul', {}, (g, x, y) => [mul(g, y), mul(g, x)]);
/** Quotient; of integers, truncated towards zero. */
export const div = binary('div', 'div', { low: 0.5, high: 2 }, (g, _, y, out) => [div(g, y), neg(div(mul(g, out), y))]);
/** Remainder with the sign of the dividend. */
export const rem = binary('rem', 'rem', { low: 1, high: 9 }, (g, x, y) => [g, neg(mul(g, trunc(div(x, y))))]);
export const pow = binary('pow', 'pow', { low: 0.5, high: 2 }, (g, x, y, out) => {
  const one = like(y, 1);
  // x = 0 would give 0 · log 0: the logarithm is taken only where it exists.
  const positive = gt(x, like(x, 0));
  const dx = select(eq(y, like(y, 0)), like(y, 0), mul(y, pow(x, sub(y, one))));
  return [mul(g, dx), mul(g, mul(out, select(positive, log(select(positive, x, like(x, 1))), like(x, 0))))];
});
export const atan2 = binary('atan2', 'atan2', { low: 0.5, high: 2 }, (g, y, x) => {
  const squared = add(mul(x, x), mul(y, y));
  return [mul(g, div(x, squared)), neg(mul(g, div(y, squared)))];
});
export const nextAfter = binary('nextAfter', 'nextAfter', {}, () => [null, null]);
const share =
  (choose: (a: Tensor, b: Tensor) => Tensor): BinaryVjp =>
  (g, x, y) => {
    // Equal operands get half each.
    const [none, part] = [like(g, 0), scale(g, 0.5)];
    const half = select(eq(x, y), part, none);
    // 16-bit numbers are compared by `eq` as they are stored, by others as they were computed: equal ones must not be chosen.
    const whole = dtypeInfo[x.dtype].bytes === 2 ? select(eq(x, y), part, g) : g;
    return [select(choose(x, y), whole, half), select(choose(y, x), whole, half)];
  };
/** The larger operand; NaN if one is NaN. */
export const max = binary(
  'max',
  'max',
  {},
  share((a, b) => gt(a, b)),
);
/** The smaller operand; NaN if one is NaN. */
export const min = binary(
  'min',
  'min',
  {},
  share((a, b) => lt(a, b)),
);

export const neg = unary('neg', 'neg', {}, (g) => neg(g));
export const abs = unary('abs', 'abs', { low: 0.1, high: 2 }, (g, x) =>
  mul(g, select(ge(x, like(x, 0)), like(x, 1), like(x, -1))),
);
export const sign = unary('sign', 'sign', { low: 0.1, high: 2 }, zero);
export const floor = unary('floor', 'floor', { low: 0.1, high: 0.9 }, zero);
export const ceil = unary('ceil', 'ceil', { low: 0.1, high: 0.9 }, zero);
export const trunc = unary('trunc', 'trunc', { low: 0.1, high: 0.9 }, zero);
/** Nearest integer, halves to even. */
export const round = unary('round', 'round', { low: 0.6, high: 1.4 }, zero);
export const sqrt = unary('sqrt', 'sqrt', { low: 0.1, high: 4 }, (g, _, y) => div(g, scale(y, 2)));
export const rsqrt = unary('rsqrt', 'rsqrt', { low: 0.1, high: 4 }, (g, x, y) => scale(mul(g, div(y, x)), -0.5));
export const exp = unary('exp', 'exp', {}, (g, _, y) => mul(g, y));
export const expm1 = unary('expm1', 'expm1', {}, (g, _, y) => mul(g, shift(y, 1)));
export const log = unary('log', 'log', { low: 0.1, high: 4 }, (g, x) => div(g, x));
export const log1p = unary('log1p', 'log1p', { low: -0.9, high: 4 }, (g, x) => div(g, shift(x, 1)));
/** `1 / (1 + exp(-x))`. */
export const logistic = unary('logistic', 'logistic', { low: -4, high: 4 }, (g, _, y) => mul(g, mul(y, from(1, y))));
export const sin = unary('sin', 'sin', { low: -4, high: 4 }, (g, x) => mul(g, cos(x)));
export const cos = unary('cos', 'cos', { low: -4, high: 4 }, (g, x) => neg(mul(g, sin(x))));
export const tan = unary('tan', 'tan', {}, (g, _, y) => mul(g, shift(mul(y, y), 1)));
export const asin = unary('asin', 'asin', { low: -0.9, high: 0.9 }, (g, x) => mul(g, rsqrt(from(1, mul(x, x)))));
export const acos = unary('acos', 'acos', { low: -0.9, high: 0.9 }, (g, x) => neg(mul(g, rsqrt(from(1, mul(x, x))))));
export const atan = unary('atan', 'atan', {}, (g, x) => div(g, shift(mul(x, x), 1)));
export const sinh = unary('sinh', 'sinh', {}, (g, x) => mul(g, cosh(x)));
export const cosh = unary('cosh', 'cosh', {}, (g, x) => mul(g, sinh(x)));
export const tanh = unary('tanh', 'tanh', { low: -3, high: 3 }, (g, _, y) => mul(g, from(1, mul(y, y))));
export const asinh = unary('asinh', 'asinh', {}, (g, x) => mul(g, rsqrt(shift(mul(x, x), 1))));
export const acosh = unary('acosh', 'acosh', { low: 1.2, high: 4 }, (g, x) =>
  mul(g, mul(rsqrt(shift(x, -1)), rsqrt(shift(x, 1)))),
);
export const atanh = unary('atanh', 'atanh', { low: -0.9, high: 0.9 }, (g, x) => div(g, from(1, mul(x, x))));
/** `2/√π · ∫ exp(-t²) dt` from 0 to x. */
export const erf = unary('erf', 'erf', { low: -2, high: 2 }, (g, x) =>
  scale(mul(g, exp(neg(mul(x, x)))), 2 / Math.sqrt(Math.PI)),
);
export const erfinv = unary('erfinv', 'erfinv', { low: -0.9, high: 0.9 }, (g, _, y) =>
  scale(mul(g, exp(mul(y, y))), Math.sqrt(Math.PI) / 2),
);
/** Logarithm of the absolute value of the gamma function. */
export const lgamma = unary('lgamma', 'lgamma', { low: 0.5, high: 5 }, (g, x) => mul(g, digamma(x)));
/** Derivative of `lgamma`. */
export const digamma = unary('digamma', 'digamma', { low: 0.5, high: 5 });

export const bitAnd = binary('and', 'and', integers, () => [null, null]);
export const bitOr = binary('or', 'or', integers, () => [null, null]);
export const bitXor = binary('xor', 'xor', integers, () => [null, null]);
export const not = unary('not', 'not', integers, zero);
export const shiftLeft = binary('shiftLeft', 'shiftLeft', { dtype: 'int32', low: 0, high: 9 }, () => [null, null]);
/** Shift that copies the sign of signed integers. */
export const shiftRight = binary('shiftRight', 'shiftRight', { dtype: 'int32', low: 0, high: 9 }, () => [null, null]);
export const shiftRightLogical = binary(
  'shiftRightLogical',
  'shiftRightLogical',
  { dtype: 'uint32', low: 0, high: 9 },
  () => [null, null],
);

export const eq = compare('eq', 'eq', asStored);
export const ne = compare('ne', 'ne', asStored);
export const lt = compare('lt', 'lt');
export const le = compare('le', 'le');
export const gt = compare('gt', 'gt');
export const ge = compare('ge', 'ge');

/** `condition ? x : y`, element by element. */
export const select: Primitive<[condition: Tensor, x: Tensor, y: Tensor]> = primitive<
  [condition: Tensor, x: Tensor, y: Tensor]
>('select', {
  kind: 'elementwise',
  result: ([condition, x, y]) => {
    if (!sameShape(condition.shape, x.shape))
      fail(
        'primitive select',
        `the condition has shape ${showShape(condition.shape)}, the values ${showShape(x.shape)}`,
        'broadcast them first',
      );
    return same('select', [x, y]);
  },
  at: ([condition, x, y], i) => apply('select', condition(...i), x(...i), y(...i)),
  vjp: (g, [condition]) => [null, select(condition, g, like(g, 0)), select(condition, like(g, 0), g)],
  samples: [{ inputs: [{ shape, dtype: 'bool', low: 0, high: 2 }, { shape }, { shape }], attrs: undefined }],
});

/** Converts to another dtype. Floats to integers truncate and saturate, NaN gives 0; integers to narrower ones wrap. */
export const convert: Primitive<[x: Tensor], { dtype: DType }> = primitive<[x: Tensor], { dtype: DType }>('convert', {
  kind: 'elementwise',
  result: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  at: ([x], i, { dtype }) => narrow(x.dtype, x(...i), dtype),
  vjp: (g, [x], { dtype }) => [isFloat(x.dtype) && isFloat(dtype) ? convert(g, { dtype: x.dtype }) : null],
  samples: [
    { inputs: [{ shape }], attrs: { dtype: 'float64' } },
    { inputs: [{ shape, low: -9, high: 9 }], attrs: { dtype: 'int32' } },
    { inputs: [{ shape, dtype: 'int32', low: -400, high: 400 }], attrs: { dtype: 'uint8' } },
    { inputs: [{ shape, low: -400, high: 400 }], attrs: { dtype: 'int8' } },
    { inputs: [{ shape, dtype: 'int32', low: 0, high: 2 }], attrs: { dtype: 'bool' } },
  ],
});

const bounds: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  uint8: [0, 255],
  uint16: [0, 65535],
};
/** Narrow integers compute as 32-bit ones: floats saturate at the narrow bounds, integers wrap. */
function narrow(source: DType, x: Expr, dtype: DType): Expr {
  const limits = bounds[dtype];
  if (!limits || !isFloat(source)) return wrap(convertExpr(x, scalarType(dtype)), dtype);
  const finite = apply('select', apply('ne', x, x), 0, x);
  return convertExpr(apply('min', apply('max', finite, limits[0]), limits[1]), scalarType(dtype));
}
function wrap(x: Expr, dtype: DType): Expr {
  if (dtype === 'uint8') return apply('and', x, 0xff);
  if (dtype === 'uint16') return apply('and', x, 0xffff);
  const bits = dtype === 'int8' ? 24 : dtype === 'int16' ? 16 : 0;
  return bits === 0 ? x : apply('shiftRight', apply('shiftLeft', x, bits), bits);
}

/** The same bits read as another dtype of the same width. */
export const bitcast: Primitive<[x: Tensor], { dtype: DType }> = primitive<[x: Tensor], { dtype: DType }>('bitcast', {
  kind: 'elementwise',
  result: ([x], { dtype }) => ({ shape: x.shape, dtype }),
  at: ([x], i, { dtype }) => reinterpret(x(...i), scalarType(dtype)),
  vjp: () => [null],
  samples: [
    { inputs: [{ shape }], attrs: { dtype: 'int32' } },
    { inputs: [{ shape, dtype: 'uint32', low: 1e9, high: 1.05e9 }], attrs: { dtype: 'float32' } },
  ],
});

/** `x` itself, through which no gradient flows. */
export const stopGradient: Unary = primitive('stopGradient', {
  kind: 'elementwise',
  result: ([x]) => ({ shape: x.shape, dtype: x.dtype }),
  at: ([x], i) => x(...i),
  vjp: () => [null],
  samples: [],
});
