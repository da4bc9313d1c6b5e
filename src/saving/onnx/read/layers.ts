import { range, sizeOf } from '../../../base/shape.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { Context } from './context.ts';
import { call, channelsLast, isInts, layer, ops, type Value } from './value.ts';

export type Rule = (c: Context) => Value | readonly Value[];
export const plainly = (t: Tensor): Value => ({ t, last: false });
const last = (t: Tensor): Value => ({ t, last: true });

interface Window {
  readonly rank: number;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly (readonly [number, number])[];
  readonly isSame: boolean;
}
/** How windows slide. */
function windowOf(c: Context, kernel: readonly number[]): Window {
  const rank = kernel.length;
  if (rank < 1 || rank > 3) return c.refuse(`slides along ${rank} axes`);
  const given = (name: string): readonly number[] => {
    const list = c.list(name) ?? range(rank).map(() => 1);
    return list.length === rank && list.every((n) => Number.isInteger(n) && n > 0 && n < 2 ** 20)
      ? list
      : c.refuse(`has ${name} [${list.join(', ')}]`);
  };
  const mode = c.text('auto_pad', 'NOTSET');
  const flat = (mode === 'NOTSET' && c.list('pads')) || range(2 * rank).map(() => 0);
  if (flat.length !== 2 * rank || flat.some((n) => !Number.isInteger(n) || n < 0 || n > 2 ** 20))
    return c.refuse(`has pads [${flat.join(', ')}]`);
  if (mode === 'SAME_LOWER') return c.refuse('pads with SAME_LOWER');
  return {
    rank,
    strides: given('strides'),
    dilations: given('dilations'),
    pads: range(rank).map((i) => [flat[i], flat[i + rank]] as const),
    isSame: mode === 'SAME_UPPER',
  };
}
const isPadded = ({ pads }: Window): boolean => pads.some(([low, high]) => low > 0 || high > 0);
/** Zeros around an image. */
const padded = (c: Context, x: Tensor, { pads, rank }: Window): Tensor =>
  call(
    layer(`ZeroPadding${rank}D`, {
      padding: rank === 1 ? pads[0] : pads,
      dataFormat: 'channels_last',
      name: `${c.name()}_pad`,
    }),
    x,
  );

const transposed = (t: Tensor, axes: readonly number[]): Tensor => ops['transpose'](t, { axes });
const spatialOf = (rank: number): number[] => range(rank).map((i) => i + 2);

/** The node's own bias, or one that the next node adds. */
function biasOf(c: Context, filters: number, k: number): Tensor | undefined {
  if (c.has(k)) return c.constant(k);
  const next = c.addedConstant();
  if (!next) return undefined;
  const { shape } = next.constant;
  // Behind the batch stand the channels.
  const rank = c.rank();
  const at = shape.length - (rank - 1);
  if (sizeOf(shape) !== filters || shape[at] !== filters) return undefined;
  return ops['reshape'](next.constant, [filters]);
}
function alsoAdded(c: Context, isTaken: boolean, value: Value): Value {
  const next = isTaken && !c.has(2) ? c.addedConstant() : undefined;
  if (next) c.also.set(next.node.outputs[0], value);
  return value;
}

const conv: Rule = (c) => {
  const w = c.constant(1);
  const [filters, depth, ...kernel] = w.shape;
  const window = windowOf(c, kernel);
  const { rank, strides, dilations, isSame } = window;
  const groups = c.number('group', 1);
  const spatial = spatialOf(rank);
  let x = channelsLast(c.value(0));
  if (isPadded(window)) x = padded(c, x, window);
  const bias = biasOf(c, filters, 2);
  const config = {
    kernelSize: kernel,
    strides,
    dilationRate: dilations,
    padding: isSame ? 'same' : 'valid',
    dataFormat: 'channels_last',
    useBias: bias !== undefined,
  };
  const weights = bias ? [bias] : [];
  const isDepthwise = groups > 1 && depth === 1 && filters % groups === 0 && rank < 3;
  const equal = strides.every((n) => n === strides[0]);
  if (isDepthwise && equal) {
    const multiplier = filters / groups;
    // [groups · m, 1, …k] as [...k, groups, m]
    const split = ops['reshape'](w, [groups, multiplier, ...kernel]);
    const own = transposed(split, [...spatial, 0, 1]);
    const y = c.weighted(`DepthwiseConv${rank}D`, { ...config, depthMultiplier: multiplier }, x, [own, ...weights]);
    return alsoAdded(c, bias !== undefined, last(y));
  }
  const own = transposed(w, [...spatial, 1, 0]);
  const y = c.weighted(`Conv${rank}D`, { ...config, filters, groups }, x, [own, ...weights]);
  return alsoAdded(c, bias !== undefined, last(y));
};

