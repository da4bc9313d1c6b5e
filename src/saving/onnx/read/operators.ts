import { range } from '../../../base/shape.ts';
import { KerasTensor, type Tensor } from '../../../tensor/index.ts';
import type { Context } from './context.ts';
import { equal, onInts } from './known.ts';
import { plainly, type Rule } from './layers.ts';
import { channelsLast, checkSize, elementsOf, heldAxis, isInts, isSymbolic, ops, plain, type Value } from './value.ts';

/** An elementwise function, for which the layout makes no difference. */
const each =
  (f: (x: Tensor, c: Context) => Tensor): Rule =>
  (c) => {
    const value = c.value(0);
    return isInts(value) ? plainly(f(plain(value), c)) : { ...value, t: f(value.t, c) };
  };
/** An op of one element by its name. */
const op = (name: string): Rule => each((x) => ops[name](x));
/** A layer of Keras for each element. */
const activation = (className: string, config: (c: Context) => object = () => ({})): Rule =>
  each((x, c) => (x instanceof KerasTensor ? c.layer(className, { ...config(c) }, x) : fallback[className](x, c)));
/** What the layers compute, for arrays that are known. */
const fallback: Readonly<Record<string, (x: Tensor, c: Context) => Tensor>> = {
  ReLU: (x) => ops['relu'](x),
  ELU: (x, c) => ops['elu'](x, { alpha: c.number('alpha', 1) }),
  LeakyReLU: (x, c) => ops['leakyRelu'](x, { negativeSlope: c.number('alpha', 0.01) }),
};

const broadcastShape = (shapes: readonly (readonly (number | null)[])[]): (number | null)[] => {
  const rank = Math.max(...shapes.map((s) => s.length));
  return range(rank).map((d) => {
    const sizes = shapes.map((s) => s[d - rank + s.length] ?? 1);
    return Math.max(...sizes);
  });
};
/** Operands of a broadcasting operator: with channels last if one of them is. */
function together(c: Context, least = 2): { readonly tensors: Tensor[]; readonly last: boolean } {
  const values = range(Math.max(c.node.inputs.length, least)).map((k) => c.value(k));
  const ranks = values.map((_, k) => c.rank(k));
  const rank = Math.max(...ranks);
  const isHeld = (v: Value): boolean => !isInts(v) && v.last;
  if (!values.some(isSymbolic)) checkSize(c.node.name, broadcastShape(values.map((_, k) => c.shape(k))));
  // Weights of lower rank get the missing axes, so that their channels can be moved too.
  const last =
    values.some((v, k) => isHeld(v) && ranks[k] === rank) &&
    values.every((v, k) => isHeld(v) || !isSymbolic(v) || ranks[k] === rank);
  if (!last) return { tensors: values.map(plain), last };
  const tensors = values.map((v, k) => {
    if (isHeld(v)) return channelsLast(v);
    const t = plain(v);
    if (t.shape.length === 0) return t;
    return channelsLast(
      plainly(ranks[k] === rank ? t : ops['reshape'](t, [...range(rank - ranks[k]).map(() => 1), ...t.shape])),
    );
  });
  return { tensors, last };
}
const binary =
  (name: string, least = 2): Rule =>
  (c) => {
    const { tensors, last } = together(c, least);
    return { t: tensors.reduce((a, b) => ops[name](a, b)), last };
  };
/** A sum, product or difference of arrays of one shape is a layer of Keras, others an op. */
const merging =
  (className: string, name: string): Rule =>
  (c) => {
    const { tensors, last } = together(c);
    const isLayer =
      tensors.length === 2 &&
      tensors.every((t) => t instanceof KerasTensor) &&
      String(tensors[0].shape) === String(tensors[1].shape);
    const t = isLayer ? c.layer(className, {}, tensors) : tensors.reduce((a, b) => ops[name](a, b));
    return { t, last };
  };
