import { type Local, type Operand, op, select } from '../wasm/encoder/index.ts';
import {
  all,
  hold,
  lines as linesAt,
  locate,
  offsets,
  originOf,
  outsOf,
  type Patches,
  plus,
  product,
  type Slide,
  type Tail,
  tapsOf,
  times,
  unflatten,
} from './conv-geometry.ts';
import type { KernelFunction, KernelMachine } from './machine.ts';
import { partOf } from './part.ts';
import type { ProductKernel } from './tiled-product.ts';

/** Whether each group has one output channel and groups are adjacent in memory, in x and in w. */
export function isDepthwise({ groups, outputs }: Patches): boolean {
  const [group] = groups;
  return groups.length === 1 && group.size >= 4 && outputs.size === 1 && group.x === 1 && group.w === 1;
}

/** Vectors of channels held in registers at a time. */
const vectors = 8;

/**
 * A depthwise convolution: lanes are channels (groups). Where a small window lies inside x, its weights for 4 channels
 * stay in registers along a line of positions; elsewhere the sums of up to 32 channels of one position do, while the
 * window is traversed. Threads share lines of positions (along the last axis).
 */
export function depthwise(machine: KernelMachine, name: string, spec: Patches, tail: Tail): ProductKernel {
  const { axes, batch } = spec;
  const groups = spec.groups[0].size;
  const f = machine.func(name, Array(5 + tail.extra).fill('i32'));
  const [threadIndex, threadCount, source, window] = f.params as [Local, Local, Local, Local];
  const int = () => f.local('i32');
  const last = axes.at(-1)!;
  const outer = axes.slice(0, -1);
  const { lanes } = machine;
  const lines = [batch.size, ...outsOf(outer)];
  const chunks = Math.ceil(groups / (lanes * vectors));
  const total = product(lines) * chunks;
  const [unit, end] = partOf(f, total, threadIndex, threadCount);
  const sums = Array.from({ length: vectors }, () => machine.vector(f));
  const [firstRow, row, channel, column, q] = [int(), int(), int(), int(), int()];
  const zero = f.let('i32', 0);
  const steady = steadyPositions(spec);
  const isSteady = steady && f.local('i32');
  const whole = isWrittenOut(spec) ? wholeWindow(spec) : undefined;

  /** The sums of `count` vectors of channels for each position of a line. */
  const chunk = (count: number, lanesOfLast: number, origins: Operand[], base: Local) => {
    const chunkWeights = f.let('i32', op('i32.add', window, op('i32.shl', channel, 2)));
    const position = () =>
      f.scope(() => {
        f.set(row, op('i32.add', firstRow, q));
        for (let v = 0; v < count; v++) machine.zero(f, sums[v]);
        const origin = hold(f, originOf(last, q));
        const start = f.let('i32', plus(base, times(q, 4 * last.line)));
        const partly = () =>
          walkWindow(f, spec, origins, origin, (offset, weightOffset, turns) => {
            const px = f.let('i32', plus(start, offset));
            const pw = f.let('i32', plus(chunkWeights, weightOffset));
            accumulate(machine, f, sums.slice(0, count), px, pw, turns, last);
          });
        const inner = windowInside(axes, [...origins, origin]);
        if (steady || !whole) partly();
        else {
          const px = f.let('i32', plus(start, whole.x));
          const pw = f.let('i32', plus(chunkWeights, whole.w));
          const wholly = () => accumulateWhole(machine, f, whole.taps, sums.slice(0, count), px, pw);
          if (inner === 1) wholly();
          else f.if(inner, wholly, partly);
        }
        for (let v = 0; v < count; v++)
          f.scope(() => {
            f.set(column, plus(channel, lanes * v));
            const own = v === count - 1 ? lanesOfLast : lanes;
            tail.epilogue(f, { value: sums[v], row, column, batch: zero, lanes: own, extra: f.params.slice(5) });
          });
      });
    f.for(q, 0, last.out, 1, () => {
      if (!isSteady) return position();
      const before = op('i32.lt_s', q, steady.from);
      const behind = op('i32.ge_s', q, steady.to);
      f.if(op('i32.or', op('i32.eqz', isSteady), op('i32.or', before, behind)), position);
    });
  };

  /** A vector of channels starting at `column`, for all positions of a line where the window lies inside x. */
  const steadyLine = (own: number, base: Local) =>
    f.scope(() => {
      const { taps, x, w: lowest } = whole!;
      const held = taps.map(({ w }) => {
        const at = plus(window, lowest, op('i32.shl', column, 2));
        const weights = machine.vector(f);
        machine.load(f, weights, f.let('i32', at), w);
        return weights;
      });
      const [value, xs] = [machine.vector(f), machine.vector(f)];
      const px = f.let(
        'i32',
        plus(base, op('i32.shl', op('i32.sub', column, channel), 2), 4 * steady!.from * last.line + x),
      );
      f.for(q, steady!.from, steady!.to, 1, () => {
        f.set(row, op('i32.add', firstRow, q));
        machine.zero(f, value);
        taps.forEach((tap, k) => {
          machine.load(f, xs, px, tap.x);
          machine.multiplyAdd(f, value, xs, held[k]);
        });
        f.scope(() => tail.epilogue(f, { value, row, column, batch: zero, lanes: own, extra: f.params.slice(5) }));
        f.increment(px, 4 * last.line);
      });
    });
  /** The same for all channels of a chunk. */
  const steadyChannels = (base: Local) => {
    const limit = f.let('i32', op('i32.add', channel, lanes * vectors));
    const full = groups - (groups % lanes);
    f.set(limit, select(limit, full, op('i32.lt_s', limit, full)));
    f.for(column, channel, limit, lanes, () => steadyLine(lanes, base));
    if (groups % lanes)
      f.if(op('i32.gt_s', op('i32.add', channel, lanes * vectors), full), () => {
        f.set(column, full);
        steadyLine(groups % lanes, base);
      });
  };

  f.for(unit, unit, end, 1, () => {
    f.scope(() => {
      const line = f.let('i32', chunks === 1 ? unit : op('i32.div_u', unit, chunks));
      f.set(channel, chunks === 1 ? 0 : op('i32.mul', op('i32.rem_u', unit, chunks), lanes * vectors));
      f.set(firstRow, op('i32.mul', line, last.out));
      const [n, ...at] = unflatten(f, line, lines) as [Operand, ...Operand[]];
      const origins = outer.map((axis, d) => hold(f, originOf(axis, at[d])));
      const base = f.let('i32', plus(source, times(n, 4 * batch.x), ...linesAt(outer, at), op('i32.shl', channel, 2)));
      if (isSteady) {
        f.set(isSteady, windowInside(outer, origins));
        f.if(isSteady, () => steadyChannels(base));
      }
      const restVectors = Math.ceil((groups - (chunks - 1) * lanes * vectors) / lanes);
      const restLanes = groups % lanes || lanes;
      if (chunks === 1 || groups % (lanes * vectors) === 0) chunk(restVectors, restLanes, origins, base);
      else
        f.if(
          op('i32.lt_u', channel, (chunks - 1) * lanes * vectors),
          () => chunk(vectors, lanes, origins, base),
          () => chunk(restVectors, restLanes, origins, base),
        );
    });
  });
  return { function: f, workspace: () => 0 };
}

