import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

class Noise extends layers.Layer {
  static override readonly className = 'Noise';
  override call(x: keras.Tensor, { training = false } = {}) {
    return training ? ops.add(x, keras.random.normal(x.shape as number[], { stddev: 0.1 })) : x;
  }
}
/** A model in which as much as possible is random: order, dropout, and draws of the global generator. */
function model(seed: number): keras.Model {
  keras.utils.setRandomSeed(seed);
  const made = new keras.Sequential([
    keras.Input({ shape: [4] }),
    new layers.Dense({ units: 3 }),
    new layers.Dropout({ rate: 0.5 }),
    new Noise(),
    new layers.Dense({ units: 1 }),
  ]);
  made.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  return made;
}
const x = ops.reshape(ops.sin(ops.arange(80, { dtype: 'float32' })), [20, 4]);
const y = ops.cos(ops.arange(20, { dtype: 'float32' }));
const backup = (saveFreq: 'epoch' | number) => new keras.callbacks.BackupAndRestore({ backupDir: folder, saveFreq });
class Kill extends keras.callbacks.Callback {
  readonly at: number;
  readonly also: (step: number) => void;
  constructor(at: number, also: (step: number) => void = () => {}) {
    super();
    this.at = at;
    this.also = also;
  }
  steps = 0;
  override onTrainBatchBegin() {
    this.also(this.steps);
    if (this.steps++ === this.at) throw new Error('killed');
  }
}
const weightsOf = async (m: keras.Model) => (await Promise.all(m.getWeights().map((w) => w.data()))).map((d) => [...d]);

// 20 samples in batches of 3 are 7 steps an epoch.
test.each([
  ['epoch', 16, undefined],
  [2, 12, undefined],
  [7, 15, undefined],
  [3, 11, 4],
] as const)(
  'saved every %s, killed before step %s, %s steps an epoch: it ends with the same bits',
  async (saveFreq, at, stepsPerEpoch) => {
    const options = { batchSize: 3, epochs: 4, verbose: 0, ...(stepsPerEpoch && { stepsPerEpoch }) } as const;
    const whole = model(1);
    const { history } = await whole.fit(x, y, options);
    const killed = model(1).fit(x, y, { ...options, callbacks: [backup(saveFreq), new Kill(at)] });
    await expect(killed).rejects.toThrow('killed');
    // Another process: nothing random is as it was.
    const again = model(2);
    const resumed = await again.fit(x, y, { ...options, callbacks: [backup(saveFreq)] });
    expect(await weightsOf(again)).toEqual(await weightsOf(whole));
    const { length } = resumed.history['loss']!;
    expect(resumed.history['loss']).toEqual(history['loss']!.slice(-length));
    expect(resumed.history['mae']).toEqual(history['mae']!.slice(-length));
  },
);
class Batches extends keras.utils.PyDataset {
  readonly numBatches = 7;
  readonly seen: number[] = [];
  getItem(k: number) {
    this.seen.push(k);
    const rows = ops.arange(3 * k, Math.min(3 * k + 3, 20), 1, { dtype: 'int32' });
    return [ops.take(x, rows, { axis: 0 }), ops.take(y, rows, { axis: 0 })] as const;
  }
}
let mapped = 0;
const pipeline = () =>
  keras.data.Dataset.fromTensorSlices([x, y])
    .shuffle(8)
    .batch(3)
    .map((a, b) => {
      mapped++;
      return [a, b] as const;
    })
    .prefetch(2);
test.each([
  ['a Dataset', pipeline, {}, 2, 12],
  ['a Dataset in whole epochs', pipeline, {}, 'epoch', 16],
  ['a Dataset that is cut into other epochs', pipeline, { stepsPerEpoch: 4 }, 3, 11],
  ['a Dataset without end', () => pipeline().repeat(), { stepsPerEpoch: 5 }, 3, 11],
  ['a Dataset of unknown length', () => pipeline().filter(() => true), {}, 2, 12],
  ['a PyDataset', () => new Batches(), {}, 2, 12],
  ['a PyDataset of several workers', () => new Batches({ workers: 3 }), {}, 2, 12],
  ['a function', () => () => keras.data.Dataset.fromTensorSlices([x, y]).batch(3), {}, 2, 12],
] as const)('%s goes on from the batch where it stopped', async (_, data, bound, saveFreq, at) => {
  const options = { epochs: 4, verbose: 0, ...bound } as const;
  const whole = model(1);
  const { history } = await whole.fit(data() as ReturnType<typeof pipeline>, undefined, options);
  const killed = model(1).fit(data() as ReturnType<typeof pipeline>, undefined, {
    ...options,
    callbacks: [backup(saveFreq), new Kill(at)],
  });
  await expect(killed).rejects.toThrow('killed');
  const again = model(2);
  const rest = data() as ReturnType<typeof pipeline>;
  const resumed = await again.fit(rest, undefined, { ...options, callbacks: [backup(saveFreq)] });
  expect(resumed.epoch.length).toBeGreaterThan(0);
  expect(resumed.epoch.length).toBeLessThan(4);
  expect(await weightsOf(again)).toEqual(await weightsOf(whole));
  expect(resumed.history['loss']).toEqual(history['loss']!.slice(-resumed.epoch.length));
});
test('what was trained on is not made again', async () => {
  const options = { epochs: 1, verbose: 0 } as const;
  const killed = model(1).fit(pipeline(), undefined, { ...options, callbacks: [backup(2), new Kill(4)] });
  await expect(killed).rejects.toThrow('killed');
  mapped = 0;
  await model(1).fit(pipeline(), undefined, { ...options, callbacks: [backup(2)] });
  expect(mapped).toBe(3);
});

test('what counts is one file: an older one beside it does not', async () => {
  const options = { batchSize: 10, epochs: 4, verbose: 0 } as const;
  const metadata = join(folder, 'training_metadata.json');
  let old = '';
  const kill = new Kill(6, (step) => {
    if (step === 2) old = readFileSync(metadata, 'utf8');
  });
  await expect(model(1).fit(x, y, { ...options, callbacks: [backup('epoch'), kill] })).rejects.toThrow('killed');
  writeFileSync(metadata, old);
  const again = model(1);
  const { epoch } = await again.fit(x, y, { ...options, callbacks: [backup('epoch')] });
  expect(epoch).toEqual([3]);
});

test.each([
  ['training_metadata.json', '{"epoch": 1, "ba', 'expected whole numbers epoch'],
  ['training_metadata.json', '{"epoch": "1"}', 'expected whole numbers epoch'],
  ['latest.weights.h5', 'nothing of the kind', 'HDF5'],
])('a damaged backup is refused by its name: %s, %s', async (name, text, problem) => {
  writeFileSync(join(folder, name), text);
  const resumed = model(1).fit(x, y, { verbose: 0, callbacks: [backup('epoch')] });
  const error: Error = await resumed.then(
    () => new Error('it was taken'),
    (e: Error) => e,
  );
  expect(error).toBeInstanceOf(keras.HornbeamError);
  for (const part of [`the backup "${folder}/${name}"`, problem, `remove the folder "${folder}"`])
    expect(error.message).toContain(part);
});
