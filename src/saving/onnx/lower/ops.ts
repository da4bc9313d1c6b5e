import { isFloat } from '../../../base/dtype.ts';
import { range } from '../../../base/shape.ts';
import { Tensor } from '../../../ir/tensor.ts';
import type { Attribute, Value } from '../emitter.ts';
import { isOne, type Layout } from '../layout.ts';
import { inLayout } from '../values.ts';
import { floating, type LowerNote, type Types, type Work, wide } from '../work.ts';
import { elementwise } from './elementwise.ts';
import { heldLayout, placesIn } from './movement.ts';
import { recurrence } from './recurrent.ts';
import { reduceOver } from './reductions.ts';

/** The options of a call, empty if there are none. */
const given = (options: any): Readonly<Record<string, any>> => options ?? {};
const isFloatTensor = (x: unknown): x is Tensor => x instanceof Tensor && isFloat(x.dtype);
/** The operand is the first input; others are options. */
const activation = (
  opType: string,
  {
    since = 1,
    attributes = () => ({}),
    takes = () => true,
  }: {
    readonly since?: number;
    readonly attributes?: (options: any) => Readonly<Record<string, Attribute | undefined>>;
    readonly takes?: (options: any) => boolean;
  } = {},
): LowerNote => ({
  takes: ([x, options = {}], _, opset) => isFloatTensor(x) && x.dtype !== 'float64' && opset >= since && takes(options),
  write: (work) => {
    const [, options = {}] = work.attrs;
    return elementwise((e, [name]) => e.node(opType, [name], attributes(options)))(firstOnly(work)) as Value;
  },
});
/** The same work on the first operand alone. */
const firstOnly = (work: Work<readonly any[]>): Work =>
  Object.assign(Object.create(Object.getPrototypeOf(work)), work, { inputs: work.inputs.slice(0, 1) }) as Work;

const axesGiven = (axis: unknown, rank: number): number[] =>
  (axis === null || axis === undefined ? range(rank) : [axis].flat()).map((d) =>
    (d as number) < 0 ? (d as number) + rank : (d as number),
  );

const softmax = (opType: string): LowerNote => ({
  takes: ([x, options]) =>
    isFloatTensor(x) && axesGiven(given(options).axis ?? -1, x.shape.length).length === 1 && x.shape.length > 0,
  write: (work) => {
    const [x, options] = work.attrs;
    const { axis = -1 } = given(options);
    const [d] = axesGiven(axis, x.shape.length);
    const layout = isOne(work.inputs[0].sizes[d]) ? range(x.shape.length).map((k) => [k]) : heldLayout(work, [d]);
    const at = isOne(work.inputs[0].sizes[d]) ? d : placesIn(layout, [d])[0];
    return work.result(work.node(opType, [work.inLayout(0, layout)], { axis: at }), layout);
  },
});
/** Reductions that are made of several primitives. `axis` and `keepdims` are options. */
const reduction = (opType: string, supported: Types): LowerNote => ({
  takes: ([x, options = {}]) => isFloatTensor(x) && supported.has(x.dtype) && onlyKeys(options, ['axis', 'keepdims']),
  write: (work) => {
    const [x, options] = work.attrs;
    const { axis, keepdims = false } = given(options);
    const axes = axesGiven(axis, x.shape.length);
    const [result] = work.results;
    const reduced = { ...result, sizes: work.inputs[0].sizes.filter((_, d) => !axes.includes(d)) };
    const inner: Work = Object.assign(Object.create(Object.getPrototypeOf(work)), work, { results: [reduced] });
    const y = reduceOver(inner, opType, supported, axes);
    if (!keepdims) return y;
    const kept = range(x.shape.length).filter((d) => !axes.includes(d));
    return {
      ...y,
      sizes: result.sizes,
      forms: y.forms.map((form) => ({ ...form, layout: form.layout.map((g) => g.map((d) => kept[d])) })),
    };
  },
});
const onlyKeys = (options: object, keys: readonly string[]): boolean =>
  Object.entries(options).every(([key, value]) => value === undefined || keys.includes(key));

const batchNormalization: LowerNote = {
  takes: ([x, mean, variance, axis, options = {}], isConstant) => {
    const weights = [mean, variance, options.scale, options.offset];
    return (
      isFloatTensor(x) &&
      (x.dtype === 'float32' || x.dtype === 'float16') &&
      x.shape.length >= 2 &&
      typeof axis === 'number' &&
      weights.every(
        (w) => w === undefined || w === null || (w instanceof Tensor && w.dtype === x.dtype && isConstant(w)),
      )
    );
  },
  write: (work) => {
    const { e } = work;
    const [x, , , axis, options] = work.attrs;
    const { scale, offset, epsilon = 1e-3 } = given(options);
    const d = axis < 0 ? axis + x.shape.length : axis;
    const [value, mean, variance, ...rest] = work.inputs;
    const channels = value.sizes[d];
    const next = (w: unknown): Value | undefined => (w instanceof Tensor ? rest.shift() : undefined);
    // Options are read in the order of the arguments.
    const weights: Record<string, Value | undefined> = {};
    for (const [key, w] of Object.entries(given(options))) if (key !== 'epsilon') weights[key] = next(w);
    const filled = (n: number): Value => ({ dtype: value.dtype, sizes: [channels], forms: [], fill: n });
    const vector = (v: Value): string => inLayout(e, v, [[0]]);
    const names = [scale ? weights['scale']! : filled(1), offset ? weights['offset']! : filled(0), mean, variance].map(
      vector,
    );
    const layout: Layout = channelSecond(work, value, d);
    const y = e.node('BatchNormalization', [inLayout(e, value, layout), ...names], { epsilon: { float: epsilon } });
    return work.result(y, layout);
  },
};
/** A layout with the axis in second place: the one that is there, or the axes in order but for that. */
function channelSecond({ e }: Work, value: Value, d: number): Layout {
  const held = value.forms.find(
    (form) => e.isKnownHere(form) && form.layout.length >= 2 && form.layout[1].length === 1 && form.layout[1][0] === d,
  );
  if (held) return held.layout;
  const others = range(value.sizes.length).filter((k) => k !== d);
  return [[others[0]], [d], ...others.slice(1).map((k) => [k])];
}