/** The largest window that is unrolled tap by tap, and the largest one whose weights stay in registers. */
const writtenOut = 25;
const held = 9;

/** Whether the window is small enough, and x dense, so that it can be unrolled inside x. */
function isWrittenOut({ axes, inputs }: Patches): boolean {
  return axes.every(({ window }) => (window?.spacing ?? 1) === 1) && inputs.size * product(tapsOf(axes)) <= writtenOut;
}

/** Whether all taps along these axes are inside x. */
function windowInside(axes: readonly Slide[], origins: readonly Operand[]): Operand {
  const conditions = axes.map(({ window, taps }, d) => {
    if (!window) return undefined;
    const room = window.size - (taps - 1) * window.depthStep;
    return room > 0 ? op('i32.lt_u', origins[d], room) : 0;
  });
  return all(conditions);
}

/** The positions [from, to) along the last axis with all of its taps inside x, if weights can stay in registers there. */
function steadyPositions(spec: Patches): { from: number; to: number } | undefined {
  const { axes, inputs } = spec;
  const { out, taps, window } = axes.at(-1)!;
  if (!isWrittenOut(spec) || inputs.size * product(tapsOf(axes)) > held) return undefined;
  if (!window) return out >= 4 ? { from: 0, to: out } : undefined;
  const from = Math.max(0, Math.ceil(window.low / window.lineStep));
  const end = Math.floor((window.size - 1 - (taps - 1) * window.depthStep + window.low) / window.lineStep) + 1;
  const to = Math.min(out, end);
  return to - from >= 4 ? { from, to } : undefined;
}

