import { expect, test } from 'vitest';
import { blockFor } from './kernel-machine.ts';

test.each([
  [8, 16],
  [16, 32],
] as const)('blocks of %i lanes fit into the %i vector registers of such a machine', (lanes, registers) => {
  for (let rows = 1; rows <= 40; rows++)
    for (let columns = 1; columns <= 200; columns++) {
      const block = blockFor(lanes, rows, columns);
      // Sums, a row of B, and an element of A.
      expect(block.rows * block.vectors + block.vectors + 1, `${rows} x ${columns}`).toBeLessThanOrEqual(registers);
      expect(block.rows).toBeLessThanOrEqual(rows);
    }
});
