import { type Local, load, type Operand, op } from '../wasm/encoder/index.ts';
import { times } from './conv-geometry.ts';
import type { KernelFunction, StoringMachine } from './machine.ts';

/** Columns of an image as they are copied side by side: those before `low` and from `high` on lie outside of it. */
interface Columns {
  readonly low: Operand;
  readonly high: Operand;
  readonly columns: number;
  /** Elements from a column of the image to the next. */
  readonly apart: number;
  readonly channels: number;
}

/** Writes columns to where `to` points, which then points behind them. */
export function copier(
  machine: StoringMachine,
  f: KernelFunction,
  to: Local,
  { low, high, columns, apart, channels }: Columns,
) {
  const move = mover(machine, f);
  const clear = (count: Operand): void => move(undefined, to, times(count, channels), channels);
  const minus = (a: Operand, b: Operand): Operand =>
    typeof a === 'number' && typeof b === 'number' ? a - b : op('i32.sub', a, b);
  return {
    /** Zeros for so many columns. */
    clear,
    /** The columns of the image that begin at x, with zeros before and behind them; x is used up. */
    copy(x: Local): void {
      f.increment(x, times(low, 4 * apart));
      clear(low);
      if (apart === channels) move(x, to, times(minus(high, low), channels), channels);
      else {
        const column = f.local('i32');
        f.for(f.local('i32'), low, high, 1, () => {
          f.set(column, x);
          move(column, to, channels, channels);
          f.increment(x, 4 * apart);
        });
      }
      clear(minus(columns, high));
    },
  };
}

/** Copies so many floats, a multiple of `unit`, or writes zeros where there is no source, and moves both addresses behind them. */
function mover(machine: StoringMachine, f: KernelFunction) {
  const { lanes } = machine;
  const [wide, zeros] = [machine.vector(f), machine.vector(f)];
  const single = f.local('v128');
  const left = f.local('i32');
  machine.zero(f, zeros);
  return (source: Local | undefined, target: Local, floats: Operand, unit: number): void => {
    if (floats === 0) return;
    f.set(left, floats);
    const pieces = (size: number, piece: () => void): void => {
      f.if(op('i32.ge_s', left, size), () =>
        f.loop((again) => {
          piece();
          if (source) f.increment(source, 4 * size);
          f.increment(target, 4 * size);
          f.increment(left, -size);
          f.brIf(again, op('i32.ge_s', left, size));
        }),
      );
    };
    pieces(lanes, () => {
      if (source) machine.load(f, wide, source);
      machine.store(f, source ? wide : zeros, target);
    });
    if (unit % lanes === 0) return;
    if (lanes > 4)
      pieces(4, () => {
        if (source) f.set(single, load('v128.load', source));
        f.store('v128.store', target, source ? single : zeros);
      });
    if (unit % 4 === 0) return;
    pieces(1, () => {
      if (source) f.store('f32.store', target, load('f32.load', source));
      else f.store('i32.store', target, 0);
    });
  };
}
