import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { scan } from '../../primitives/control/control.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { gather, gatherAlong } from '../../primitives/indexing/gather.ts';
import { broadcast, pad, reshape, transpose } from '../../primitives/movement.ts';
import { reduceMax, reduceSum } from '../../primitives/reduce.ts';
import { argSort } from '../../primitives/sorting/sort.ts';
import { KerasTensor } from '../../tensor/keras-tensor.ts';
import type { Like } from '../../tensor/like.ts';
import { argmax } from '../numpy/reduce.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { exactOp, op, recordShapes } from '../op.ts';
import { cast, filled, like } from '../operands.ts';
import { resultType } from '../promotion.ts';
import { beamSearch } from './ctc-beam-search.ts';
import { logSoftmaxOf } from './softmax.ts';

// Stands for log 0: finite, so that differences are numbers.
const impossible = -1e30;
/** Logarithm of a sum of exponentials of equally shaped tensors. */
function logSum(list: readonly Tensor[]): Tensor {
  const most = list.reduce((a, b) => p.max(a, b));
  const fixed = p.stopGradient(most);
  return p.add(p.log(list.map((x) => p.exp(p.sub(x, fixed))).reduce((a, b) => p.add(a, b))), fixed);
}
export interface CtcOptions {
  /** Index of the blank class. */
  readonly maskIndex?: number | undefined;
}
/**
 * Connectionist temporal classification: minus the logarithm of the probability of a target sequence, over all ways to spread
 * it over time with blanks between (Graves et al., 2006). Targets `[n, l]`, logits `[n, t, classes]`, lengths `[n]`.
 * @example ctcLoss([[1]], [[[0, 0]]], [1], [1]) // [0.6931]
 */
export const ctcLoss = op(
  ['ctcLoss', 'CTCLoss'],
  (target: Tensor, output: Tensor, targetLength: Tensor, outputLength: Tensor, { maskIndex = 0 }: CtcOptions = {}) => {
    if (target.shape.length !== 2 || output.shape.length !== 3 || target.shape[0] !== output.shape[0])
      fail(
        'ctcLoss',
        `target has shape ${showShape(target.shape)}, output ${showShape(output.shape)}`,
        'give [batch, labels] and [batch, time, classes]',
      );
    const [n, l] = target.shape as [number, number];
    const time = output.shape[1];
    const log = logSoftmaxOf(cast(output, output.dtype === 'float64' ? output.dtype : 'float32'), -1);
    const labels = cast(target, 'int32');
    // Blank, label, blank, label, …, blank.
    const states = 2 * l + 1;
    const state = iota({ shape: [n, states], dtype: 'int32', axis: 1 });
    const isBlank = p.eq(p.rem(state, like(state, 2)), like(state, 0));
    const half = p.min(p.div(state, like(state, 2)), like(state, Math.max(0, l - 1)));
    const own = gatherAlong(labels, half, { axis: 1, mode: 'clamp', fill: 0 });
    const path = p.select(isBlank, like(state, maskIndex), own);
    const emit = gather(log, [broadcast(path, { shape: [n, time, states], axes: [0, 2] })], {
      batch: 2,
      axes: [2],
      mode: 'clamp',
      fill: 0,
    });
    const shifted = (x: Tensor, by: number, value: number): Tensor =>
      pad(x, { low: [0, by], high: [0, -by], inner: [0, 0], value });
    // From one label to the next without a blank, where they differ.
    const isNew = p.bitAnd(p.not(isBlank), p.ne(path, shifted(path, 2, -1)));
    const never = like(part(emit, 1, 0, 1), impossible);
    const first = p.select(
      p.lt(state, like(state, 2)),
      reshapeTo(part(emit, 1, 0, 1), [n, states]),
      reshapeTo(never, [n, states]),
    );
    const lengths = cast(outputLength, 'int32');
    const steps = iota({ shape: [time - 1, n], dtype: 'int32', axis: 0 });
    const isOver = p.ge(p.add(steps, like(steps, 1)), broadcast(lengths, { shape: [time - 1, n], axes: [1] }));
    const sequence = transpose(part(emit, 1, 1, time), { perm: [1, 0, 2] });
    const { carries } = scan(
      ([alpha], [now, ends]) => {
        const from = [
          alpha,
          shifted(alpha, 1, impossible),
          p.select(isNew, shifted(alpha, 2, impossible), like(alpha, impossible)),
        ];
        const next = p.max(p.add(logSum(from), now), like(alpha, impossible));
        return { carries: [p.select(broadcast(ends, { shape: [n, states], axes: [0] }), alpha, next)], results: [] };
      },
      [first],
      [sequence, isOver],
      { length: time - 1 },
    );
    const last = p.mul(cast(targetLength, 'int32'), filled([n], 'int32', 2));
    const at = (place: Tensor): Tensor =>
      reshape(
        gatherAlong(carries[0], reshape(p.max(place, like(place, 0)), { shape: [n, 1] }), {
          axis: 1,
          mode: 'clamp',
          fill: 0,
        }),
        { shape: [n] },
      );
    const ends = [
      at(last),
      p.select(p.gt(last, like(last, 0)), at(p.sub(last, like(last, 1))), filled([n], carries[0].dtype, impossible)),
    ];
    return p.neg(logSum(ends));
  },
  ['tensor', 'tensor', 'tensor', 'tensor'],
  { maskIndex: true },
);

