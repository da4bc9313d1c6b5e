import { describe, expect, test } from 'vitest';
import { referenceDevice } from '../../src/devices/reference/device.ts';
import { wasmDevice } from '../../src/devices/wasm/device.ts';
import { problemOf } from './compare.ts';
import { regressions } from './regressions.ts';

const reference = referenceDevice();

// On two threads as they are used, and where even the least work is shared.
describe.each([
  ['1 thread', wasmDevice(1)],
  ['2 threads', wasmDevice(2)],
  ['3 threads that share all', wasmDevice(3, 0)],
] as const)('on %s', (called, device) => {
  for (const [title, description] of Object.entries(regressions))
    test(title, async () => {
      expect(await problemOf(description, { device, reference, called: `wasm with ${called}` })).toBeUndefined();
    });
});
