import {
  type FunctionBuilder,
  type Local,
  load,
  type ModuleBuilder,
  type Operand,
  op,
  select,
} from '../encoder/index.ts';
import { partOf } from '../part.ts';
import { all, type ConvAxis, type ConvSpec, locate, plus, product, times, unflatten } from './conv-geometry.ts';
import { multiplyAdd } from './micro-kernel.ts';
import type { ProductKernel } from './tiled-product.ts';

/** Whether each group makes one output channel and groups lie side by side, in x and in w. */
export function isDepthwise({ groups, outputs, x, w }: ConvSpec): boolean {
  return groups >= 4 && outputs === 1 && x.group === 1 && w.group === 1;
}

/** Vectors of channels in registers at a time. */
const vectors = 8;

/**
 * A depthwise convolution: lanes are channels (groups). Where a small window lies inside x, its weights for 4 channels stay
 * in registers along a line of positions; elsewhere the sums of up to 32 channels of one position do, while the window is
 * walked through. Threads share lines of positions (along the last axis).
 */
export function depthwise(module: ModuleBuilder, name: string, spec: ConvSpec): ProductKernel {
  const { axes, batch, groups, x, w } = spec;
  const f = module.func(name, Array(5 + spec.extra).fill('i32'));
  const [threadIndex, threadCount, source, window] = f.params as [Local, Local, Local, Local];
  const int = () => f.local('i32');
  const last = axes.at(-1)!;
  const outer = axes.slice(0, -1);
  const lines = [batch, ...outer.map((a) => a.out)];
  const chunks = Math.ceil(groups / (4 * vectors));
  const total = product(lines) * chunks;
  const [unit, end] = partOf(f, total, threadIndex, threadCount);
  const sums = Array.from({ length: vectors }, () => f.local('v128'));
  const [firstRow, row, channel, column, q] = [int(), int(), int(), int(), int()];
  const zero = f.let('i32', 0);
  const steady = steadyPositions(spec);
  const isSteady = steady && f.local('i32');
  const windowStart = axes.reduce((sum, a) => sum + (a.flip ? (a.w - 1) * a.wStride : 0), w.start ?? 0);
  const weights = f.let('i32', plus(window, 4 * windowStart));

  /** The sums of `count` vectors of channels for each position of a line. */
  const chunk = (count: number, lanesOfLast: 1 | 2 | 3 | 4, origins: Operand[], base: Local) => {
    const chunkWeights = f.let('i32', op('i32.add', weights, op('i32.shl', channel, 2)));
    const position = () =>
      f.scope(() => {
        f.set(row, op('i32.add', firstRow, q));
        for (let v = 0; v < count; v++) f.set(sums[v]!, 0, 'f32x4');
        const origin = f.let('i32', plus(times(q, last.stride), -last.low));
        const partly = () =>
          walkWindow(f, spec, origins, origin, (offset, weightOffset, turns) => {
            const px = f.let('i32', plus(base, offset));
            const pw = f.let('i32', plus(chunkWeights, weightOffset));
            accumulate(f, sums.slice(0, count), px, pw, turns, last);
          });
        const inner = windowInside(axes, [...origins, origin]);
        if (steady || !isWrittenOut(spec)) partly();
        else {
          const px = f.let('i32', plus(base, ...[...origins, origin].map((o, d) => times(o, 4 * axes[d]!.xStride))));
          const pw = f.let('i32', op('i32.add', window, op('i32.shl', channel, 2)));
          f.if(inner, () => accumulateWhole(f, spec, sums.slice(0, count), px, pw), partly);
        }
        for (let v = 0; v < count; v++)
          f.scope(() => {
            f.set(column, plus(channel, 4 * v));
            const lanes = v === count - 1 ? lanesOfLast : 4;
            spec.epilogue(f, { value: sums[v]!, row, column, batch: zero, lanes, extra: f.params.slice(5) });
          });
      });
    f.for(q, 0, last.out, 1, () => {
      if (!isSteady) return position();
      const before = op('i32.lt_s', q, steady.from);
      const behind = op('i32.ge_s', q, steady.to);
      f.if(op('i32.or', op('i32.eqz', isSteady), op('i32.or', before, behind)), position);
    });
  };

  /** Four channels from `column` on, at all positions of a line where the window lies inside x. */
  const steadyLine = (lanes: 1 | 2 | 3 | 4, origins: Operand[], base: Local) =>
    f.scope(() => {
      const taps = tapsOf(spec);
      const held = taps.map(({ w }) => {
        const at = op('i32.add', window, op('i32.shl', column, 2));
        return f.let('v128', load('v128.load', f.let('i32', at), 4 * w));
      });
      const [value, xs] = [f.local('v128'), f.local('v128')];
      const px = f.let(
        'i32',
        plus(
          base,
          op('i32.shl', op('i32.sub', column, channel), 2),
          ...origins.map((o, d) => times(o, 4 * axes[d]!.xStride)),
          4 * (steady!.from * last.stride - last.low) * last.xStride,
        ),
      );
      f.for(q, steady!.from, steady!.to, 1, () => {
        f.set(row, op('i32.add', firstRow, q));
        f.set(value, 0, 'f32x4');
        taps.forEach(({ x }, k) => {
          f.set(xs, load('v128.load', px, 4 * x));
          multiplyAdd(f, value, xs, held[k]!);
        });
        f.scope(() => spec.epilogue(f, { value, row, column, batch: zero, lanes, extra: f.params.slice(5) }));
        f.increment(px, 4 * last.stride * last.xStride);
      });
    });
  /** The same for all channels of a chunk. */
  const steadyChannels = (origins: Operand[], base: Local) => {
    const limit = f.let('i32', op('i32.add', channel, 4 * vectors));
    const whole = groups & ~3;
    f.set(limit, select(limit, whole, op('i32.lt_s', limit, whole)));
    f.for(column, channel, limit, 4, () => steadyLine(4, origins, base));
    if (groups % 4)
      f.if(op('i32.gt_s', op('i32.add', channel, 4 * vectors), whole), () => {
        f.set(column, whole);
        steadyLine((groups % 4) as 1 | 2 | 3, origins, base);
      });
  };

  f.for(unit, unit, end, 1, () => {
    f.scope(() => {
      const line = f.let('i32', chunks === 1 ? unit : op('i32.div_u', unit, chunks));
      f.set(channel, chunks === 1 ? 0 : op('i32.mul', op('i32.rem_u', unit, chunks), 4 * vectors));
      f.set(firstRow, op('i32.mul', line, last.out));
      const [n, ...at] = unflatten(f, line, lines) as [Operand, ...Operand[]];
      const origins = outer.map((axis, d) => f.let('i32', plus(times(at[d]!, axis.stride), -axis.low)));
      const base = f.let('i32', plus(source, times(n, 4 * x.batch), op('i32.shl', channel, 2)));
      if (isSteady) {
        f.set(isSteady, windowInside(outer, origins));
        f.if(isSteady, () => steadyChannels(origins, base));
      }
      const restVectors = Math.ceil((groups - (chunks - 1) * 4 * vectors) / 4);
      const restLanes = (groups % 4 || 4) as 1 | 2 | 3 | 4;
      if (chunks === 1 || groups % (4 * vectors) === 0) chunk(restVectors, restLanes, origins, base);
      else
        f.if(
          op('i32.lt_u', channel, (chunks - 1) * 4 * vectors),
          () => chunk(vectors, 4, origins, base),
          () => chunk(restVectors, restLanes, origins, base),
        );
    });
  });
  return { function: f, workspace: () => 0 };
}