export interface CtcDecodeOptions extends CtcOptions {
  /** `'greedy'` (the default): the best class of each step; `'beam_search'`: the best sequences. */
  readonly strategy?: 'greedy' | 'beam_search' | undefined;
  /** How many candidates a beam search keeps. */
  readonly beamWidth?: number | undefined;
  /** Number of sequences that beam search returns; 1 by default. */
  readonly topPaths?: number | undefined;
  /** Whether equal neighbours become one (greedy). */
  readonly mergeRepeated?: boolean | undefined;
}
const ctcDecodeOptions: OptionNames<CtcDecodeOptions> = {
  strategy: true,
  beamWidth: true,
  topPaths: true,
  mergeRepeated: true,
  maskIndex: true,
};
const greedy = op(
  ['ctcDecode', 'CTCDecode'],
  (
    inputs: Tensor,
    sequenceLengths: Tensor,
    { mergeRepeated, maskIndex }: { readonly mergeRepeated: boolean; readonly maskIndex: number },
  ): [Tensor, Tensor] => {
    const x = cast(inputs, inputs.dtype === 'float64' ? inputs.dtype : 'float32');
    const [n, time] = x.shape as [number, number];
    const place = iota({ shape: [n, time], dtype: 'int32', axis: 1 });
    const isOver = p.ge(place, broadcast(cast(sequenceLengths, 'int32'), { shape: [n, time], axes: [0] }));
    const best = argmax(x, { axis: -1 });
    const scores = reduceMax(x, { axes: [2] });
    const labels = p.select(isOver, like(best, maskIndex), best);
    const before = pad(labels, { low: [0, 1], high: [0, -1], inner: [0, 0], value: -2 });
    const merged = mergeRepeated ? p.select(p.eq(labels, before), like(labels, maskIndex), labels) : labels;
    const isBlank = p.eq(merged, like(merged, maskIndex));
    const order = argSort(p.select(isBlank, like(place, time), place), { axis: 1, descending: false });
    const packed = gatherAlong(p.select(isBlank, like(merged, -1), merged), order, { axis: 1, mode: 'clamp', fill: 0 });
    const total = reduceSum(p.select(isOver, like(scores, 0), scores), { axes: [1] });
    return [reshape(packed, { shape: [1, n, time] }), reshape(p.neg(total), { shape: [n, 1] })];
  },
  ['tensor', 'tensor'],
);
/** Sequences of classes `[paths, n, t]`, filled up with -1, and their scores: the best class at each time, or a beam search. @example ctcDecode([[[0, 1]]], [1])[0] // [[[1]]] */
export const ctcDecode = exactOp(
  ['ctcDecode', 'CTCDecode'],
  3,
  (inputs: Like, sequenceLengths: Like, options: CtcDecodeOptions = {}): [Tensor, Tensor] => {
    optionsOf('ctcDecode', ctcDecodeOptions, options);
    const { strategy = 'greedy', beamWidth = 100, topPaths = 1, mergeRepeated = true, maskIndex = 0 } = options;
    if (strategy === 'greedy') return greedy(inputs, sequenceLengths, { mergeRepeated, maskIndex });
    if (strategy !== 'beam_search')
      fail('ctcDecode', `unknown strategy "${String(strategy)}"`, 'use "greedy" or "beam_search"');
    if (inputs instanceof KerasTensor) {
      const [n, time] = inputs.symbolicShape as [number | null, number | null];
      const avals = [
        { shape: [topPaths, n, time], dtype: 'int32' },
        { shape: [n, topPaths], dtype: resultType(inputs.dtype, 'float32') },
      ] as const;
      return recordShapes<[Tensor, Tensor]>(['ctcDecode', 'CTCDecode'], [inputs, sequenceLengths, options], avals);
    }
    return beamSearch(inputs, sequenceLengths, { beamWidth, topPaths, maskIndex });
  },
);
