import type { Instruction } from './instructions.ts';

/** What instructions do to memory, as a recorder is told of it: `take` reads and writes at once, `look` is an atomic read. */
export const accessKinds = ['read', 'write', 'look', 'take'] as const;
export type AccessKind = (typeof accessKinds)[number];

export interface Access {
  readonly kind: AccessKind;
  readonly bytes: number;
}

/** How an instruction that has an address touches memory. */
export function accessOf(name: Instruction): Access {
  const narrow = /(?:load|store|rmw|wait)(\d+)(?:x(\d+))?/.exec(name);
  const own = name.startsWith('v128') ? 128 : /^[if]64/.test(name) ? 64 : 32;
  const bits = narrow ? Number(narrow[1]) * Number(narrow[2] ?? 1) : own;
  const isStore = name.includes('store');
  const isAtomic = name.includes('atomic');
  const kind = isAtomic && !isStore ? (name.includes('load') ? 'look' : 'take') : isStore ? 'write' : 'read';
  return { kind, bytes: bits / 8 };
}