/** The largest window that is written out tap by tap, and the largest one whose weights stay in registers. */
const writtenOut = 25;
const held = 9;

/** Whether the window is small, and x dense, so that inside x it can be written out. */
function isWrittenOut({ axes, inputs }: ConvSpec): boolean {
  return axes.every((a) => a.inputDilation === 1) && inputs * product(axes.map((a) => a.w)) <= writtenOut;
}

/** Whether all taps along these axes are inside x. */
function windowInside(axes: readonly ConvAxis[], origins: readonly Operand[]): Operand {
  return axes
    .map((a, d) => {
      const room = a.x - (a.w - 1) * a.dilation;
      return room > 0 ? op('i32.lt_u', origins[d]!, room) : 0;
    })
    .reduce<Operand>((both, one) => (both === 1 ? one : op('i32.and', both, one)), 1);
}

/** The positions [from, to) along the last axis with all of its taps inside x, if weights can stay in registers there. */
function steadyPositions(spec: ConvSpec): { from: number; to: number } | undefined {
  const { axes, inputs } = spec;
  const last = axes.at(-1)!;
  if (!isWrittenOut(spec) || inputs * product(axes.map((a) => a.w)) > held) return undefined;
  const from = Math.max(0, Math.ceil(last.low / last.stride));
  const end = Math.floor((last.x - 1 - (last.w - 1) * last.dilation + last.low) / last.stride) + 1;
  const to = Math.min(last.out, end);
  return to - from >= 4 ? { from, to } : undefined;
}

