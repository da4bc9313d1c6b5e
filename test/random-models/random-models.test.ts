import { expect, test } from 'vitest';
import { referenceDevice } from '../../src/devices/reference/device.ts';
import { wasmDevice } from '../../src/devices/wasm/device.ts';
import * as keras from '../../src/index.ts';
import { catalogue, inside, leftOut } from './catalogue/index.ts';
import { losses, notLosses, notOptimizers, optimizers } from './catalogue/training.ts';
import { failureOf, show } from './check.ts';
import { smallModels } from './generate.ts';

const reference = referenceDevice();
/** Threads that share all there is to do, so that small models have parallel steps too. */
const counts = [2, 3, 4, 7] as const;
const devices = new Map(counts.map((threads) => [threads, wasmDevice(threads, 0)]));
const names = Object.keys(catalogue);
const bounds = { ...smallModels, layers: 5, elements: 1500, products: 60_000 };
const cycled = (list: readonly string[], k: number): string => list[k % list.length]!;

/** Classes that a module exports under names of their own. */
const classesOf = (module: object, base: abstract new (...args: never[]) => unknown): string[] =>
  Object.entries(module).flatMap(([name, x]) =>
    typeof x === 'function' && (x === base || x.prototype instanceof base) && x.className === name ? [name] : [],
  );
const missing = (exported: readonly string[], known: readonly object[]): string[] =>
  exported.filter((name) => !known.some((list) => Object.hasOwn(list, name)));

test('random models are made of every layer, loss and optimizer, or say why not', () => {
  expect(missing(classesOf(keras.layers, keras.layers.Layer), [catalogue, inside, leftOut])).toEqual([]);
  expect(missing(classesOf(keras.losses, keras.losses.Loss), [losses, notLosses])).toEqual([]);
  expect(missing(classesOf(keras.optimizers, keras.optimizers.Optimizer), [optimizers, notOptimizers])).toEqual([]);
});

test.each(counts)(
  'models train on %i threads as on the reference device, in every run to the same bits',
  async (threads) => {
    const trial = { device: devices.get(threads)!, reference, called: `wasm with ${threads} threads` };
    const perCount = 45;
    for (let k = 0; k < perCount; k++) {
      const n = counts.indexOf(threads) + counts.length * k;
      // Each layer, loss and optimizer has a turn; the rest comes as it comes.
      const wanted = {
        ...(n < names.length && { layer: names[n]! }),
        loss: cycled(Object.keys(losses), n),
        optimizer: cycled(Object.keys(optimizers), n),
      };
      const failure = await failureOf(n, trial, bounds, { wanted, milliseconds: 30_000 });
      if (failure) expect.fail(show(failure));
    }
  },
  600_000,
);
