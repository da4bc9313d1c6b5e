import { type Local, load, type Operand, op, select } from '../wasm/encoder/index.ts';
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
  tapsOf,
  times,
  unflatten,
} from './conv-geometry.ts';
import type { KernelFunction, KernelMachine } from './machine.ts';
import { fourOfEach } from './pack.ts';

// Each of these writes a function `(source, target, line, lines, k0, count, zeros)` that packs patches of x for blocks of
// `rows` output positions: target[block][k][row]. `zeros` is the address of zeros, read where a patch leaves x.

type Params = [source: Local, target: Local, line: Local, lines: Local, k0: Local, count: Local, zeros: Local];

function begin(machine: KernelMachine, name: string): [KernelFunction, ...Params] {
  const f = machine.func(name, Array(7).fill('i32'));
  return [f, ...(f.params as Params)];
}

const locals = (f: KernelFunction, count: number): Local[] => Array.from({ length: count }, () => f.local('i32'));
const select32 = (a: Operand, b: Operand, condition: Operand) => (condition === 1 ? a : select(a, b, condition));

/**
 * Rows (n, q), k over (taps, c), channels side by side in memory: transposes 4 channels of each row at a time. Of each
 * block it packs `height` rows.
 */
export function packByChannels(
  machine: KernelMachine,
  name: string,
  spec: Patches,
  rows: number,
  height: number,
): KernelFunction {
  const { axes, batch } = spec;
  const inputs = spec.inputs.size;
  const [f, source, target, line, lines, k0, count, zeros] = begin(machine, name);
  const m = batch.size * product(outsOf(axes));
  const [end, panel, tap, tapFrom, tapTo, c] = locals(f, 6) as [Local, Local, Local, Local, Local, Local];
  const pointers = locals(f, height);
  const bases = locals(f, height);
  const origins = Array.from({ length: height }, () => axes.map(({ window }) => (window ? f.local('i32') : undefined)));
  const write = fourOfEach(f, pointers, rows);
  /** Packs four channels of these rows, of which the first `valid` are kept. */
  const four = (valid: number) => {
    write(target, valid);
    f.increment(target, 4 * rows * valid);
  };

  f.set(end, op('i32.add', line, lines));
  f.set(tapFrom, op('i32.div_u', k0, inputs));
  f.set(tapTo, op('i32.div_u', op('i32.add', k0, count), inputs));
  f.for(panel, line, end, rows, () => {
    for (let i = 0; i < height; i++) {
      f.scope(() => {
        const next = op('i32.add', panel, i);
        const row = f.let('i32', select(next, m - 1, op('i32.lt_u', next, m)));
        const [n, ...q] = unflatten(f, row, [batch.size, ...outsOf(axes)]) as [Operand, ...Operand[]];
        f.set(bases[i], plus(source, times(n, 4 * batch.x), ...linesAt(axes, q)));
        axes.forEach((axis, d) => {
          const origin = origins[i][d];
          if (origin) f.set(origin, originOf(axis, q[d]));
        });
      });
    }
    f.for(tap, tapFrom, tapTo, 1, () => {
      f.scope(() => {
        const taps = unflatten(f, tap, tapsOf(axes));
        const offset = hold(f, plus(...offsets(axes, taps)));
        const shifts = axes.map(({ window }, d) => (window ? hold(f, times(taps[d], window.depthStep)) : 0));
        for (let i = 0; i < height; i++)
          f.scope(() => {
            const at = axes.map((axis, d) => {
              const origin = origins[i][d];
              return locate(axis, origin ? hold(f, plus(origin, shifts[d])) : 0);
            });
            const address = plus(bases[i], offset, ...at.map((a) => a.offset));
            f.set(pointers[i], select32(address, zeros, all(at.map(({ inside }) => inside))));
          });
      });
      if (inputs >= 4)
        f.for(c, 0, inputs & ~3, 4, () => {
          four(4);
          for (const pointer of pointers) f.increment(pointer, 16);
        });
      if (inputs % 4) four(inputs % 4);
    });
  });
  return f;
}

/** k over (c, taps): locates run number `run` of the last axis' taps, and what stays the same along it. */
function locateRun(
  f: KernelFunction,
  { axes, inputs }: Patches,
  run: Local,
  q: readonly Operand[],
): { offset: Operand; inside: Operand } {
  const outer = axes.slice(0, -1);
  const [c, ...taps] = unflatten(f, run, [inputs.size, ...tapsOf(outer)]) as [Operand, ...Operand[]];
  const at = outer.map((axis, d) =>
    locate(axis, hold(f, plus(originOf(axis, q[d]), times(taps[d], axis.window?.depthStep ?? 0)))),
  );
  return {
    offset: plus(times(c, 4 * inputs.x), ...offsets(outer, taps), ...at.map((a) => a.offset)),
    inside: all(at.map(({ inside }) => inside)),
  };
}

