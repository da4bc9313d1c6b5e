import { type DType, isFloat } from '../../../base/dtype.ts';
import { elementType } from '../element-types.ts';
import { type Emitter, refuse, type Value } from '../emitter.ts';
import { type Layout, plain, sameLayout, sameList, sameSizes } from '../layout.ts';
import { operand } from '../values.ts';
import { floating, inType, type Lower, type Types, types, type Work, wide } from '../work.ts';

/** Writes an operation on operands of one layout; `names` may belong to smaller arrays, which are broadcast. */
export type Write = (e: Emitter, names: readonly string[], dtype: DType) => string;

/** The layout in which most operands are stored already. */
function layoutOf(work: Work): Layout | undefined {
  const { e, inputs } = work;
  const held = inputs.filter((v) => v.fill === undefined && !v.spread && !v.constant);
  const layouts = held.flatMap((v) => v.forms.filter((form) => e.isKnownHere(form)).map((form) => form.layout));
  const count = (layout: Layout): number =>
    held.filter((v) => v.forms.some((form) => e.isKnownHere(form) && sameLayout(form.layout, layout))).length;
  return layouts.reduce<Layout | undefined>((best, l) => (best && count(best) >= count(l) ? best : l), undefined);
}
/** If all operands broadcast in the same way, the operation is done on the values behind them. */
function unspread(work: Work): Value | undefined {
  const { inputs } = work;
  const lead = inputs.find((v) => v.spread);
  if (!lead) return undefined;
  const { source, axes } = lead.spread!;
  const alike = inputs.every(
    (v) =>
      v.fill !== undefined ||
      (v.spread && sameList(v.spread.axes, axes) && sameSizes(v.spread.source.sizes, source.sizes)),
  );
  return alike ? source : undefined;
}

export const elementwise =
  (write: Write): Lower =>
  (work) => {
    const { e, inputs } = work;
    const [{ dtype, sizes }] = work.results;
    const type = inputs.at(-1)!.dtype;
    if (inputs.every((v) => v.fill !== undefined)) {
      const scalar: Value = { dtype, sizes: [], forms: [] };
      const name = write(
        e,
        inputs.map((v) => e.scalar(v.fill!, v.dtype)),
        type,
      );
      scalar.forms.push({ name, layout: [], scope: e.scope });
      return { dtype, sizes, forms: [], spread: { source: scalar, axes: [] } };
    }
    const small = unspread(work);
    if (small) {
      const layout = plain(small.sizes);
      const names = inputs.map((v) => operand(e, v.spread?.source ?? v, layout));
      const source: Value = { dtype, sizes: small.sizes, forms: [] };
      source.forms.push({ name: write(e, names, type), layout, scope: e.scope });
      return { dtype, sizes, forms: [], spread: { source, axes: inputs.find((v) => v.spread)!.spread!.axes } };
    }
    const held = layoutOf(work);
    const layout = held ?? plain(sizes);
    // At least one operand must have the full size, as the result does.
    const isWhole = held !== undefined || inputs.some((v) => v.constant);
    const names = inputs.map((v, k) => (isWhole || k > 0 ? operand(e, v, layout) : work.name(0)));
    return work.result(write(e, names, type), layout);
  };

const plainOp = (opType: string, supported: Types = wide): Lower =>
  elementwise((e, names, dtype) => inType(e, dtype, supported, names, (xs) => e.node(opType, xs)));
const onFloats = (opType: string): Lower => plainOp(opType, floating);
const comparison = (opType: string, supported: Types = wide): Lower =>
  elementwise((e, names, dtype) => inType(e, dtype, supported, names, (xs) => e.node(opType, xs), 'bool'));
const bits = (opType: string, logical: string): Lower =>
  elementwise((e, names, dtype) => {
    if (dtype === 'bool') return e.node(logical, names);
    if (e.opset < 18) return refuse(`${opType} needs an opset of at least 18`);
    return e.node(opType, names);
  });
/** Shifts exist for unsigned numbers only: signed ones are made non-negative first. */
const shift = (direction: 'LEFT' | 'RIGHT', isLogical: boolean): Lower =>
  elementwise((e, [x, y], dtype) => {
    const moves = !isLogical && !dtype.startsWith('u');
    const offset = moves ? e.scalar(2 ** 31, 'int64') : undefined;
    const raised = offset ? e.node('Add', [e.cast(x, 'int64'), offset]) : e.cast(x, 'int64');
    const by = e.cast(y, 'uint64');
    const shifted = (name: string): string => e.node('BitShift', [e.cast(name, 'uint64'), by], { direction });
    const result = e.cast(shifted(raised), 'int64');
    return e.cast(offset ? e.node('Sub', [result, e.cast(shifted(offset), 'int64')]) : result, dtype);
  });

const one = (e: Emitter, dtype: DType): string => e.scalar(1, dtype);
/** `tanh(x / 2) · (exp(x) + 1)` is `exp(x) - 1`, without a difference of numbers that are almost the same. */
const expm1: Write = (e, [x], dtype) =>
  e.node('Mul', [
    e.node('Tanh', [e.node('Mul', [x, e.scalar(0.5, dtype)])]),
    e.node('Add', [e.node('Exp', [x]), one(e, dtype)]),
  ]);