const layerNormalization: LowerNote = {
  takes: ([x, options = {}], _, opset) => {
    if (!isFloatTensor(x) || x.dtype !== 'float32' || opset < 17 || options.rmsScaling) return false;
    const { gamma, beta, axis = -1 } = options;
    const axes = axesGiven(axis, x.shape.length).sort((a, b) => a - b);
    const first = x.shape.length - axes.length;
    const fits = (w: unknown): boolean =>
      w === undefined ||
      w === null ||
      (w instanceof Tensor &&
        w.dtype === x.dtype &&
        w.shape.length === axes.length &&
        w.shape.every((n, k) => n === x.shape[first + k]));
    return axes.every((d, k) => d === first + k) && fits(gamma) && fits(beta);
  },
  write: (work) => {
    const { e } = work;
    const [x, options] = work.attrs;
    const { axis = -1, epsilon } = given(options);
    const first = x.shape.length - axesGiven(axis, x.shape.length).length;
    const [value, ...rest] = work.inputs;
    const weights: Record<string, Value> = {};
    for (const [key, w] of Object.entries(given(options))) if (w instanceof Tensor) weights[key] = rest.shift()!;
    const sizes = value.sizes.slice(first);
    const gamma = weights['gamma'] ?? { dtype: value.dtype, sizes, forms: [], fill: 1 };
    const layout: Layout = range(x.shape.length).map((d) => [d]);
    const whole: Layout = range(sizes.length).map((d) => [d]);
    const names = [inLayout(e, value, layout), inLayout(e, gamma, whole)];
    if (weights['beta']) names.push(inLayout(e, weights['beta'], whole));
    return work.result(
      e.node('LayerNormalization', names, { axis: first, epsilon: { float: epsilon ?? 1e-7 } }),
      layout,
    );
  },
};

/** Bounds as numbers are the attributes of a rectifier; where they are missing, nothing is cut. */
const clip: LowerNote = {
  takes: ([x, low, high]) =>
    x instanceof Tensor &&
    wide.has(x.dtype) &&
    typeof low === 'number' &&
    typeof high === 'number' &&
    (isFloat(x.dtype) || (Number.isInteger(low) && Number.isInteger(high))),
  write: (work) => {
    const [x, low, high] = work.attrs;
    return elementwise((e, [name]) => e.node('Clip', [name, e.scalar(low, x.dtype), e.scalar(high, x.dtype)]))(
      firstOnly(work),
    ) as Value;
  },
};
const relu6: LowerNote = {
  takes: ([x]) => isFloatTensor(x),
  write: (work) =>
    elementwise((e, [name], dtype) => e.node('Clip', [name, e.scalar(0, dtype), e.scalar(6, dtype)]))(work) as Value,
};

const float = (value: number): { readonly float: number } => ({ float: value });
/** Ops that ONNX has an operator for, by their names. */
export const noteTable: Readonly<Record<string, LowerNote | undefined>> = {
  relu: activation('Relu'),
  relu6,
  clip,
  softmax: softmax('Softmax'),
  logSoftmax: softmax('LogSoftmax'),
  softplus: activation('Softplus'),
  softsign: activation('Softsign'),
  elu: activation('Elu', { attributes: ({ alpha = 1 }) => ({ alpha: float(alpha) }) }),
  selu: activation('Selu'),
  celu: activation('Celu', { attributes: ({ alpha = 1 }) => ({ alpha: float(alpha) }) }),
  leakyRelu: activation('LeakyRelu', { attributes: ({ negativeSlope = 0.2 }) => ({ alpha: float(negativeSlope) }) }),
  hardSigmoid: activation('HardSigmoid', { attributes: () => ({ alpha: float(1 / 6), beta: float(0.5) }) }),
  hardSilu: activation('HardSwish', { since: 14 }),
  hardSwish: activation('HardSwish', { since: 14 }),
  gelu: activation('Gelu', {
    since: 20,
    attributes: ({ approximate = true }) => ({ approximate: approximate ? 'tanh' : 'none' }),
  }),
  mish: activation('Mish', { since: 18 }),
  mean: reduction('ReduceMean', floating),
  logsumexp: reduction('ReduceLogSumExp', floating),
  batchNormalization,
  layerNormalization,
  recurrence,
};
