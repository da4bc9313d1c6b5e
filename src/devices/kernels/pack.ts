import { type Local, load, op, select, shuffle32 } from '../wasm/encoder/index.ts';
import type { KernelFunction, KernelMachine } from './machine.ts';

/**
 * How a matrix lies in memory, in bytes: `across` from one panel line (a row of A, a column of B) to the next,
 * `along` from k to k + 1.
 */
export interface Lie {
  readonly across: number;
  readonly along: number;
}

/**
 * The function `(source, target, lines, count, across, along, panel)` that packs lines of a matrix into panels of
 * `width` lines, `panel` bytes apart: target[panel][k][line]. Lines past the last one are undefined, and up to 16 bytes
 * behind a panel are overwritten before the next one is written.
 */
export function packer(machine: KernelMachine, width: number, { across, along }: Lie): KernelFunction {
  if (across === 4 && width % 2 === 0) return packWide(machine, width);
  if (along === 4 && width <= machine.tallest) return packTall(machine, width);
  return packAny(machine, width);
}

function begin(machine: KernelMachine, name: string) {
  const f = machine.func(name, Array(7).fill('i32'));
  return [f, ...(f.params as [Local, Local, Local, Local, Local, Local, Local])] as const;
}

/** Lines adjacent in memory: copies, eight values of k at a time, so that both reads and writes stay local. */
function packWide(machine: KernelMachine, width: number): KernelFunction {
  const name = `pack wide ${width}`;
  return machine.once(name, () => {
    const [f, source, target, lines, count, , along, panel] = begin(machine, name);
    const [k, kEnd, line, from, to, i] = Array.from({ length: 6 }, () => f.local('i32')) as Local[] as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    f.for(k, 0, count, 8, () => {
      f.set(kEnd, select(op('i32.add', k, 8), count, op('i32.lt_s', op('i32.add', k, 8), count)));
      f.for(line, 0, lines, width, () => {
        f.set(from, op('i32.add', source, op('i32.add', op('i32.mul', k, along), op('i32.shl', line, 2))));
        f.set(to, op('i32.add', target, op('i32.mul', op('i32.div_u', line, width), panel)));
        f.increment(to, op('i32.mul', k, 4 * width));
        f.for(i, k, kEnd, 1, () => {
          for (let w = 0; w + 4 <= width; w += 4) f.store('v128.store', to, load('v128.load', from, 4 * w), 4 * w);
          if (width % 4) f.store('i64.store', to, load('i64.load', from, 4 * (width - 2)), 4 * (width - 2));
          f.increment(from, along);
          f.increment(to, 4 * width);
        });
      });
    });
    return f;
  });
}

/** The addresses of a panel's lines; lines past the end repeat the last one. */
function linePointers(
  f: KernelFunction,
  pointers: Local[],
  source: Local,
  line: Local,
  lines: Local,
  across: Local,
  first = 0,
) {
  pointers.forEach((pointer, i) => {
    const at = op('i32.add', line, first + i);
    const inside = op('i32.lt_s', at, lines);
    f.set(pointer, op('i32.add', source, op('i32.mul', select(at, op('i32.sub', lines, 1), inside), across)));
  });
}

/** Lines contiguous along k: transposes blocks of 4 by 4. */
function packTall(machine: KernelMachine, width: number): KernelFunction {
  const name = `pack tall ${width}`;
  return machine.once(name, () => {
    const [f, source, target, lines, count, across, , panel] = begin(machine, name);
    const to = f.local('i32');
    const line = f.local('i32');
    const k = f.local('i32');
    // Blocks for wide vectors have more lines than there are registers for their addresses: four are packed at a time.
    const height = machine.lanes > 4 ? Math.min(4, width) : width;
    const pointers = Array.from({ length: height }, () => f.local('i32'));
    const four = fourOfEach(f, pointers, width);
    f.for(line, 0, lines, width, () => {
      for (let first = 0; first < width; first += height) {
        // The last ones may overlap.
        const at = Math.min(first, width - height);
        f.set(to, at === 0 ? target : op('i32.add', target, 4 * at));
        linePointers(f, pointers, source, line, lines, across, at);
        f.for(k, 0, op('i32.sub', count, 3), 4, () => {
          four(to, 4);
          f.increment(to, 16 * width);
          for (const pointer of pointers) f.increment(pointer, 16);
        });
        f.for(k, op('i32.and', count, -4), count, 1, () => {
          pointers.forEach((pointer, i) => {
            f.store('f32.store', to, load('f32.load', pointer), 4 * i);
            f.increment(pointer, 4);
          });
          f.increment(to, 4 * width);
        });
      }
      f.increment(target, panel);
    });
    return f;
  });
}

