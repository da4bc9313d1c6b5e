import type { TypedArray } from '../src/base/dtype.ts';
import { anonymous, foreign, protection } from '../src/devices/native/memory/foreign.ts';

const page = 4096;

/** A copy of an array that ends where a page begins which nobody may touch, and begins less than a page behind another one. */
export function guarded(x: TypedArray): { readonly address: number; takeBack(): void } {
  const c = foreign();
  const inner = Math.max(page, Math.ceil(x.byteLength / page) * page);
  const start = c.mmap(0, inner + 2 * page, protection.none, anonymous, -1, 0);
  c.mprotect(start + page, inner, protection.read | protection.write);
  const address = start + page + inner - x.byteLength;
  if (x.byteLength > 0) c.copyIn(address, x, x.byteLength);
  return {
    address,
    takeBack() {
      if (x.byteLength > 0) c.copyOut(x, address, x.byteLength);
      c.munmap(start, inner + 2 * page);
    },
  };
}
