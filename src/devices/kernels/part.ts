import { type Local, type Operand, op } from '../wasm/encoder/index.ts';
import type { KernelFunction } from './machine.ts';

/** The thread's share [from, to) of `total` items, by the same formula as the compiler's `partOf`. */
export function partOf(
  f: Pick<KernelFunction, 'let'>,
  total: Operand,
  thread: Operand,
  threads: Operand,
): [Local, Local] {
  const bound = (t: Operand): Local => f.let('i32', op('i32.div_u', op('i32.mul', t, total), threads));
  return [bound(thread), bound(op('i32.add', thread, 1))];
}