/**
 * Code that reads the four floats at each of the pointers and writes the first `count` of them as target[i][pointer], in
 * lines of `width`. Up to 4 bytes behind may be overwritten.
 */
export function fourOfEach(
  f: KernelFunction,
  pointers: readonly Local[],
  width: number,
): (target: Local, count: number) => void {
  const lines = pointers.length;
  const whole = lines % 4 === 3 ? lines + 1 : lines & ~3;
  const out = Array.from({ length: whole / 4 }, () => [0, 1, 2, 3].map(() => f.local('v128')));
  const scratch = [0, 1, 2, 3].map(() => f.local('v128'));
  const [low, high] = scratch as [Local, Local];
  return (target, count) => {
    out.forEach((four, g) => {
      const rows = [0, 1, 2, 3].map((i) => pointers[Math.min(lines - 1, 4 * g + i)]);
      transpose(f, rows, scratch, four);
    });
    // The order matters: three lines are written as four, and the fourth is overwritten by the next.
    for (let i = 0; i < count; i++)
      out.forEach((four, g) => f.store('v128.store', target, four[i], 4 * (i * width + 4 * g)));
    // One or two remaining lines are not worth a transposition.
    const place = (i: number) => 4 * (i * width + whole);
    if (lines - whole === 1) {
      f.set(low, load('v128.load', pointers[whole]));
      for (let i = 0; i < count; i++) f.memoryLane('v128.store32_lane', i, target, low, place(i));
    } else if (lines - whole === 2) {
      f.set(low, load('v128.load', pointers[whole]));
      f.set(high, load('v128.load', pointers[whole + 1]));
      const [a, b] = scratch.slice(2) as [Local, Local];
      f.set(a, shuffle32(low, high, [0, 4, 1, 5]));
      f.set(b, shuffle32(low, high, [2, 6, 3, 7]));
      for (let i = 0; i < count; i++) f.memoryLane('v128.store64_lane', i % 2, target, i < 2 ? a : b, place(i));
    }
  };
}

/** out[i] = the i-th elements of the four vectors at `rows`. */
function transpose(f: KernelFunction, rows: Local[], scratch: Local[], out: Local[]): void {
  const [a, b, c, d] = out as [Local, Local, Local, Local];
  const [ab, cd, ab2, cd2] = scratch as [Local, Local, Local, Local];
  rows.forEach((row, i) => f.set(out[i], load('v128.load', row)));
  f.set(ab, shuffle32(a, b, [0, 4, 1, 5]));
  f.set(ab2, shuffle32(a, b, [2, 6, 3, 7]));
  f.set(cd, shuffle32(c, d, [0, 4, 1, 5]));
  f.set(cd2, shuffle32(c, d, [2, 6, 3, 7]));
  f.set(a, shuffle32(ab, cd, [0, 1, 4, 5]));
  f.set(b, shuffle32(ab, cd, [2, 3, 6, 7]));
  f.set(c, shuffle32(ab2, cd2, [0, 1, 4, 5]));
  f.set(d, shuffle32(ab2, cd2, [2, 3, 6, 7]));
}

/** Any layout: element by element. */
function packAny(machine: KernelMachine, width: number): KernelFunction {
  const name = `pack any ${width}`;
  return machine.once(name, () => {
    const [f, source, target, lines, count, across, along, panel] = begin(machine, name);
    const [line, k, i, end, from, to] = Array.from({ length: 6 }, () => f.local('i32')) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    f.for(line, 0, lines, width, () => {
      f.set(end, op('i32.sub', lines, line));
      f.set(end, select(width, end, op('i32.gt_s', end, width)));
      f.set(to, target);
      f.for(k, 0, count, 1, () => {
        f.set(from, op('i32.add', source, op('i32.add', op('i32.mul', line, across), op('i32.mul', k, along))));
        f.for(i, 0, end, 1, () => {
          f.store('f32.store', op('i32.add', to, op('i32.shl', i, 2)), load('f32.load', from));
          f.increment(from, across);
        });
        f.increment(to, 4 * width);
      });
      f.increment(target, panel);
    });
    return f;
  });
}