/** Bytes of a tap in x and in w. */
interface Tap {
  readonly x: number;
  readonly w: number;
}
/** The taps of a window inside x, relative to the lowest one, and the position of that one. */
function wholeWindow({ axes, inputs }: Patches): Tap & { readonly taps: readonly Tap[] } {
  let taps = Array.from({ length: inputs.size }, (_, c): Tap => ({ x: 4 * c * inputs.x, w: 4 * c * inputs.w }));
  for (const axis of axes)
    taps = taps.flatMap((tap) =>
      Array.from({ length: axis.taps }, (_, k) => ({ x: tap.x + 4 * k * axis.tap, w: tap.w + 4 * k * axis.weight })),
    );
  const [x, w] = [Math.min(...taps.map((tap) => tap.x)), Math.min(...taps.map((tap) => tap.w))];
  return { x, w, taps: taps.map((tap) => ({ x: tap.x - x, w: tap.w - w })) };
}

/** sums += x * w over all taps, none of which leaves x, so that their offsets are constants. */
function accumulateWhole(
  machine: KernelMachine,
  f: KernelFunction,
  taps: readonly Tap[],
  sums: Local[],
  px: Local,
  pw: Local,
): void {
  const [xs, ws] = [machine.vector(f), machine.vector(f)];
  for (const { x, w } of taps)
    sums.forEach((sum, v) => {
      machine.load(f, xs, px, x + 4 * machine.lanes * v);
      machine.load(f, ws, pw, w + 4 * machine.lanes * v);
      machine.multiplyAdd(f, sum, xs, ws);
    });
}

/**
 * Traverses (c, taps): `visit` writes the code for the taps of the last axis that lie inside x, given the byte offsets
 * of the first in x and in w, and their number.
 */
function walkWindow(
  f: KernelFunction,
  { axes, inputs }: Patches,
  origins: readonly Operand[],
  origin: Local | number,
  visit: (offset: Operand, weightOffset: Operand, turns: Local) => void,
): void {
  const last = axes.at(-1)!;
  const outer = axes.slice(0, -1);
  const { window } = last;
  const isDense = (window?.spacing ?? 1) === 1;
  // The first tap at or after x's first element, and the number of taps up to x's last.
  const first = f.let('i32', 0);
  const stop = f.let('i32', last.taps);
  if (window && isDense) {
    const { depthStep, size } = window;
    const before = op('i32.sub', 0, origin);
    f.if(op('i32.lt_s', origin, 0), () =>
      f.set(first, op('i32.div_u', op('i32.add', before, depthStep - 1), depthStep)),
    );
    f.set(stop, op('i32.sub', size - 1 + depthStep, origin));
    f.set(stop, select(op('i32.div_u', stop, depthStep), 0, op('i32.gt_s', stop, 0)));
    f.set(stop, select(stop, last.taps, op('i32.lt_s', stop, last.taps)));
  }
  const run = f.local('i32');
  f.for(run, 0, inputs.size * product(tapsOf(outer)), 1, () => {
    f.scope(() => {
      const [c, ...k] = unflatten(f, run, [inputs.size, ...tapsOf(outer)]) as [Operand, ...Operand[]];
      const at = outer.map((axis, d) =>
        locate(axis, hold(f, plus(origins[d], times(k[d], axis.window?.depthStep ?? 0)))),
      );
      const offset = plus(times(c, 4 * inputs.x), ...offsets(outer, k), ...at.map((a) => a.offset));
      const weightOffset = plus(times(c, 4 * inputs.w), ...outer.map((a, d) => times(k[d], 4 * a.weight)));
      const taps = () => {
        if (isDense) {
          const turns = f.let('i32', op('i32.sub', stop, first));
          f.if(op('i32.gt_s', turns, 0), () =>
            visit(plus(offset, times(first, 4 * last.tap)), plus(weightOffset, times(first, 4 * last.weight)), turns),
          );
          return;
        }
        const tap = f.local('i32');
        const turns = f.local('i32');
        f.for(tap, 0, last.taps, 1, () => {
          const s = f.let('i32', plus(origin, times(tap, window!.depthStep)));
          const position = locate(last, s);
          f.set(turns, 1);
          const here = () =>
            visit(plus(offset, position.offset), plus(weightOffset, times(tap, 4 * last.weight)), turns);
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

/** sums += x * w over `turns` (at least 1) taps of the last axis. */
function accumulate(
  machine: KernelMachine,
  f: KernelFunction,
  sums: Local[],
  px: Local,
  pw: Local,
  turns: Local,
  last: Slide,
): void {
  const [xs, ws] = [machine.vector(f), machine.vector(f)];
  f.loop((again) => {
    sums.forEach((sum, v) => {
      machine.load(f, xs, px, 4 * machine.lanes * v);
      machine.load(f, ws, pw, 4 * machine.lanes * v);
      machine.multiplyAdd(f, sum, xs, ws);
    });
    f.increment(px, 4 * last.tap);
    f.increment(pw, 4 * last.weight);
    f.countDown(turns, 1, again);
  });
}
