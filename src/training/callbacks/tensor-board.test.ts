import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'tensor-board-'));
const reference = (name: string): string => `test/data/events/${name}.tfevents`;
async function eventsOf(place: string): Promise<keras.utils.LoggedValue[]> {
  const found: keras.utils.LoggedValue[] = [];
  for await (const value of keras.utils.readEvents(place)) found.push(value);
  return found;
}
/** The only file of a folder. */
const fileIn = (folder: string): string => join(folder, ...readdirSync(folder));
const outline = (values: readonly keras.utils.LoggedValue[]): string[] =>
  values.map(({ kind, tag, step }) => `${kind} ${tag} ${step}`);

function tiny(): keras.Model {
  const model = new keras.Sequential(
    [
      keras.Input({ shape: [4] }),
      new layers.Dense({ units: 3, activation: 'relu', name: 'hidden' }),
      new layers.Dense({ units: 1, name: 'out' }),
    ],
    { name: 'tiny' },
  );
  model.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
  return model;
}
const x = ops.reshape(ops.divide(ops.arange(32), 32), [8, 4]);
const y = ops.sum(x, { axis: 1, keepdims: true });
const some = (t: keras.Tensor): keras.Tensor => ops.getItem(t, { slice: [0, 4] });

test('tags, steps and order are those that Keras writes', async () => {
  const logDir = newFolder();
  const board = new keras.callbacks.TensorBoard({
    logDir,
    histogramFreq: 1,
    writeImages: true,
    writeStepsPerSecond: true,
    updateFreq: 2,
  });
  const history = await tiny().fit(x, y, {
    epochs: 2,
    batchSize: 2,
    shuffle: false,
    validationData: [some(x), some(y)],
    verbose: 0,
    callbacks: [board],
  });
  const train = await eventsOf(fileIn(`${logDir}/train`));
  expect(outline(train)).toEqual(outline(await eventsOf(reference('keras-train'))));
  const validation = await eventsOf(fileIn(`${logDir}/validation`));
  expect(outline(validation)).toEqual(outline(await eventsOf(reference('keras-validation'))));
  const losses = train.flatMap((value) => (value.tag === 'epoch_loss' && value.kind === 'scalar' ? value.value : []));
  expect(losses).toEqual(history.history['loss']!.map(Math.fround));
  const image = train.find(({ tag }) => tag === 'tiny/hidden/kernel/image');
  expect(image).toMatchObject({ kind: 'image', width: 4, height: 3 });
  const graph = train[0]!;
  expect(graph.kind === 'graph' && JSON.parse(graph.model!).config.name).toBe('tiny');
});

test('by default epochs alone are written; evaluate goes to validation', async () => {
  const logDir = newFolder();
  const model = tiny();
  const board = new keras.callbacks.TensorBoard({ logDir, writeGraph: false });
  await model.fit(x, y, { epochs: 1, verbose: 0, callbacks: [board] });
  expect(outline(await eventsOf(fileIn(`${logDir}/train`)))).toEqual([
    'scalar epoch_loss 0',
    'scalar epoch_mae 0',
    'scalar epoch_learning_rate 0',
  ]);
  await model.evaluate(x, y, { verbose: 0, callbacks: [board] });
  expect(outline(await eventsOf(fileIn(`${logDir}/validation`)))).toEqual([
    'scalar evaluation_loss_vs_iterations 1',
    'scalar evaluation_mae_vs_iterations 1',
  ]);
});

test('embeddings are written as the projector of TensorBoard reads them', async () => {
  const logDir = newFolder();
  const model = new keras.Sequential([
    new layers.Embedding({ inputDim: 3, outputDim: 2, name: 'words' }),
    new layers.Flatten(),
  ]);
  model.compile({ loss: 'mse' });
  const fit = (embeddingsMetadata: Record<string, string>) =>
    model.fit([[0, 1]], [[0, 0, 0, 0]], {
      verbose: 0,
      callbacks: [new keras.callbacks.TensorBoard({ logDir, embeddingsFreq: 1, embeddingsMetadata })],
    });
  await fit({ words: 'words.tsv' });
  expect(readFileSync(`${logDir}/projector_config.pbtxt`, 'utf8')).toBe(
    'embeddings {\n  tensor_name: "words"\n  tensor_path: "embeddings/words.tsv"\n  metadata_path: "words.tsv"\n}\n',
  );
  const rows = readFileSync(`${logDir}/embeddings/words.tsv`, 'utf8').trim().split('\n');
  expect(rows.map((row) => row.split('\t').length)).toEqual([2, 2, 2]);
  expect(readdirSync(`${logDir}/train`)).toContain('keras_embedding.ckpt-0.weights.h5');
  await expect(fit({ word: 'words.tsv' })).rejects.toThrow('"word", which is no Embedding of the model');
});