const convTranspose: Rule = (c) => {
  const w = c.constant(1);
  const [, filters, ...kernel] = w.shape;
  const window = windowOf(c, kernel);
  const { rank, strides, dilations, pads, isSame } = window;
  if (c.number('group', 1) !== 1) return c.refuse('spreads in groups');
  if (isSame || c.list('output_shape')) return c.refuse('gives the shape of its output rather than pads');
  const more = c.list('output_padding') ?? range(rank).map(() => 0);
  const reach = kernel.map((n, i) => (n - 1) * dilations[i] + 1);
  const bias = c.has(2) ? c.constant(2) : undefined;
  const config = {
    filters,
    kernelSize: kernel,
    strides,
    dilationRate: dilations,
    padding: 'valid',
    dataFormat: 'channels_last',
  };
  // The result is cropped at both ends; the layer itself produces more if the stride exceeds the window.
  const ends = pads.map(([, high], i) => high - more[i] + Math.max(strides[i] - reach[i], 0));
  const cut = pads.map(([low], i) => [low, Math.max(ends[i], 0)] as const);
  const own = transposed(w, [...spatialOf(rank), 1, 0]);
  // Outside the transposed convolution's reach there is only the bias.
  const isBeyond = ends.some((n) => n < 0);
  const inLayer = bias && !isBeyond ? [own, bias] : [own];
  let y = c.weighted(
    `Conv${rank}DTranspose`,
    { ...config, useBias: inLayer.length > 1 },
    channelsLast(c.value(0)),
    inLayer,
  );
  if (isBeyond) y = ops['pad'](y, [[0, 0], ...ends.map((n) => [0, Math.max(-n, 0)]), [0, 0]]);
  if (isBeyond && bias) y = ops['add'](y, bias);
  if (cut.flat().some((n) => n > 0))
    y = call(layer(`Cropping${rank}D`, { cropping: rank === 1 ? cut[0] : cut, dataFormat: 'channels_last' }), y);
  return last(y);
};

/** Cells that windows at the end reach beyond what is padded, where they may. */
function withCeiling(c: Context, window: Window, kernel: readonly number[]): Window {
  if (c.number('ceil_mode', 0) === 0) return window;
  const sizes = c.shape(0).slice(2);
  const pads = window.pads.map(([low, high], i) => {
    const size = sizes[i];
    if (size === null) return c.refuse('rounds an open size up');
    const rest = (size + low + high - kernel[i]) % window.strides[i];
    return [low, rest === 0 ? high : high + window.strides[i] - rest] as const;
  });
  return { ...window, pads };
}
const maxPool: Rule = (c) => {
  const kernel = c.list('kernel_shape') ?? [];
  const window = withCeiling(c, windowOf(c, kernel), kernel);
  const { rank, strides, pads, isSame, dilations } = window;
  if (dilations.some((n) => n !== 1) || c.node.outputs.length > 1) return c.refuse('is dilated, or gives positions');
  let x = channelsLast(c.value(0));
  if (isPadded(window)) x = ops['pad'](x, [[0, 0], ...pads, [0, 0]], { constantValues: -Infinity });
  return last(
    c.layer(
      `MaxPooling${rank}D`,
      { poolSize: kernel, strides, padding: isSame ? 'same' : 'valid', dataFormat: 'channels_last' },
      x,
    ),
  );
};
const averagePool: Rule = (c) => {
  const kernel = c.list('kernel_shape') ?? [];
  const plainWindow = windowOf(c, kernel);
  const window = withCeiling(c, plainWindow, kernel);
  const { rank, strides, pads, isSame, dilations } = window;
  if (dilations.some((n) => n !== 1)) return c.refuse('is dilated');
  const config = { poolSize: kernel, strides, padding: isSame ? 'same' : 'valid', dataFormat: 'channels_last' };
  const x = channelsLast(c.value(0));
  if (!isPadded(window)) return last(c.layer(`AveragePooling${rank}D`, config, x));
  const sizes = c.shape(0).slice(2);
  if (sizes.includes(null)) return c.refuse('pads an open size');
  const y = c.layer(`AveragePooling${rank}D`, config, padded(c, x, window));
  // The fraction of each window that counts: the inside, and padding if it is counted.
  const counted = c.number('count_include_pad', 0) === 1;
  const row = [
    1,
    ...(sizes as number[]).map((n, i) => n + (counted ? plainWindow.pads[i][0] + plainWindow.pads[i][1] : 0)),
    1,
  ];
  const rest = pads.map(([low, high], i) => (counted ? [0, high - plainWindow.pads[i][1]] : [low, high]));
  const ones = ops['pad'](ops['ones'](row), [[0, 0], ...rest, [0, 0]]);
  const share = ops['averagePool'](ones, kernel, { strides, padding: 'valid', dataFormat: 'channels_last' });
  return last(ops['divide'](y, share));
};
const globalPool =
  (kind: string): Rule =>
  (c) => {
    const rank = c.rank() - 2;
    if (rank < 1 || rank > 3) return c.refuse(`goes over ${rank} axes`);
    return last(
      c.layer(
        `Global${kind}Pooling${rank}D`,
        { keepdims: true, dataFormat: 'channels_last' },
        channelsLast(c.value(0)),
      ),
    );
  };