/** Visits the taps of the last axis: `visit` receives the address of each, or that of zeros where it lies outside. */
function alongRun(
  f: KernelFunction,
  spec: Patches,
  { run, base, q, zeros }: { run: Local; base: Operand; q: readonly Operand[]; zeros: Local },
  visit: (address: Operand) => void,
): void {
  const last = spec.axes.at(-1)!;
  const { offset, inside } = locateRun(f, spec, run, q);
  const start = f.let('i32', plus(base, offset));
  const isInside = inside === 1 ? 1 : f.let('i32', inside);
  const s = last.window && f.let('i32', originOf(last, q.at(-1)!));
  f.for(f.local('i32'), 0, last.taps, 1, () => {
    const at = locate(last, s ?? 0);
    const conditions = [isInside === 1 ? undefined : isInside, at.inside];
    visit(select32(plus(start, at.offset), zeros, all(conditions)));
    f.increment(start, 4 * last.tap);
    if (s) f.increment(s, last.window.depthStep);
  });
}

/**
 * Rows (q, n) with n side by side in memory and padded to whole blocks, k over (c, taps): copies `rows` neighbours for
 * each tap. This is the filter's gradient, where n counts input channels.
 */
export function packByBatch(machine: KernelMachine, name: string, spec: Patches, rows: number): KernelFunction {
  const { axes } = spec;
  const [f, source, target, line, lines, k0, count, zeros] = begin(machine, name);
  const last = axes.at(-1)!;
  const blocks = Math.ceil(spec.batch.size / rows);
  const [end, panel, run, runFrom, runTo, tile, from] = locals(f, 7) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  f.set(end, op('i32.add', line, lines));
  f.set(runFrom, op('i32.div_u', k0, last.taps));
  f.set(runTo, op('i32.div_u', op('i32.add', k0, count), last.taps));
  const copy = (pointer: Local) => {
    for (let w = 0; w + 4 <= rows; w += 4) f.store('v128.store', target, load('v128.load', pointer, 4 * w), 4 * w);
    const rest = rows % 4;
    // Excess elements are overwritten by the next tap.
    if (rest === 1) f.store('f32.store', target, load('f32.load', pointer, 4 * (rows - 1)), 4 * (rows - 1));
    else if (rest > 1) f.store('v128.store', target, load('v128.load', pointer, 4 * (rows - rest)), 4 * (rows - rest));
    f.increment(target, 4 * rows);
  };
  f.for(panel, line, end, rows, () => {
    f.scope(() => {
      f.set(tile, op('i32.div_u', panel, rows));
      const position = f.let('i32', op('i32.div_u', tile, blocks));
      const first = op('i32.mul', op('i32.rem_u', tile, blocks), 4 * rows);
      const q = unflatten(f, position, outsOf(axes));
      const base = f.let('i32', plus(source, first, ...linesAt(axes, q)));
      f.for(run, runFrom, runTo, 1, () => {
        f.scope(() =>
          alongRun(f, spec, { run, base, q, zeros }, (address) => {
            f.set(from, address);
            copy(from);
          }),
        );
      });
    });
  });
  return f;
}

/** Rows (n, q), k over (c, taps), for any layout: element by element. */
export function packElements(machine: KernelMachine, name: string, spec: Patches, rows: number): KernelFunction {
  const { axes, batch } = spec;
  const [f, source, target, line, lines, k0, count, zeros] = begin(machine, name);
  const last = axes.at(-1)!;
  const m = batch.size * product(outsOf(axes));
  const [end, panel, run, runFrom, runTo, i, to] = locals(f, 7) as [Local, Local, Local, Local, Local, Local, Local];
  f.set(end, op('i32.add', line, lines));
  f.set(runFrom, op('i32.div_u', k0, last.taps));
  f.set(runTo, op('i32.div_u', op('i32.add', k0, count), last.taps));
  f.for(panel, line, end, rows, () => {
    f.for(i, 0, rows, 1, () => {
      f.scope(() => {
        const next = f.let('i32', op('i32.add', panel, i));
        const row = f.let('i32', select(next, m - 1, op('i32.lt_u', next, m)));
        const [n, ...q] = unflatten(f, row, [batch.size, ...outsOf(axes)]) as [Operand, ...Operand[]];
        const base = f.let('i32', plus(source, times(n, 4 * batch.x), ...linesAt(axes, q)));
        f.set(to, op('i32.add', target, op('i32.shl', i, 2)));
        f.for(run, runFrom, runTo, 1, () => {
          f.scope(() =>
            alongRun(f, spec, { run, base, q, zeros }, (address) => {
              f.store('f32.store', to, load('f32.load', address));
              f.increment(to, 4 * rows);
            }),
          );
        });
      });
    });
    f.increment(target, op('i32.mul', count, 4 * rows));
  });
  return f;
}
