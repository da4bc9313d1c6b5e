import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test, vi } from 'vitest';
import { fewOfEach, loadTasks } from './data.ts';
import { compile, featuresOf, makeBase, makeClassifier, makeHead, unfreezeFrom } from './model.ts';

const { plenty, scarce, unseen } = await loadTasks();
const values = (weights: readonly keras.Variable[]): Float32Array[] =>
  weights.map((w) => w.value.dataSync<'float32'>().slice());
const moved = (before: readonly Float32Array[], weights: readonly keras.Variable[]): string[] =>
  weights.flatMap((w, k) => (values([w])[0]!.every((v, i) => v === before[k]![i]) ? [] : [w.path]));

test('the head alone learns on a frozen base, then the last blocks do, and statistics stay', async () => {
  keras.utils.setRandomSeed(1);
  const base = makeBase();
  const few = await fewOfEach(scarce, 2);
  const model = makeClassifier(base, 5, { isFrozen: true });
  compile(model, 1e-2);
  const before = values(model.weights);
  await model.fit(...few, { epochs: 2, batchSize: 5, verbose: 0 });
  expect(moved(before, model.weights)).toEqual(['head/kernel', 'head/bias']);

  unfreezeFrom(base, 'conv_pw_5');
  compile(model, 1e-3);
  const then = values(model.weights);
  await model.fit(...few, { epochs: 1, batchSize: 5, verbose: 0 });
  const names = moved(then, model.weights).map((path) => path.split('/').slice(-2).join('/'));
  expect(names).toEqual(['conv_pw_5/kernel', 'conv_pw_5_bn/gamma', 'conv_pw_5_bn/beta', 'head/kernel', 'head/bias']);
});

test('features, computed once and kept in a file, train a head as the whole model would', async () => {
  keras.utils.setRandomSeed(2);
  const file = join(mkdtempSync(join(tmpdir(), 'features-')), 'features.cache');
  const base = makeBase();
  const few = await fewOfEach(scarce, 2);
  const count = (): Promise<number> =>
    featuresOf(base, few, file)
      .toArray()
      .then((all) => all.length);
  const predict = vi.spyOn(base, 'predict');
  expect([await count(), await count()]).toEqual([10, 10]);
  // The second time they come from the file.
  expect(predict).toHaveBeenCalledTimes(1);
  predict.mockRestore();

  const head = makeHead(base, 5);
  compile(head, 1e-2);
  await head.fit(featuresOf(base, few, file).batch(5), undefined, { epochs: 2, verbose: 0 });
  const model = makeClassifier(base, 5, { isFrozen: true, head });
  const whole = await model.predict(few[0], { verbose: 0 });
  const parts = await head.predict(
    featuresOf(base, few, file)
      .map((x) => x)
      .batch(10),
    { verbose: 0 },
  );
  parts.dataSync().forEach((v, k) => void expect(v).toBeCloseTo(whole.dataSync()[k] as number, 5));
  rmSync(dirname(file), { recursive: true });
});

test('a base that has learnt a little of other digits helps', async () => {
  keras.utils.setRandomSeed(7);
  const base = makeBase();
  const first = makeClassifier(base, 5);
  compile(first, 2e-3);
  const some = (x: keras.Tensor) => ops.getItem(x, { slice: [0, 256] });
  await first.fit(some(plenty[0]), some(plenty[1]), { epochs: 8, batchSize: 32, verbose: 0 });
  const model = makeClassifier(base, 5, { isFrozen: true });
  compile(model, 1e-2);
  await model.fit(...(await fewOfEach(scarce, 5)), { epochs: 40, batchSize: 25, verbose: 0 });
  const { accuracy } = await model.evaluate(...unseen, { batchSize: 64, verbose: 0, returnDict: true });
  // Guessing would read a fifth.
  expect(accuracy).toBeGreaterThan(0.5);
});
