import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { hornbeam } from '../../test/run-command.ts';
import { readNpy, writeNpy } from '../formats/npy.ts';
import * as keras from '../index.ts';

/**
 * Losses of Keras on JAX, and the files of that run: written anew by
 * HORNBEAM_PYTHON=/path/to/python npx vitest run src/cli/handoff.test.ts
 */
const python = process.env['HORNBEAM_PYTHON'];
const record = 'test/data/handoff';
const folder = mkdtempSync(join(tmpdir(), 'hornbeam-handoff-'));
const at = (name: string): string => join(folder, name);
const { floatx, imageDataFormat } = keras.config;
const before = [floatx(), imageDataFormat()];
afterAll(() => expect([floatx(), imageDataFormat()]).toEqual(before));

/** 70 samples of two classes, by a formula: batches of 16, 16, 16, 16 and 6. */
const values = Float32Array.from({ length: 70 * 6 }, (_, k) => Math.sin(k * k * 0.7 + k));
const classes = Int32Array.from({ length: 70 }, (_, k) => (values[k * 6]! + values[k * 6 + 1]! > 0 ? 1 : 0));
writeFileSync(at('x.npy'), writeNpy({ shape: [70, 6], dtype: 'float32', data: values }));
writeFileSync(at('y.npy'), writeNpy({ shape: [70], dtype: 'int32', data: classes }));
const data = ['--input', at('x.npy'), '--labels', at('y.npy'), '--batch', '16', '--seed', '3'];

/** With all that goes on between steps: dropout's seeds, moving statistics, slots and a schedule of the optimizer. */
async function recordedModel(): Promise<keras.Model> {
  keras.utils.setRandomSeed(1);
  const model = new keras.Sequential([
    keras.Input({ shape: [6] }),
    new keras.layers.Dense({ units: 8, activation: 'relu', kernelRegularizer: 'l2' }),
    new keras.layers.BatchNormalization(),
    new keras.layers.Dropout({ rate: 0.3 }),
    new keras.layers.Dense({ units: 2 }),
  ]);
  model.compile({
    optimizer: new keras.optimizers.AdamW({
      learningRate: new keras.optimizers.schedules.CosineDecay({ initialLearningRate: 0.02, decaySteps: 60 }),
      clipnorm: 1,
    }),
    loss: new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
    metrics: ['accuracy'],
  });
  const x = keras.tensor(values).reshape([70, 6]);
  await model.fit(x, keras.tensor(classes), { batchSize: 16, verbose: 0 });
  return model;
}
if (python) await (await recordedModel()).save(join(record, 'model.keras'), { overwrite: true });
const recorded = () => JSON.parse(readFileSync(join(record, 'check.json'), 'utf8'));

test('the next 20 steps have the losses of Keras on JAX, and a checkpoint of that run goes on here', async () => {
  const out = at('handed');
  const args = ['handoff', join(record, 'model.keras'), '--out', out, ...data, '--epochs', '4'];
  if (python) {
    const { code, err } = await hornbeam(...args, '--python', python);
    console.info(err);
    expect(code).toBe(0);
    for (const name of ['check.json', 'checkpoint.keras']) copyFileSync(join(out, name), join(record, name));
  } else {
    const { code, out: printed, err } = await hornbeam(...args);
    expect([code, printed.trim()]).toEqual([0, out]);
    expect(err).toContain('train.py --check');
  }
  const { losses, lossesAfter } = recorded();
  const expected = JSON.parse(readFileSync(join(out, 'expected.json'), 'utf8'));
  expect(losses).toHaveLength(20);
  for (const [k, loss] of losses.entries()) expect(Math.abs(expected.losses[k] / loss - 1)).toBeLessThan(1e-4);
  // They are the losses of single steps: those of batches differ by more than the mean does.
  expect(Math.max(...losses) - Math.min(...losses)).toBeGreaterThan(0.2);

  const back = await keras.models.loadModel<keras.Model>(join(record, 'checkpoint.keras'));
  expect(await back.optimizer.iterations.value.item()).toBe(25);
  const seeds = JSON.parse(/^SEEDS = (.*)$/m.exec(readFileSync(join(out, 'train.py'), 'utf8'))![1]!);
  expect(seeds).toEqual([[expect.any(Number), 0]]);
  const { nextLosses } = await import('./handoff/losses.ts');
  const here = await nextLosses(
    back,
    {
      x: keras.tensor(values).reshape([70, 6]),
      y: keras.tensor(classes),
      sampleWeight: undefined,
      samples: 70,
      batchSize: 16,
      shuffle: true,
    },
    5,
    4,
    seeds,
  );
  for (const [k, loss] of lossesAfter.entries()) expect(Math.abs(here[k]! / loss - 1)).toBeLessThan(1e-4);
});

