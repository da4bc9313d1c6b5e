import { expect, test } from 'vitest';
import { OutOfMemoryError } from '../base/errors.ts';
import { ops, tensor } from '../index.ts';
import { currentDevice } from './device.ts';
import { withRoom } from './reclaim.ts';

test('a loop of eager ops that never waits frees what it lets go of', () => {
  const device = currentDevice();
  const before = device.bytesInUse;
  let x = tensor(new Float32Array(4 << 20));
  let most = 0;
  for (let k = 0; k < 300; k++) {
    x = ops.add(x, 1);
    most = Math.max(most, device.bytesInUse - before);
  }
  expect(x.shape).toEqual([4 << 20]);
  // 300 results of 16 MiB were made; a quarter of that was never held at once.
  expect(most).toBeLessThan(1.2e9);
});
test('where memory runs out, garbage is looked for and the work done again, once', () => {
  let calls = 0;
  const short = (times: number) => () => {
    if (++calls <= times) throw new OutOfMemoryError('out of memory');
    return calls;
  };
  expect(withRoom(currentDevice(), short(1))).toBe(2);
  calls = 0;
  expect(() => withRoom(currentDevice(), short(2))).toThrow('out of memory');
  expect(calls).toBe(2);
  const other = (): never => {
    throw new Error('another fault');
  };
  expect(() => withRoom(currentDevice(), other)).toThrow('another fault');
});
