import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentDevice } from '../../src/runtime/device.ts';
import { setDevice } from '../../src/runtime/set-device.ts';
import type { Tensor } from '../../src/tensor/index.ts';
import { type Stored, withTensors } from './cases.ts';
import { classOf } from './layer-cases.ts';
import { call, expectNest } from './layer-run.ts';

interface Case {
  readonly id: string;
  readonly class_name: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** The name of the inputs. */
  readonly on: string;
  readonly calls: readonly { readonly training: boolean; readonly outputs: unknown }[];
  /** Of the seed generator after the calls. */
  readonly state: Stored | null;
}
// Made by scripts/augmentation-cases.py.
const file = readFileSync(new URL('../data/layers/augmentation.json.gz', import.meta.url));
const { inputs, cases } = JSON.parse(gunzipSync(file).toString()) as {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
};

/** Every case on the device that pages and Node use; on the slow one some of them. */
const runs = { wasm: cases, reference: cases.filter((_, k) => k % 8 === 3) };

for (const device of ['wasm', 'reference'] as const)
  describe(device, () => {
    const before = currentDevice().name;
    beforeAll(() => setDevice(device));
    afterAll(() => setDevice(before));
    test.each(runs[device].map((c) => [c.id, c] as const))('%s', (_, c) => {
      const layer = classOf(c.class_name).fromConfig(c.kwargs) as never;
      c.calls.forEach(({ training, outputs }, k) => {
        const found = call(layer, [[withTensors(inputs[c.on])], { training }]);
        expectNest(found, outputs, [1e-4, 2e-3], `call ${k}`);
      });
      const { generator } = layer as { generator?: { state: { value: Tensor } } };
      if (c.state) expectNest(generator!.state.value, c.state, [0, 0], 'seed');
    });
  });

test('there are cases of all layers that change images', () => {
  expect(new Set(cases.map((c) => c.class_name)).size).toBeGreaterThan(25);
});

/** Options drawn at random, with what belongs to images: Keras 3.15.1 on JAX. */
const drawn = JSON.parse(
  gunzipSync(readFileSync(new URL('../data/layers/image-options.json.gz', import.meta.url))).toString(),
) as readonly (Omit<Case, 'on'> & { readonly input: unknown })[];
test.each(drawn.map((c) => [`${c.class_name} ${JSON.stringify(c.kwargs)}`, c] as const))('%s', (_, c) => {
  const layer = classOf(c.class_name).fromConfig(c.kwargs) as never;
  c.calls.forEach(({ training, outputs }, k) =>
    expectNest(call(layer, [[withTensors(c.input)], { training }]), outputs, [2e-3, 2e-3], `call ${k}`),
  );
});
