import {
  type FunctionBuilder,
  type Local,
  load,
  type ModuleBuilder,
  type Operand,
  op,
  select,
} from '../encoder/index.ts';
import { all, type ConvSpec, locate, plus, product, times, unflatten } from './conv-geometry.ts';
import { fourOfEach } from './pack.ts';

// Each of these writes a function `(source, target, line, lines, k0, count, zeros)` that packs patches of x for blocks of
// `rows` output positions: target[block][k][row]. `zeros` is the address of zeros, read where a patch leaves x.

/** What of a convolution decides where its patches lie. */
export type Patches = Pick<ConvSpec, 'batch' | 'inputs' | 'axes' | 'x'>;

type Params = [source: Local, target: Local, line: Local, lines: Local, k0: Local, count: Local, zeros: Local];

function begin(module: ModuleBuilder, name: string): [FunctionBuilder, ...Params] {
  const f = module.func(name, Array(7).fill('i32'));
  return [f, ...(f.params as unknown as Params)];
}

const select32 = (a: Operand, b: Operand, condition: Operand) => (condition === 1 ? a : select(a, b, condition));

/** Rows (n, q), k over (taps, c), channels side by side in memory: transposes 4 channels of each row at a time. */
export function packByChannels(module: ModuleBuilder, name: string, spec: Patches, rows: number): FunctionBuilder {
  const { axes, inputs, batch } = spec;
  const [f, source, target, line, lines, k0, count, zeros] = begin(module, name);
  const m = batch * product(axes.map((a) => a.out));
  const [end, panel, tap, tapFrom, tapTo, c] = Array.from({ length: 6 }, () => f.local('i32')) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  const pointers = Array.from({ length: rows }, () => f.local('i32'));
  const bases = Array.from({ length: rows }, () => f.local('i32'));
  const origins = Array.from({ length: rows }, () => axes.map(() => f.local('i32')));
  const write = fourOfEach(f, pointers);
  /** Four channels of all rows; `valid` of them are kept. */
  const four = (valid: number) => {
    write(target, valid);
    f.increment(target, 4 * rows * valid);
  };

  f.set(end, op('i32.add', line, lines));
  f.set(tapFrom, op('i32.div_u', k0, inputs));
  f.set(tapTo, op('i32.div_u', op('i32.add', k0, count), inputs));
  f.for(panel, line, end, rows, () => {
    for (let i = 0; i < rows; i++) {
      f.scope(() => {
        const next = op('i32.add', panel, i);
        const row = f.let('i32', select(next, m - 1, op('i32.lt_u', next, m)));
        const [n, ...q] = unflatten(f, row, [batch, ...axes.map((a) => a.out)]) as [Operand, ...Operand[]];
        f.set(bases[i]!, plus(source, times(n, 4 * spec.x.batch)));
        axes.forEach((axis, d) => f.set(origins[i]![d]!, plus(times(q[d]!, axis.stride), -axis.low)));
      });
    }
    f.for(tap, tapFrom, tapTo, 1, () => {
      f.scope(() => {
        const taps = unflatten(
          f,
          tap,
          axes.map((a) => a.w),
        );
        const shifts = axes.map((axis, d) => {
          const shift = times(taps[d]!, axis.dilation);
          return typeof shift === 'number' ? shift : f.let('i32', shift);
        });
        for (let i = 0; i < rows; i++)
          f.scope(() => {
            const at = axes.map((axis, d) => {
              const s = plus(origins[i]![d]!, shifts[d]!);
              return locate(axis, s instanceof Object ? f.let('i32', s) : s);
            });
            const address = plus(bases[i]!, ...at.map(({ offset }) => offset));
            f.set(pointers[i]!, select32(address, zeros, all(at.map(({ inside }) => inside))));
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

/** k over (c, taps): the run of the last axis' taps that `run` counts, with what does not change along it. */
function locateRun(f: FunctionBuilder, spec: Patches, run: Local, q: Operand[]): { offset: Operand; inside: Operand } {
  const { axes } = spec;
  const outer = axes.slice(0, -1);
  const [c, ...taps] = unflatten(f, run, [spec.inputs, ...outer.map((a) => a.w)]) as [Operand, ...Operand[]];
  const at = outer.map((axis, d) => {
    const s = plus(times(q[d]!, axis.stride), times(taps[d]!, axis.dilation), -axis.low);
    return locate(axis, typeof s === 'number' ? s : f.let('i32', s));
  });
  return {
    offset: plus(times(c, 4 * spec.x.channel), ...at.map(({ offset }) => offset)),
    inside: all(at.map(({ inside }) => inside)),
  };
}

/**
 * Rows (q, n) with n side by side in memory and padded to whole blocks, k over (c, taps): copies `rows` neighbours for
 * each tap. This is the filter's gradient, where n counts input channels.
 */
export function packByBatch(module: ModuleBuilder, name: string, spec: Patches, rows: number): FunctionBuilder {
  const { axes, batch } = spec;
  const [f, source, target, line, lines, k0, count, zeros] = begin(module, name);
  const last = axes.at(-1)!;
  const blocks = Math.ceil(batch / rows);
  const [end, panel, run, runFrom, runTo, k, s, tile, base, from] = Array.from({ length: 10 }, () =>
    f.local('i32'),
  ) as [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local];
  f.set(end, op('i32.add', line, lines));
  f.set(runFrom, op('i32.div_u', k0, last.w));
  f.set(runTo, op('i32.div_u', op('i32.add', k0, count), last.w));
  const copy = (pointer: Local) => {
    for (let w = 0; w + 4 <= rows; w += 4) f.store('v128.store', target, load('v128.load', pointer, 4 * w), 4 * w);
    const rest = rows % 4;
    // What is copied too much is overwritten by the next tap.
    if (rest === 1) f.store('f32.store', target, load('f32.load', pointer, 4 * (rows - 1)), 4 * (rows - 1));
    else if (rest > 1) f.store('v128.store', target, load('v128.load', pointer, 4 * (rows - rest)), 4 * (rows - rest));
    f.increment(target, 4 * rows);
  };
  f.for(panel, line, end, rows, () => {
    f.scope(() => {
      f.set(tile, op('i32.div_u', panel, rows));
      const position = f.let('i32', op('i32.div_u', tile, blocks));
      const first = op('i32.mul', op('i32.rem_u', tile, blocks), 4 * rows);
      f.set(base, plus(source, first));
      const q = unflatten(
        f,
        position,
        axes.map((a) => a.out),
      );
      const origin = f.let('i32', plus(times(q.at(-1)!, last.stride), -last.low));
      f.for(run, runFrom, runTo, 1, () => {
        f.scope(() => {
          const { offset, inside } = locateRun(f, spec, run, q);
          const start = f.let('i32', plus(base, offset));
          const isInside = f.let('i32', inside);
          f.set(s, origin);
          f.for(k, 0, last.w, 1, () => {
            const at = locate(last, s);
            f.set(from, select32(plus(start, at.offset), zeros, all([isInside, at.inside])));
            copy(from);
            f.increment(s, last.dilation);
          });
        });
      });
    });
  });
  return f;
}

/** Rows (n, q), k over (c, taps), whatever lies side by side: element by element. */
export function packElements(module: ModuleBuilder, name: string, spec: Patches, rows: number): FunctionBuilder {
  const { axes, batch } = spec;
  const [f, source, target, line, lines, k0, count, zeros] = begin(module, name);
  const last = axes.at(-1)!;
  const m = batch * product(axes.map((a) => a.out));
  const [end, panel, run, runFrom, runTo, k, s, i, to] = Array.from({ length: 9 }, () => f.local('i32')) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  f.set(end, op('i32.add', line, lines));
  f.set(runFrom, op('i32.div_u', k0, last.w));
  f.set(runTo, op('i32.div_u', op('i32.add', k0, count), last.w));
  f.for(panel, line, end, rows, () => {
    f.for(i, 0, rows, 1, () => {
      f.scope(() => {
        const next = f.let('i32', op('i32.add', panel, i));
        const row = f.let('i32', select(next, m - 1, op('i32.lt_u', next, m)));
        const [n, ...q] = unflatten(f, row, [batch, ...axes.map((a) => a.out)]) as [Operand, ...Operand[]];
        const base = f.let('i32', plus(source, times(n, 4 * spec.x.batch)));
        const origin = f.let('i32', plus(times(q.at(-1)!, last.stride), -last.low));
        f.set(to, op('i32.add', target, op('i32.shl', i, 2)));
        f.for(run, runFrom, runTo, 1, () => {
          f.scope(() => {
            const { offset, inside } = locateRun(f, spec, run, q);
            const start = f.let('i32', plus(base, offset));
            const isInside = f.let('i32', inside);
            f.set(s, origin);
            f.for(k, 0, last.w, 1, () => {
              const at = locate(last, s);
              const from = select32(plus(start, at.offset), zeros, all([isInside, at.inside]));
              f.store('f32.store', to, load('f32.load', from));
              f.increment(to, 4 * rows);
              f.increment(s, last.dilation);
            });
          });
        });
      });
    });
    f.increment(target, op('i32.mul', count, 4 * rows));
  });
  return f;
}
