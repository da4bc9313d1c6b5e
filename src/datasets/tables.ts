import { fail } from '../base/errors.ts';
import type { OptionNames } from '../base/options.ts';
import { readNpz } from '../formats/npy.ts';
import * as ops from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { tensor } from '../tensor/index.ts';
import { orders } from './sequences.ts';
import { bytesFor, type KerasFile, numeric, type SourceOptions, type Split, sourceOptions } from './source.ts';

/** How the rows of a table are shuffled and divided. */
export interface TableOptions extends SourceOptions {
  /** Fraction of the rows to test with, below 1; 0.2 by default. */
  readonly testSplit?: number | undefined;
  /** Seed of the order of the rows; 113 by default. */
  readonly seed?: number | undefined;
}
export const tableOptions: OptionNames<TableOptions> = { ...sourceOptions, testSplit: true, seed: true };

/** How many samples come before those to test with. */
export function cutAt(who: string, count: number, testSplit: number): number {
  if (!(testSplit >= 0 && testSplit < 1))
    fail(who, `testSplit is ${testSplit}`, 'give a share from 0 up to 1, which is left out');
  return Math.trunc(count * (1 - testSplit));
}

/** The rows `x` and targets `y` of a file, or the first of them, shuffled and divided. */
export async function readTable(
  who: string,
  file: KerasFile,
  { testSplit = 0.2, seed = 113, ...source }: TableOptions,
  most = Number.POSITIVE_INFINITY,
): Promise<Split> {
  const arrays = await readNpz(await bytesFor(who, file, source));
  const [x, y] = ['x', 'y'].map((name) => numeric(who, arrays[name], name)) as [Tensor, Tensor];
  const count = Math.min(x.shape[0], most);
  const at = cutAt(who, count, testSplit);
  const order = orders(seed)(count);
  const rows = (from: number, to: number): readonly [Tensor, Tensor] => {
    const indices = tensor(order.subarray(from, to), { dtype: 'int32' });
    return [ops.take(x, indices, { axis: 0 }), ops.take(y, indices, { axis: 0 })];
  };
  return [rows(0, at), rows(at, count)];
}