/** Near 0 `2 · atanh(x / (x + 2))`. */
const log1p: Write = (e, [x], dtype) => {
  const isSmall = e.node('Less', [e.node('Abs', [x]), e.scalar(0.5, dtype)]);
  const ratio = e.node('Div', [x, e.node('Add', [x, e.scalar(2, dtype)])]);
  const safe = e.node('Where', [isSmall, ratio, e.scalar(0, dtype)]);
  const near = e.node('Mul', [e.node('Atanh', [safe]), e.scalar(2, dtype)]);
  return e.node('Where', [isSmall, near, e.node('Log', [e.node('Add', [x, one(e, dtype)])])]);
};
const atan2: Write = (e, [y, x], dtype) => {
  const zero = e.scalar(0, dtype);
  const pi = (k: number): string => e.scalar(k * Math.PI, dtype);
  const base = e.node('Atan', [e.node('Div', [y, x])]);
  const isLeft = e.node('Less', [x, zero]);
  const turn = e.node('Where', [e.node('Less', [y, zero]), pi(-1), pi(1)]);
  const angle = e.node('Where', [isLeft, e.node('Add', [base, turn]), base]);
  const upright = e.node('Mul', [e.node('Sign', [y]), pi(0.5)]);
  return e.node('Where', [e.node('Equal', [x, zero]), upright, angle]);
};
/** A function that runtimes compute in float32 only. */
const inFloat32 = (write: Write): Lower =>
  elementwise((e, names, dtype) => {
    if (dtype === 'float32') return write(e, names, dtype);
    const y = write(
      e,
      names.map((name) => e.cast(name, 'float32')),
      'float32',
    );
    return e.cast(y, dtype);
  });
const single = (opType: string): Lower => inFloat32((e, names) => e.node(opType, names));

const bounds: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};
const convert: Lower = (work) => {
  const [{ dtype }] = work.results;
  const [x] = work.inputs;
  if (elementType[x.dtype] === elementType[dtype]) return { ...x, dtype };
  // Every number but infinities and NaN is a fill of another type too.
  if (x.fill !== undefined && isFloat(dtype)) return { ...x, dtype };
  return elementwise((e, [name], source) => {
    const limits = isFloat(source) ? bounds[dtype] : undefined;
    if (!limits) return e.cast(name, dtype);
    const whole = e.node('Clip', [name, e.scalar(limits[0], source), e.scalar(limits[1], source)]);
    return e.cast(e.cast(whole, 'int32'), dtype);
  })(work);
};

const where: Lower = elementwise((e, [condition, x, y], dtype) => {
  if (dtype === 'bool')
    return e.node('Or', [e.node('And', [condition, x]), e.node('And', [e.node('Not', [condition]), y])]);
  return inType(e, dtype, selectable, [x, y], ([a, b]) => e.node('Where', [condition, a, b]));
});
const selectable = types('float16', 'bfloat16', 'float32', 'float64', 'int32', 'uint8');

/** Elementwise primitives as nodes. */
export const elementwiseTable: Readonly<Record<string, Lower>> = {
  add: plainOp('Add'),
  sub: plainOp('Sub'),
  mul: elementwise((e, names, dtype) =>
    dtype === 'bool' ? e.node('And', names) : inType(e, dtype, wide, names, (xs) => e.node('Mul', xs)),
  ),
  div: plainOp('Div'),
  rem: elementwise((e, names, dtype) => inType(e, dtype, wide, names, (xs) => e.node('Mod', xs, { fmod: 1 }))),
  pow: plainOp('Pow'),
  max: elementwise((e, names, dtype) =>
    dtype === 'bool' ? e.node('Or', names) : inType(e, dtype, wide, names, (xs) => e.node('Max', xs)),
  ),
  min: elementwise((e, names, dtype) =>
    dtype === 'bool' ? e.node('And', names) : inType(e, dtype, wide, names, (xs) => e.node('Min', xs)),
  ),
  atan2: inFloat32(atan2),
  neg: plainOp('Neg'),
  abs: plainOp('Abs'),
  sign: plainOp('Sign'),
  floor: onFloats('Floor'),
  ceil: onFloats('Ceil'),
  trunc: elementwise((e, [x], dtype) =>
    isFloat(dtype) ? e.node('Mul', [e.node('Sign', [x]), e.node('Floor', [e.node('Abs', [x])])]) : x,
  ),
  round: onFloats('Round'),
  sqrt: onFloats('Sqrt'),
  rsqrt: elementwise((e, [x]) => e.node('Reciprocal', [e.node('Sqrt', [x])])),
  exp: onFloats('Exp'),
  expm1: inFloat32(expm1),
  log: onFloats('Log'),
  log1p: inFloat32(log1p),
  logistic: onFloats('Sigmoid'),
  sin: single('Sin'),
  cos: single('Cos'),
  tan: single('Tan'),
  asin: single('Asin'),
  acos: single('Acos'),
  atan: single('Atan'),
  sinh: single('Sinh'),
  cosh: single('Cosh'),
  tanh: onFloats('Tanh'),
  asinh: single('Asinh'),
  acosh: single('Acosh'),
  atanh: single('Atanh'),
  erf: single('Erf'),
  and: bits('BitwiseAnd', 'And'),
  or: bits('BitwiseOr', 'Or'),
  xor: bits('BitwiseXor', 'Xor'),
  not: bits('BitwiseNot', 'Not'),
  shiftLeft: shift('LEFT', true),
  shiftRight: shift('RIGHT', false),
  shiftRightLogical: shift('RIGHT', true),
  eq: comparison('Equal', types(...wide, 'bool')),
  ne: elementwise((e, names, dtype) =>
    e.node('Not', [inType(e, dtype, types(...wide, 'bool'), names, (xs) => e.node('Equal', xs), 'bool')]),
  ),
  lt: comparison('Less'),
  le: comparison('LessOrEqual'),
  gt: comparison('Greater'),
  ge: comparison('GreaterOrEqual'),
  select: where,
  convert,
  stopGradient: ({ inputs: [x] }) => ({ ...x }),
};