const isWhole = (t: Tensor): boolean => t.dtype.includes('int') || t.dtype === 'bool';
const divide: Rule = (c) => {
  const { tensors, last } = together(c);
  const [x, y] = tensors;
  if (!isWhole(x)) return { t: ops['divide'](x, y), last };
  return { t: ops['cast'](ops['trunc'](ops['divide'](x, y)), x.dtype), last };
};

const reduction =
  (name: string, before: (x: Tensor) => Tensor = (x) => x, after: (y: Tensor) => Tensor = (y) => y): Rule =>
  (c) => {
    const value = c.value(0);
    const rank = c.rank();
    const keepdims = c.number('keepdims', 1) === 1;
    const given = c.ints('axes', 1);
    if ((!given || given.length === 0) && c.number('noop_with_empty_axes', 0) === 1) return value;
    const axes = given && given.length > 0 ? c.axes(given, rank) : range(rank);
    const isLast = !isInts(value) && value.last && (keepdims || axes.every((d) => d > 1));
    const x = isLast ? value.t : plain(value);
    const own = axes.map((d) => heldAxis(d, rank, isLast));
    const isPooled =
      isLast &&
      name === 'mean' &&
      rank === 4 &&
      x instanceof KerasTensor &&
      axes.length === 2 &&
      axes.every((d) => d > 1);
    const y = isPooled
      ? c.layer('GlobalAveragePooling2D', { keepdims, dataFormat: 'channels_last' }, x)
      : after(ops[name](before(x), { axis: own, keepdims }));
    return { t: y, last: isLast && keepdims };
  };
const argExtreme =
  (name: string): Rule =>
  (c) => {
    const axis = c.axis(0, c.rank());
    const y = ops[name](c.tensor(0), { axis });
    return plainly(c.number('keepdims', 1) === 1 ? ops['expandDims'](y, axis) : y);
  };

const softmax =
  (name: string): Rule =>
  (c) => {
    const rank = c.rank();
    const value = c.value(0);
    const isLast = !isInts(value) && value.last;
    const axis = heldAxis(c.axis(c.opset < 13 ? 1 : -1, rank), rank, isLast);
    if (c.opset < 13 && c.axis(1, rank) !== rank - 1) return c.refuse('goes over several axes, as before opset 13');
    const x = isLast ? value.t : plain(value);
    if (name === 'softmax' && x instanceof KerasTensor) return { t: c.layer('Softmax', { axis }, x), last: isLast };
    return { t: ops[name](x, { axis }), last: isLast };
  };

const clip: Rule = (c) => {
  const bound = (name: string, k: number): number | undefined => {
    if (c.node.attributes.has(name)) return c.number(name, 0);
    if (!c.has(k)) return undefined;
    const value = c.value(k);
    return isInts(value) ? (value.ints[0] ?? undefined) : elementsOf(c.constant(k))[0];
  };
  const [low, high] = [bound('min', 1), bound('max', 2)];
  return each((x) => {
    if (low === 0 && x instanceof KerasTensor && !isWhole(x)) return c.layer('ReLU', { maxValue: high ?? null }, x);
    return ops['clip'](x, low ?? -3.4e38, high ?? 3.4e38);
  })(c);
};
const where: Rule = (c) => {
  const [condition, x, y] = [c.value(0), c.value(1), c.value(2)];
  if (isInts(condition) && isInts(x) && isInts(y))
    return {
      ints: condition.ints.map((is, k) => (is === null ? null : ((is ? x : y).ints.at(k) ?? null))),
      isScalar: condition.isScalar,
    };
  const { tensors, last } = together(c);
  return { t: ops['where'](tensors[0], tensors[1], tensors[2]), last };
};
const prelu: Rule = (c) => {
  const {
    tensors: [x, slope],
    last,
  } = together(c);
  return { t: ops['where'](ops['less'](x, 0), ops['multiply'](x, slope), x), last };
};
const pow: Rule = (c) => {
  const {
    tensors: [x, y],
    last,
  } = together(c);
  return { t: ops['power'](x, isWhole(x) ? y : ops['cast'](y, x.dtype)), last };
};
const same: Rule = (c) => c.value(0);
const einsum: Rule = (c) =>
  plainly(ops['einsum'](c.text('equation', ''), ...range(c.node.inputs.length).map((k) => c.tensor(k))));
