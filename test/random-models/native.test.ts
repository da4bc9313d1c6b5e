import { expect, test } from 'vitest';
import { nativeDevice } from '../../src/devices/native/device.ts';
import { widthsHere } from '../../src/devices/native/testing.ts';
import { referenceDevice } from '../../src/devices/reference/device.ts';
import { failureOf, show } from './check.ts';
import { smallModels } from './generate.ts';

const reference = referenceDevice();

// Seed 921 once met an instruction that reads no memory, at eight lanes.
test.skipIf(widthsHere().length === 0).each(widthsHere().map((lanes) => [lanes]))(
  'models train as machine code with %i lanes as on the reference device',
  async (lanes) => {
    const device = nativeDevice({ lanes, threads: 3, leastWork: 0 });
    const trial = { device, reference, called: `native with ${lanes} lanes` };
    for (const seed of [900, 903, 907, 911, 916, 921]) {
      const failure = await failureOf(seed, trial, smallModels, { milliseconds: 30_000 });
      if (failure) expect.fail(show(failure));
    }
  },
  300_000,
);
