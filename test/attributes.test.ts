import { expect, test } from 'vitest';
import * as keras from '../src/index.ts';

const { constraints, initializers, losses, metrics, optimizers, regularizers } = keras;
const { schedules } = optimizers;

/** Of an object that is a function: `toMatchObject` does not look into it. */
function expectAttributes(object: object, expected: Readonly<Record<string, unknown>>): void {
  const read = Object.keys(expected).map((key) => [key, (object as Record<string, unknown>)[key]]);
  expect(Object.fromEntries(read)).toEqual(expected);
}

// The values are those of Keras's own attributes.
test('options can be read as attributes, as in Keras', () => {
  expectAttributes(new constraints.MaxNorm(), { maxValue: 2, axis: 0 });
  expectAttributes(new initializers.GlorotUniform({ seed: 1 }), {
    mode: 'fan_avg',
    distribution: 'uniform',
    seed: 1,
  });
  expect(new initializers.Constant({ value: 3 }).value).toBe(3);
  expect(new initializers.Orthogonal().gain).toBe(1);
  const penalty = new regularizers.L1L2({ l1: 0.1, l2: 0.2 });
  expect([penalty.l1, penalty.l2]).toEqual([0.1, 0.2]);
  expectAttributes(new regularizers.OrthogonalRegularizer(), { factor: 0.01, mode: 'rows' });
  const rate = new schedules.CosineDecay({ initialLearningRate: 0.1, decaySteps: 10 });
  expectAttributes(rate, { name: 'CosineDecay', initialLearningRate: 0.1, warmupTarget: null, decaySteps: 10 });
  const adam = new optimizers.Adam({ clipnorm: 1 });
  expect([adam.beta1, adam.clipnorm, adam.weightDecay, adam.useEma, adam.amsgrad]).toEqual([
    0.9,
    1,
    null,
    false,
    false,
  ]);
  expect(new optimizers.AdamW().weightDecay).toBe(0.004);
  expectAttributes(new losses.BinaryCrossentropy(), { fromLogits: false, labelSmoothing: 0, axis: -1 });
  expect(new metrics.BinaryAccuracy().threshold).toBe(0.5);
  expect(new metrics.MeanIoU({ numClasses: 3 }).targetClassIds).toEqual([0, 1, 2]);
  expect(new metrics.BinaryIoU().numClasses).toBe(2);
  expect(new metrics.FBetaScore().beta).toBe(1);
});

test('metrics of thresholds show those in use, and their counts', async () => {
  expect(new metrics.Precision().thresholds).toEqual([0.5]);
  expect(new metrics.Recall({ topK: 2 }).thresholds).toEqual([-1e10]);
  expect(new metrics.AUC({ numThresholds: 3 }).thresholds).toEqual([-1e-7, 0.5, 1 + 1e-7]);
  expect(new metrics.AUC({ thresholds: [0.5, 0.2] }).numThresholds).toBe(4);
  const point = new metrics.PrecisionAtRecall({ recall: 0.3, numThresholds: 3 });
  expectAttributes(point, { recall: 0.3, value: 0.3, thresholds: [0, 0.5, 1] });
  const precision = new metrics.Precision();
  precision.updateState([0, 1, 1], [0.9, 0.8, 0.1]);
  expect(await precision.truePositives.value.array()).toEqual([1]);
  expect(await precision.falsePositives.value.array()).toEqual([1]);
});

test('every option of every class can be read', () => {
  const missing: string[] = [];
  const spaces = { constraints, initializers, losses, metrics, optimizers, regularizers, schedules };
  for (const [space, exported] of Object.entries(spaces))
    for (const [name, given] of Object.entries(exported)) {
      const { fields, prototype } = given as { fields?: object; prototype?: object };
      const needsNothing = Object.values(fields ?? {}).every(({ required }) => !required);
      if (!fields || !Object.hasOwn(given as object, 'fields') || !prototype || !needsNothing || !/^[A-Z]/.test(name))
        continue;
      class Own extends (given as new () => object) {}
      const made = new Own();
      for (const key of Object.keys(fields)) if (!(key in made)) missing.push(`${space}.${name}.${key}`);
    }
  expect(missing).toEqual([]);
});

test('an option is not changed afterwards; a class of one’s own may keep its attribute under the name', () => {
  const adam = new optimizers.Adam() as { beta1: number };
  expect(() => (adam.beta1 = 0.5)).toThrow(/Adam.*"beta1" cannot be changed any more[\s\S]*new Adam\(\{ beta1: … \}\)/);
  class Mine extends losses.Huber {
    override readonly delta: number = 3;
  }
  expect(new Mine().delta).toBe(3);
});

test('options of callbacks can be read', () => {
  const { EarlyStopping, ModelCheckpoint, ReduceLROnPlateau } = keras.callbacks;
  const stop = new EarlyStopping({ patience: 3 });
  expect([stop.monitor, stop.patience, stop.mode, stop.restoreBestWeights]).toEqual(['val_loss', 3, 'auto', false]);
  const save = new ModelCheckpoint({ filepath: 'x.keras' });
  expect([save.filepath, save.saveBestOnly, save.saveFreq]).toEqual(['x.keras', false, 'epoch']);
  const { BackupAndRestore, CSVLogger, LearningRateScheduler, RemoteMonitor } = keras.callbacks;
  const log = new CSVLogger({ filename: 'x.csv' });
  expect([log.sep, log.filename, log.append]).toEqual([',', 'x.csv', false]);
  expectAttributes(new BackupAndRestore({ backupDir: 'b' }), {
    backupDir: 'b',
    saveFreq: 'epoch',
    doubleCheckpoint: false,
    deleteCheckpoint: true,
  });
  expectAttributes(new RemoteMonitor(), {
    root: 'http://localhost:9000',
    path: '/publish/epoch/end/',
    field: 'data',
    sendAsJson: false,
  });
  expect(new LearningRateScheduler((epoch) => epoch).schedule(2, 1)).toBe(2);
  expect(new keras.callbacks.SwapEMAWeights().swapOnEpoch).toBe(false);
  expect(new keras.callbacks.TerminateOnNaN({ raiseError: true }).raiseError).toBe(true);
  const reduce = new ReduceLROnPlateau();
  expect(reduce.inCooldown()).toBe(false);
  expect([reduce.factor, reduce.minLr, reduce.cooldown]).toEqual([0.1, 0, 0]);
  expect(() => ((stop as { patience: number }).patience = 5)).toThrow(/EarlyStopping: the option "patience" cannot/);
});