test('the folder holds the model with its optimizer, the data, and a program that says what it does', async () => {
  const out = at('handed');
  expect(readdirSync(out).filter((name) => !name.startsWith('ch'))).toEqual([
    'data',
    'expected.json',
    'model.keras',
    'train.py',
  ]);
  expect(readNpy(readFileSync(join(out, 'data/inputs.npy'))).data).toEqual(values);
  expect(readNpy(readFileSync(join(out, 'data/labels.npy'))).data).toEqual(classes);
  const { err } = await hornbeam('diff', join(out, 'model.keras'), join(record, 'model.keras'), '--optimizer');
  expect(err).toBe('');
  const script = readFileSync(join(out, 'train.py'), 'utf8');
  for (const part of [
    'BATCH_SIZE = 16',
    'EPOCHS = 4',
    'SEED = 3',
    'SHUFFLE = True',
    'optimizer=AdamW(',
    'CosineDecay(initial_learning_rate=0.02, decay_steps=60',
    'loss=SparseCategoricalCrossentropy(',
    'metrics=["accuracy"]',
    'keras.distribution.DataParallel(',
    'keras.distribution.initialize()',
  ])
    expect(script).toContain(part);
  expect(script).not.toContain('custom_objects');
});

test('classes of ones own are listed with what Python must supply', async () => {
  class Scaled extends keras.Layer {
    static override className = 'Scaled';
    readonly by: number;
    scale!: keras.Variable;
    constructor({ by = 2, ...options }: { by?: number; name?: string } = {}) {
      super(options);
      this.by = by;
    }
    override build(inputShape: readonly number[]): void {
      this.scale = this.addWeight({ shape: [inputShape.at(-1)!], name: 'scale', initializer: 'ones' });
    }
    override call(x: keras.Tensor): keras.Tensor {
      return keras.ops.multiply(x, keras.ops.multiply(this.scale, this.by));
    }
    override getConfig() {
      return { ...super.getConfig(), by: this.by };
    }
  }
  keras.saving.registerKerasSerializable(Scaled, { package: 'HandoffTest' });
  class Doubled extends keras.Layer {
    static override className = 'Doubled';
    override call(x: keras.Tensor): keras.Tensor {
      return keras.ops.multiply(x, 2);
    }
  }
  // Functional: its config holds tensors, which are no classes of one's own.
  const inputs = keras.Input({ shape: [6] });
  const h = new Doubled()(new Scaled({ name: 'second' })(new Scaled({ by: 3, name: 'first' })(inputs)));
  const outputs = new keras.layers.Dense({ units: 1, kernelRegularizer: 'l2' })(new keras.layers.Add()([h, inputs]));
  const model = new keras.Model({ inputs, outputs });
  model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0.001 }), loss: 'mse' });
  await model.save(at('own.keras'));
  const out = at('own');
  const { code, err } = await keras.utils.customObjectScope({ Doubled }, () =>
    hornbeam('handoff', at('own.keras'), '--out', out, ...data),
  );
  expect(code).toBe(0);
  expect(err).toContain(
    'Python must supply, in custom_objects.py, which says what:\n  Scaled, a layer (first, second)\n  Doubled, a layer (doubled)\n',
  );
  const stubs = readFileSync(join(out, 'custom_objects.py'), 'utf8');
  for (const part of [
    '@keras.saving.register_keras_serializable(package="HandoffTest", name="Scaled")\nclass Scaled(keras.layers.Layer):',
    'def __init__(self, by=3, **kwargs):',
    'self.by = by',
    '# scale: shape (6,) of first, float32',
    '"by": self.by',
    'raise NotImplementedError(',
  ])
    expect(stubs).toContain(part);
  expect(readFileSync(join(out, 'train.py'), 'utf8')).toContain('\nimport custom_objects ');

  writeFileSync(
    at('scaled.py'),
    stubs
      .replace(
        /raise NotImplementedError\("Write the weights.*/,
        'self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")',
      )
      .replace(/raise NotImplementedError\("Write Scaled.*/, 'return inputs * self.scale * self.by')
      .replace(/raise NotImplementedError\("Write Doubled.*/, 'return inputs * 2'),
  );
  const supplied = await keras.utils.customObjectScope({ Doubled }, () =>
    hornbeam(
      ...['handoff', at('own.keras'), '--out', out, ...data, '--custom', at('scaled.py'), '--overwrite'],
      ...(python ? ['--python', python] : []),
    ),
  );
  expect([supplied.code, readFileSync(join(out, 'custom_objects.py'), 'utf8')]).toEqual([
    0,
    readFileSync(at('scaled.py'), 'utf8'),
  ]);
});

test('what cannot be handed on is refused by name', async () => {
  const args = ['handoff', join(record, 'model.keras')];
  const refused = async (code: number, text: RegExp, ...more: string[]): Promise<void> => {
    const ended = await hornbeam(...args, ...more);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toMatch(text);
  };
  await refused(2, /--out is missing/);
  await refused(2, /--labels is missing/, '--out', at('none'));
  await refused(1, /is there already[\s\S]*--overwrite/, '--out', at('handed'), ...data);
  await refused(1, /no-such-python[\s\S]*ENOENT/, '--out', at('none'), ...data, '--python', at('no-such-python'));
  await refused(
    1,
    /it ended with 1:[\s\S]*see what it says/,
    ...['--out', at('bad'), ...data, '--python', process.execPath],
  );
  const model = new keras.Sequential([keras.Input({ shape: [6] }), new keras.layers.Dense({ units: 1 })]);
  await model.save(at('plain.keras'));
  const plain = await hornbeam('handoff', at('plain.keras'), '--out', at('plain'), ...data);
  expect(plain).toMatchObject({ code: 1, out: '' });
  expect(plain.err).toMatch(/does not say how it is compiled[\s\S]*model\.compile/);
  expect(existsSync(at('plain'))).toBe(false);
});