/** Where the taps of a window inside x lie in x and in w, in elements from the first ones. */
function tapsOf({ axes, inputs, x, w }: ConvSpec): { x: number; w: number }[] {
  let taps = Array.from({ length: inputs }, (_, c) => ({ x: c * x.channel, w: c * w.input + (w.start ?? 0) }));
  for (const axis of axes)
    taps = taps.flatMap((tap) =>
      Array.from({ length: axis.w }, (_, k) => ({
        x: tap.x + k * axis.dilation * axis.xStride,
        w: tap.w + (axis.flip ? axis.w - 1 - k : k) * axis.wStride,
      })),
    );
  return taps;
}

/** sums += x * w over all taps, none of which leaves x: their distances are constants. */
function accumulateWhole(f: FunctionBuilder, spec: ConvSpec, sums: Local[], px: Local, pw: Local): void {
  const [xs, ws] = [f.local('v128'), f.local('v128')];
  for (const { x, w } of tapsOf(spec))
    sums.forEach((sum, v) => {
      f.set(xs, load('v128.load', px, 4 * x + 16 * v));
      f.set(ws, load('v128.load', pw, 4 * w + 16 * v));
      multiplyAdd(f, sum, xs, ws);
    });
}

/**
 * Goes through (c, taps): `visit` writes the code for the taps of the last axis that are inside x, given the byte offsets
 * of the first one in x and in w and their number.
 */
function walkWindow(
  f: FunctionBuilder,
  { axes, inputs, x, w }: ConvSpec,
  origins: readonly Operand[],
  origin: Local,
  visit: (offset: Operand, weightOffset: Operand, turns: Local) => void,
): void {
  const last = axes.at(-1)!;
  const outer = axes.slice(0, -1);
  const step = (a: ConvAxis) => 4 * (a.flip ? -a.wStride : a.wStride);
  const { dilation } = last;
  const isDense = last.inputDilation === 1;
  // The first tap at or after x's first element, and the number of taps up to x's last.
  const first = f.let('i32', 0);
  const stop = f.let('i32', last.w);
  if (isDense) {
    const before = op('i32.sub', 0, origin);
    f.if(op('i32.lt_s', origin, 0), () => f.set(first, op('i32.div_u', op('i32.add', before, dilation - 1), dilation)));
    f.set(stop, op('i32.sub', last.x - 1 + dilation, origin));
    f.set(stop, select(op('i32.div_u', stop, dilation), 0, op('i32.gt_s', stop, 0)));
    f.set(stop, select(stop, last.w, op('i32.lt_s', stop, last.w)));
  }
  const run = f.local('i32');
  f.for(run, 0, inputs * product(outer.map((a) => a.w)), 1, () => {
    f.scope(() => {
      const [c, ...k] = unflatten(f, run, [inputs, ...outer.map((a) => a.w)]) as [Operand, ...Operand[]];
      const at = outer.map((axis, d) => {
        const s = plus(origins[d]!, times(k[d]!, axis.dilation));
        return locate(axis, typeof s === 'number' ? s : f.let('i32', s));
      });
      const offset = plus(times(c, 4 * x.channel), ...at.map((a) => a.offset));
      const weightOffset = plus(times(c, 4 * w.input), ...outer.map((a, d) => times(k[d]!, step(a))));
      const taps = () => {
        if (isDense) {
          const s = op('i32.add', origin, times(first, dilation));
          const turns = f.let('i32', op('i32.sub', stop, first));
          f.if(op('i32.gt_s', turns, 0), () =>
            visit(plus(offset, times(s, 4 * last.xStride)), plus(weightOffset, times(first, step(last))), turns),
          );
          return;
        }
        const tap = f.local('i32');
        const turns = f.local('i32');
        f.for(tap, 0, last.w, 1, () => {
          const s = f.let('i32', op('i32.add', origin, times(tap, dilation)));
          const position = locate(last, s);
          f.set(turns, 1);
          const here = () => visit(plus(offset, position.offset), plus(weightOffset, times(tap, step(last))), turns);
          if (position.inside === undefined) here();
          else f.if(position.inside, here);
        });
      };
      const inside = all(at.map((a) => a.inside));
      if (inside === 1) taps();
      else f.if(inside, taps);
    });
  });
}

/** sums += x * w for `turns` (at least 1) taps of the last axis. */
function accumulate(f: FunctionBuilder, sums: Local[], px: Local, pw: Local, turns: Local, last: ConvAxis): void {
  const [xs, ws] = [f.local('v128'), f.local('v128')];
  f.loop((again) => {
    sums.forEach((sum, v) => {
      f.set(xs, load('v128.load', px, 16 * v));
      f.set(ws, load('v128.load', pw, 16 * v));
      multiplyAdd(f, sum, xs, ws);
    });
    f.increment(px, 4 * last.dilation * last.xStride);
    f.increment(pw, 4 * (last.flip ? -last.wStride : last.wStride));
    f.tee(turns, op('i32.sub', turns, 1));
    f.brIf(again);
  });
}
