import { expect, test } from 'vitest';
import { heapRoom } from './heap-room.ts';

const around = (next: string): string =>
  `00400000-00b6a000 r--p 00000000 fe:00 1 /usr/bin/node
084aa000-086bf000 rw-p 00000000 00:00 0                                  [heap]
${next}-08702000 rw-p 00000000 00:00 0
7f6170000000-7f6170021000 rw-p 00000000 00:00 0
`;

test('the heap can grow up to what lies behind it', () => {
  expect(heapRoom(around('086c0000'))).toBe(0x1000);
  expect(heapRoom(around('08700000'))).toBe(0x41000);
});
test('a process without a heap of that kind is not short of room', () => {
  expect(heapRoom('7f6170000000-7f6170021000 rw-p 00000000 00:00 0\n')).toBe(Number.POSITIVE_INFINITY);
});
