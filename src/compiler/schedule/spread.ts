import type { Stmt } from '../../ir/loops.ts';

/**
 * Marks loops for a GPU: those around all statements are `parallel`, one invocation per turn; the innermost ones, whose
 * turns are independent or meet only in accumulators, are `vector`, and invocations may share them.
 */
export function spread(list: readonly Stmt[]): readonly Stmt[] {
  const [only] = list;
  if (list.length === 1 && only.op === 'for') return [{ ...only, mode: 'parallel', body: spread(only.body) }];
  return list.map(shared);
}

function shared(s: Stmt): Stmt {
  if (s.op !== 'for') return s;
  return s.body.some((inner) => inner.op === 'for') ? { ...s, body: s.body.map(shared) } : { ...s, mode: 'vector' };
}
