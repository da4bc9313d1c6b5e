import {
  type FunctionBuilder,
  type Local,
  load,
  type ModuleBuilder,
  type Operand,
  op,
  select,
} from '../encoder/index.ts';
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
 * A depthwise convolution: lanes are channels (groups), the sums of up to 32 channels of one output position stay in
 * registers while the window is walked through. Threads share lines of positions (along the last axis).
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
  const unit = f.let('i32', op('i32.div_u', op('i32.mul', threadIndex, total), threadCount));
  const end = f.let('i32', op('i32.div_u', op('i32.mul', op('i32.add', threadIndex, 1), total), threadCount));
  const sums = Array.from({ length: vectors }, () => f.local('v128'));
  const [row, channel, column, q] = [int(), int(), int(), int()];
  const zero = f.let('i32', 0);
  const windowStart = axes.reduce((sum, a) => sum + (a.flip ? (a.w - 1) * a.wStride : 0), w.start ?? 0);
  const weights = f.let('i32', plus(window, 4 * windowStart));

  /** The sums of `count` vectors of channels for each position of a line. */
  const chunk = (count: number, lanesOfLast: 1 | 2 | 3 | 4, origins: Operand[], base: Local) => {
    const chunkWeights = f.let('i32', op('i32.add', weights, op('i32.shl', channel, 2)));
    f.for(q, 0, last.out, 1, () => {
      f.scope(() => {
        for (let v = 0; v < count; v++) f.set(sums[v]!, 0, 'f32x4');
        const origin = f.let('i32', plus(times(q, last.stride), -last.low));
        const partly = () =>
          walkWindow(f, spec, origins, origin, (offset, weightOffset, turns) => {
            const px = f.let('i32', plus(base, offset));
            const pw = f.let('i32', plus(chunkWeights, weightOffset));
            accumulate(f, sums.slice(0, count), px, pw, turns, last);
          });
        const inner = windowInside(spec, [...origins, origin]);
        if (!inner) partly();
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
        f.increment(row, 1);
      });
    });
  };

  f.for(unit, unit, end, 1, () => {
    f.scope(() => {
      const line = f.let('i32', chunks === 1 ? unit : op('i32.div_u', unit, chunks));
      f.set(channel, chunks === 1 ? 0 : op('i32.mul', op('i32.rem_u', unit, chunks), 4 * vectors));
      f.set(row, op('i32.mul', line, last.out));
      const [n, ...at] = unflatten(f, line, lines) as [Operand, ...Operand[]];
      const origins = outer.map((axis, d) => f.let('i32', plus(times(at[d]!, axis.stride), -axis.low)));
      const base = f.let('i32', plus(source, times(n, 4 * x.batch), op('i32.shl', channel, 2)));
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

/** The largest window that is written out tap by tap. */
const writtenOut = 25;

/** Whether all taps are inside x; undefined if the window is too large, or spread out, to be treated as a whole. */
function windowInside({ axes, inputs }: ConvSpec, origins: readonly Operand[]): Operand | undefined {
  if (axes.some((a) => a.inputDilation > 1) || inputs * product(axes.map((a) => a.w)) > writtenOut) return undefined;
  return axes
    .map((a, d) => {
      const room = a.x - (a.w - 1) * a.dilation;
      return room > 0 ? op('i32.lt_u', origins[d]!, room) : 0;
    })
    .reduce<Operand>((both, one) => (both === 1 ? one : op('i32.and', both, one)), 1);
}

/** sums += x * w over all taps, none of which leaves x: their distances are constants. */
function accumulateWhole(
  f: FunctionBuilder,
  { axes, inputs, x, w }: ConvSpec,
  sums: Local[],
  px: Local,
  pw: Local,
): void {
  const [xs, ws] = [f.local('v128'), f.local('v128')];
  const visit = (d: number, atX: number, atW: number): void => {
    const axis = axes[d];
    if (axis) {
      for (let k = 0; k < axis.w; k++)
        visit(d + 1, atX + k * axis.dilation * axis.xStride, atW + (axis.flip ? axis.w - 1 - k : k) * axis.wStride);
      return;
    }
    sums.forEach((sum, v) => {
      f.set(xs, load('v128.load', px, 4 * atX + 16 * v));
      f.set(ws, load('v128.load', pw, 4 * atW + 16 * v));
      multiplyAdd(f, sum, xs, ws);
    });
  };
  for (let c = 0; c < inputs; c++) visit(0, c * x.channel, c * w.input + (w.start ?? 0));
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