const batchNormalization: Rule = (c) => {
  const weights = range(4).map((k) => c.constant(k + 1));
  const value = c.value(0);
  const x = c.rank() >= 3 ? channelsLast(value) : c.tensor(0);
  const y = c.weighted('BatchNormalization', { axis: -1, epsilon: c.number('epsilon', 1e-5) }, x, weights);
  return { t: y, last: c.rank() >= 3 };
};
const layerNormalization: Rule = (c) => {
  const rank = c.rank();
  const first = c.axis(-1, rank);
  const axes = range(rank).filter((d) => d >= first);
  const gamma = c.constant(1);
  const beta = c.has(2) ? c.constant(2) : undefined;
  const config = { axis: axes, epsilon: c.number('epsilon', 1e-5), center: beta !== undefined };
  return plainly(c.weighted('LayerNormalization', config, c.tensor(0), beta ? [gamma, beta] : [gamma]));
};
const instanceNormalization: Rule = (c) => {
  const channels = c.shape(0)[1];
  const config = { groups: channels, axis: -1, epsilon: c.number('epsilon', 1e-5) };
  return last(c.weighted('GroupNormalization', config, channelsLast(c.value(0)), [c.constant(1), c.constant(2)]));
};
const groupNormalization: Rule = (c) => {
  const channels = c.shape(0)[1];
  const groups = c.number('num_groups', 1);
  const spread = (t: Tensor): Tensor => (t.shape[0] === channels ? t : ops['repeat'](t, (channels ?? 0) / groups));
  const config = { groups, axis: -1, epsilon: c.number('epsilon', 1e-5) };
  return last(
    c.weighted('GroupNormalization', config, channelsLast(c.value(0)), [spread(c.constant(1)), spread(c.constant(2))]),
  );
};

/** A product with a weight, and the bias that the next node may add, as a Dense layer. */
function dense(c: Context, w: Tensor, bias: Tensor | undefined): Value {
  const next = bias ? undefined : c.addedConstant();
  const units = w.shape[1];
  const own =
    bias ?? (next && next.constant.shape.length === 1 && next.constant.shape[0] === units ? next.constant : undefined);
  const value = c.value(0);
  const isMerged = !isInts(value) && value.merged !== undefined;
  const x = isMerged ? value.t : c.tensor(0);
  const y = c.weighted('Dense', { units, useBias: own !== undefined }, x, own ? [w, own] : [w]);
  const result: Value = isMerged ? { ...value, t: y } : plainly(y);
  if (own && !bias) c.also.set(next!.node.outputs[0], result);
  return result;
}
const gemm: Rule = (c) => {
  const [alpha, beta] = [c.number('alpha', 1), c.number('beta', 1)];
  const scaled = (t: Tensor, by: number): Tensor => (by === 1 ? t : ops['multiply'](t, by));
  const turned = (k: number, name: string): Tensor =>
    c.number(name, 0) === 1 ? transposed(c.tensor(k), [1, 0]) : c.tensor(k);
  const hasBias = c.has(2);
  if (c.isConstant(1) && !c.isConstant(0) && c.number('transA', 0) === 0 && (!hasBias || c.isConstant(2))) {
    const w = scaled(turned(1, 'transB'), alpha);
    const [, units] = w.shape;
    if (!hasBias) return dense(c, w, undefined);
    const bias = scaled(c.tensor(2), beta);
    if (sizeOf(bias.shape) === units) return dense(c, w, ops['reshape'](bias, [units]));
  }
  const product = scaled(ops['matmul'](turned(0, 'transA'), turned(1, 'transB')), alpha);
  return plainly(hasBias ? ops['add'](product, scaled(c.tensor(2), beta)) : product);
};
const matMul: Rule = (c) => {
  if (!c.isConstant(0) && c.isConstant(1) && c.rank(1) === 2 && c.rank(0) >= 2)
    return dense(c, c.constant(1), undefined);
  return plainly(ops['matmul'](c.tensor(0), c.tensor(1)));
};

/** Operators that are layers of Keras with weights or windows. */
export const layerRules: Readonly<Record<string, Rule>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalPool('Average'),
  GlobalMaxPool: globalPool('Max'),
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  Gemm: gemm,
  MatMul: matMul,
};