test('options that make no sense are refused', () => {
  const made = (options: object) => () => new keras.callbacks.TensorBoard(options);
  expect(made({ updateFreq: 0 })).toThrow('updateFreq is 0');
  expect(made({ histogramFreq: 0.5 })).toThrow('histogramFreq is 0.5');
  expect(made({ profileBatch: 5 })).toThrow('explain({ timed: true })');
  expect(made({ log_dir: 'x' })).toThrow('did you mean "logDir"');
});

test('a writer logs numbers, images, texts, histograms and hyperparameters', async () => {
  const logDir = newFolder();
  const writer = new keras.utils.SummaryWriter({ logDir });
  await writer.scalar('loss', ops.array(0.5), 3);
  await writer.histogram('weights', [0, 1, 1, Number.NaN], 3, { buckets: 2 });
  await writer.image('picture', ops.ones([5, 2, 3, 3]), 0, { maxOutputs: 1 });
  await writer.text('note', '<script>', 1);
  await writer.hparams({ rate: 0.1, optimizer: 'adam', deep: true });
  await writer.flush();
  const [loss, weights, picture, note, hparams] = await eventsOf(fileIn(logDir));
  expect(loss).toMatchObject({ kind: 'scalar', tag: 'loss', step: 3, value: 0.5 });
  expect(weights).toMatchObject({
    buckets: [
      { left: 0, right: 0.5, count: 1 },
      { left: 0.5, right: 1, count: 2 },
    ],
  });
  expect(picture).toMatchObject({ kind: 'image', width: 3, height: 2 });
  const [file] = picture!.kind === 'image' ? picture!.images : [];
  expect(new TextDecoder('latin1').decode(file!.subarray(1, 4))).toBe('PNG');
  expect(note).toMatchObject({ kind: 'text', text: ['<script>'] });
  expect(hparams).toMatchObject({ hparams: { rate: 0.1, optimizer: 'adam', deep: true } });
  await expect(writer.scalar('', 1, 0)).rejects.toThrow('name what is written');
  await expect(writer.scalar('a', [1, 2], 0)).rejects.toThrow('give one number');
  await expect(writer.image('a', [[1]], 0)).rejects.toThrow('images have shape');
});

test('files of TensorFlow, of its hyperparameters and of PyTorch are read', async () => {
  const values = await eventsOf(reference('tensorflow'));
  expect(outline(values)).toEqual([
    'text note 3',
    'image picture 0',
    'histogram same 0',
    'histogram empty 0',
    'scalar sub/scalar 7',
  ]);
  expect(values[0]).toMatchObject({ text: ['**bold** <script>alert(1)</script>'] });
  expect(values[4]).toMatchObject({ value: 0.25 });
  const same = values[2]!.kind === 'histogram' ? values[2]!.buckets : [];
  expect([same.length, same[29]]).toEqual([30, { left: 2, right: 2, count: 5 }]);
  const [hparams] = await eventsOf(reference('hparams'));
  expect(hparams).toMatchObject({ kind: 'hparams', hparams: { lr: 0.1, units: 32, opt: 'adam', bn: true } });
  const torch = await eventsOf(reference('torch'));
  expect(torch.slice(0, 3).map((value) => value.kind === 'scalar' && value.value)).toEqual([
    1,
    0.5,
    Math.fround(1 / 3),
  ]);
  const counted = torch.find(({ tag }) => tag === 'h');
  expect(counted?.kind === 'histogram' && counted.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(10);
  expect(torch.find(({ tag }) => tag === 'img')).toMatchObject({ kind: 'image', width: 2, height: 2 });
  expect(torch.find(({ tag }) => tag === 't/text_summary')).toMatchObject({ kind: 'text', text: ['hello'] });
});

test('a file that is being written is read up to where it is whole; damage is named', async () => {
  const whole = readFileSync(reference('keras-validation'));
  const all = (await eventsOf(reference('keras-validation'))).length;
  const cut = join(newFolder(), 'cut');
  for (const length of [0, 5, 30, 100, whole.length - 1]) {
    writeFileSync(cut, whole.subarray(0, length));
    expect((await eventsOf(cut)).length).toBeLessThan(all);
  }
  // A stream in pieces of any size is the same.
  const pieces = new Blob([whole.subarray(0, 7), whole.subarray(7, 200), whole.subarray(200)]);
  const streamed: keras.utils.LoggedValue[] = [];
  for await (const value of keras.utils.readEvents(pieces)) streamed.push(value);
  expect(streamed).toHaveLength(all);
  for (const at of [0, 9, 20, 60, 300]) {
    const damaged = Uint8Array.from(whole);
    damaged[at] = damaged[at]! ^ 0x55;
    writeFileSync(cut, damaged);
    await expect(eventsOf(cut)).rejects.toThrow(keras.HornbeamError);
  }
  await expect(eventsOf('package.json')).rejects.toThrow('it is no TFRecord file');
  await expect(eventsOf(cut.replace('cut', 'none'))).rejects.toThrow('cannot be read');
});