const hardSigmoid: Rule = each((x, c) =>
  ops['clip'](ops['add'](ops['multiply'](x, c.number('alpha', 0.2)), c.number('beta', 0.5)), 0, 1),
);

/** Operators that are ops of Keras, or layers without weights. */
export const operatorRules: Readonly<Record<string, Rule>> = {
  Identity: same,
  Dropout: same,
  Relu: activation('ReLU'),
  Elu: activation('ELU', (c) => ({ alpha: c.number('alpha', 1) })),
  LeakyRelu: activation('LeakyReLU', (c) => ({ negativeSlope: c.number('alpha', 0.01) })),
  PRelu: prelu,
  Clip: clip,
  Sigmoid: op('sigmoid'),
  HardSigmoid: hardSigmoid,
  HardSwish: op('hardSilu'),
  Swish: op('silu'),
  Gelu: each((x, c) => ops['gelu'](x, { approximate: c.text('approximate', 'none') === 'tanh' })),
  Mish: op('mish'),
  Selu: op('selu'),
  Celu: each((x, c) => ops['celu'](x, { alpha: c.number('alpha', 1) })),
  Softplus: op('softplus'),
  Softsign: op('softsign'),
  Softmax: softmax('softmax'),
  LogSoftmax: softmax('logSoftmax'),
  Tanh: op('tanh'),
  Erf: op('erf'),
  Exp: op('exp'),
  Log: op('log'),
  Sqrt: op('sqrt'),
  Reciprocal: op('reciprocal'),
  Abs: op('abs'),
  Neg: op('negative'),
  Sign: op('sign'),
  Floor: op('floor'),
  Ceil: op('ceil'),
  Round: op('round'),
  Sin: op('sin'),
  Cos: op('cos'),
  Tan: op('tan'),
  Atan: op('arctan'),
  Not: op('logicalNot'),
  Add: onInts((a, b) => a + b, merging('Add', 'add')),
  Sub: onInts((a, b) => a - b, merging('Subtract', 'subtract')),
  Mul: onInts((a, b) => a * b, merging('Multiply', 'multiply')),
  Div: onInts((a, b) => Math.trunc(a / b), divide),
  Mod: onInts((a, b) => ((a % b) + b) % b, binary('mod')),
  Pow: pow,
  Min: binary('minimum', 1),
  Max: binary('maximum', 1),
  Sum: binary('add', 1),
  And: binary('logicalAnd'),
  Or: binary('logicalOr'),
  Xor: binary('logicalXor'),
  Equal: equal(binary('equal')),
  Less: binary('less'),
  LessOrEqual: binary('lessEqual'),
  Greater: binary('greater'),
  GreaterOrEqual: binary('greaterEqual'),
  Where: where,
  ReduceMean: reduction('mean'),
  ReduceSum: reduction('sum'),
  ReduceMax: reduction('max'),
  ReduceMin: reduction('min'),
  ReduceProd: reduction('prod'),
  ReduceL2: reduction(
    'sum',
    (x) => ops['square'](x),
    (y) => ops['sqrt'](y),
  ),
  ReduceSumSquare: reduction('sum', (x) => ops['square'](x)),
  ReduceL1: reduction('sum', (x) => ops['abs'](x)),
  ReduceLogSumExp: reduction('logsumexp'),
  ArgMax: argExtreme('argmax'),
  ArgMin: argExtreme('argmin'),
  CumSum: (c) => plainly(ops['cumsum'](c.tensor(0), { axis: (c.ints('axis', 1) ?? [0])[0] })),
  Einsum: einsum,
};
