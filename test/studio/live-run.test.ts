import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as keras from '../../src/index.ts';
import type { StudioLine } from '../../src/studio/protocol.ts';
import { serveFile } from '../../src/studio/serve-file.ts';
import { closeBrowser, executablePath, openStudio } from './open.ts';

const folder = mkdtempSync(join(tmpdir(), 'hornbeam-run-'));
/** Runs that are not to be seen among the others. */
const apart = mkdtempSync(join(tmpdir(), 'hornbeam-apart-'));
afterAll(async () => {
  await closeBrowser();
  for (const each of [folder, apart]) rmSync(each, { recursive: true });
});

function digits(): { model: keras.Model; x: keras.Tensor; y: keras.Tensor } {
  keras.utils.setRandomSeed(5);
  const inputs = keras.Input({ shape: [8, 8, 1] });
  let x = new keras.layers.Conv2D({ filters: 4, kernelSize: 3, activation: 'relu', name: 'edges' })(inputs);
  x = new keras.layers.Dense({ units: 3, name: 'classes' })(new keras.layers.Flatten({ name: 'flat' })(x));
  const model = new keras.Model({ inputs, outputs: x, name: 'small' });
  const loss = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: 'adam', loss, metrics: ['accuracy'] });
  return {
    model,
    x: keras.random.normal([48, 8, 8, 1], { seed: 1 }),
    y: keras.tensor(
      Int32Array.from({ length: 48 }, (_, k) => k % 3),
      { shape: [48] },
    ),
  };
}
const linesIn = (file: string): StudioLine[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const status = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

it('writes every epoch of a run as history has it, and lets in nobody without the token', async () => {
  const { model, x, y } = digits();
  const logDir = join(folder, 'first');
  keras.config.disableInteractiveLogging();
  const studio = new keras.callbacks.Studio({ logDir, name: 'first', histogramFrequency: 1 });
  const { history } = await model.fit(x, y, {
    epochs: 3,
    batchSize: 16,
    validationSplit: 0.25,
    callbacks: [studio],
    verbose: 0,
  });
  keras.config.enableInteractiveLogging();
  const lines = linesIn(join(logDir, 'events.jsonl'));
  const epochs = lines.flatMap((line) => (line.kind === 'scalars' && line.of === 'epoch' ? [line.logs] : []));
  for (const [name, values] of Object.entries(history)) expect(epochs.map((logs) => logs[name])).toEqual(values);
  expect(epochs[0]!['learning_rate']).toBeCloseTo(0.001, 6);
  const histograms = lines.filter((line) => line.kind === 'histograms');
  expect(histograms.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
  expect(Object.keys(histograms[0]!.histograms)).toContain('edges/kernel');
  expect(lines.at(-1)).toMatchObject({ kind: 'state', state: 'ended' });
  const { origin, port } = new URL(studio.url!);
  const token = new URL(studio.url!).searchParams.get('token')!;
  expect(await status(`${origin}/`, {})).toBe(403);
  expect(await status(`${origin}/events`, { authorization: 'Bearer no' })).toBe(403);
  expect(await status(studio.url!, { host: `elsewhere.example:${port}` })).toBe(403);
  expect(await status(`${origin}/nothing`, { authorization: `Bearer ${token}` })).toBe(404);
  await studio.close();
});

it('tells how gradients and activations of samples lie', async () => {
  const { model, x, y } = digits();
  const logDir = join(apart, 'samples');
  const samples = [keras.ops.slice(x, [0, 0, 0, 0], [8, 8, 8, 1]), keras.ops.slice(y, [0], [8])] as const;
  const studio = new keras.callbacks.Studio({ port: null, logDir, histogramFrequency: 2, histogramData: samples });
  await model.fit(x, y, { epochs: 2, batchSize: 16, callbacks: [studio], verbose: 0 });
  const lines = linesIn(join(logDir, 'events.jsonl')).filter((line) => line.kind === 'histograms');
  expect(lines.map(({ of, epoch }) => [of, epoch])).toEqual([
    ['weights', 1],
    ['gradients', 1],
    ['activations', 1],
  ]);
  // The model stands as it did after that epoch: so do its gradients.
  const { gradients } = keras.gradients(
    () => model.computeLoss({ x: samples[0], y: samples[1], yPred: model(samples[0]), sampleWeight: undefined }),
    model.trainableVariables,
  );
  const values: ArrayLike<number> = await gradients[0]!.data();
  const told = lines[1]!.histograms['edges/kernel']!;
  expect(told.size).toBe(36);
  expect(told.low).toBeCloseTo(Math.min(...Array.from(values)), 6);
  expect(told.high).toBeCloseTo(Math.max(...Array.from(values)), 6);
  expect(Object.keys(lines[2]!.histograms)).toEqual(['edges', 'flat', 'classes']);
  expect(lines[2]!.histograms['edges']!.low).toBe(0);
  expect(() => new keras.callbacks.Studio({ histogramData: [x] })).toThrow('pass histogramFrequency as well');
  expect(() => new keras.callbacks.Studio({ histogramFrequency: 1, histogramData: x as never })).toThrow('give [x, y]');
});

it('refuses notes that no page could show', async () => {
  const studio = new keras.callbacks.Studio({ port: null });
  for (const [note, problem] of [
    [{ matrix: [[1, 2]] }, 'matrix of "wrong" is not { labels'],
    [{ matrix: { labels: ['a', 'b'], rows: [[1], [2]] } }, 'as many rows and columns as labels'],
    [{ values: [1, 2] }, 'values of "wrong" is not numbers by name'],
    [{ lines: { roc: { x: [0, 1], y: [0] } } }, 'as many x as y'],
    [{ image: 'https://example.org/a.png' }, 'a picture as a data URL'],
    [{ text: 3 }, 'text of "wrong" is not a text'],
  ] as const)
    await expect(studio.note('wrong', note as never)).rejects.toThrow(problem);
  await expect(studio.note('', { text: 'no name' })).rejects.toThrow('the tag is ""');
});

it('tells AP of each class, and precision over recall', async () => {
  const { model, x, y } = digits();
  const logDir = join(apart, 'detection');
  const metric = new keras.metrics.MeanAveragePrecision({ boundingBoxFormat: 'xyxy', classNames: ['cat', 'dog'] });
  const boxes = {
    boxes: [
      [
        [0, 0, 10, 10],
        [20, 20, 40, 40],
      ],
    ],
    labels: [[0, 1]],
  };
  await metric.updateState(boxes as never, { ...boxes, labels: [[0, 0]], confidence: [[0.9, 0.8]] } as never);
  const studio = new keras.callbacks.Studio({ port: null, logDir });
  const look = new keras.callbacks.LambdaCallback({
    onEpochEnd: () => studio.note('AP', { detection: metric.results() }),
  });
  await model.fit(x, y, { epochs: 1, callbacks: [studio, look], verbose: 0 });
  const note = linesIn(join(logDir, 'events.jsonl')).find((line) => line.kind === 'note')!;
  expect(note).toMatchObject({ tag: 'AP', epoch: 0, values: metric.results().apByClass });
  expect(note.values).toEqual({ cat: expect.closeTo(1, 9), dog: 0 });
  expect(Object.keys(note.lines!)).toEqual(['cat', 'dog']);
  const { x: recall, y: precision } = note.lines!['cat']!;
  expect(recall).toEqual(Array.from(metric.results().recallThresholds));
  for (const p of precision) expect(p).toBeCloseTo(1, 9);
});

describe.skipIf(!executablePath)('a run in the page', () => {
  it('is live: curves with the numbers of history, pause, stop, another learning rate, kernels, activations', async () => {
    const { model, x, y } = digits();
    keras.config.disableInteractiveLogging();
    const studio = new keras.callbacks.Studio({ name: 'live', histogramFrequency: 1, controls: true });
    const look = new keras.callbacks.LambdaCallback({
      onTrainBegin: async () => {
        opened = await openStudio(`${studio.url}#run`);
        await opened.page.getByRole('button', { name: 'Pause' }).waitFor();
        await opened.page.getByLabel('New learning rate').fill('0.005');
        await opened.page.getByRole('button', { name: 'Set' }).click();
      },
      onEpochEnd: async (epoch) => {
        if (epoch === 2) await opened!.page.getByRole('button', { name: 'Stop' }).click();
      },
    });
    let opened: Awaited<ReturnType<typeof openStudio>> | undefined;
    const { history } = await model.fit(x, y, { epochs: 500, batchSize: 16, callbacks: [studio, look], verbose: 0 });
    keras.config.enableInteractiveLogging();
    const { page, said, asked } = opened!;
    expect(history['loss']!.length).toBeLessThan(500);
    await page.locator('.state', { hasText: 'ended' }).waitFor();
    const last = history['loss']!.at(-1)!;
    expect(await page.locator('[data-chart="loss"] li.epoch b').textContent()).toBe(
      String(Number(last.toPrecision(4))),
    );
    expect(await page.locator('[data-chart="learning rate"] li.epoch b').textContent()).toBe('0.005');
    expect(await page.locator('.ridges').count()).toBe(4);
    await page.getByRole('tab', { name: 'Step' }).click();
    await page.locator('.kernels .name').first().waitFor();
    expect(await page.locator('.standing b').textContent()).toBe('Training step');
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.locator('th', { hasText: 'ms' }).waitFor();
    await page.locator('.memory', { hasText: 'at most' }).waitFor();
    const all = await page.locator('.kernels tbody tr').count();
    await page.locator('.kernels .layers button', { hasText: '∂edges' }).first().click();
    expect(await page.locator('.panel header .name').textContent()).toBe('edges');
    const own = await page.locator('.node-kernels li').allTextContents();
    expect(own.some((text) => text.startsWith('∂'))).toBe(true);
    expect(own.some((text) => text.includes('conv'))).toBe(true);
    await page.getByRole('button', { name: 'Show them in the step' }).click();
    await page.locator('.filter', { hasText: 'edges' }).waitFor();
    expect(await page.locator('.kernels tbody tr').count()).toBe(own.length);
    expect(own.length).toBeLessThan(all);
    await page.getByRole('button', { name: 'Show all kernels' }).click();
    await page.getByRole('tab', { name: 'Feed' }).click();
    await page.getByRole('button', { name: 'Random numbers' }).click();
    await page.locator('[data-activation="edges"] .maps').waitFor();
    await page.locator('[data-activation="edges"] button').click();
    expect(await page.locator('.panel header .name').textContent()).toBe('edges');
    await page.locator('.weight .histogram').first().waitFor();
    // Layers open to kernels as well, beside which the loss and the optimizer have theirs.
    await page.getByRole('button', { name: 'kernels', exact: true }).click();
    for (const part of ['Loss', 'Metrics', 'Optimizer'])
      await page.locator('.box .title', { hasText: part }).first().waitFor();
    await page.getByRole('button', { name: 'Open edges' }).click();
    await page.locator('.box.kernel').first().waitFor();
    expect(await page.locator('.box.kernel').count()).toBe(own.length);
    await page.locator('.box.kernel .title', { hasText: '∂' }).first().click();
    expect(await page.locator('.panel h2').textContent()).toMatch(/^∂ /);
    await page.locator('.panel', { hasText: 'Computes for' }).getByRole('button', { name: '∂edges' }).waitFor();
    expect(said).toEqual([]);
    expect(new Set(asked.map((url) => new URL(url).hostname))).toEqual(new Set(['127.0.0.1']));
    await studio.close();
  });

  it('is read from its folder, cut off in the middle of a line, and read on as it grows', async () => {
    const file = join(folder, 'first', 'events.jsonl');
    appendFileSync(file, '{"kind":"scalars","of":"epoch","epo');
    const server = await serveFile(folder);
    const { page, said } = await openStudio(server.url);
    await page.getByRole('tab', { name: 'Run' }).click();
    await page.locator('[data-chart="loss"] li.validation').waitFor();
    appendFileSync(file, 'ch":3,"step":12,"time":1,"logs":{"loss":0.125}}\n');
    await expect.poll(() => page.locator('[data-chart="loss"] li.epoch b').textContent()).toBe('0.125');
    expect(said).toEqual([]);
    await server.close();
  });

  it('leaves out lines that are damaged, says so, and shows the rest', async () => {
    const logDir = mkdtempSync(join(apart, 'damaged-'));
    const lines = [
      { kind: 'run', name: 'damaged', time: 1, epochs: 2, controls: false },
      { kind: 'scalars', of: 'epoch', epoch: 0, step: 1, time: 2, logs: { loss: 0.5 } },
      { kind: 'scalars', of: 'epoch', epoch: 1, step: 2, time: 3 },
      { kind: 'note', tag: 'wrong', epoch: 0, matrix: [[1]] },
      { kind: 'note', tag: 'right', epoch: 0, text: 'as it should be' },
    ];
    writeFileSync(join(logDir, 'events.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const server = await serveFile(logDir);
    const { page, said } = await openStudio(server.url);
    await page.locator('.chart pre', { hasText: 'as it should be' }).waitFor();
    expect(await page.locator('[data-chart="loss"] li b').textContent()).toBe('0.5');
    expect(await page.locator('.hint.bad').allTextContents()).toEqual([
      'Damaged lines of the logs, left out: 1.',
      expect.stringMatching(/^wrong cannot be shown/),
    ]);
    expect(said).toEqual([]);
    await server.close();
  });

  it('sets runs beside each other by what they were set to and by where they stand', async () => {
    const logs = mkdtempSync(join(apart, 'table-'));
    for (const [name, units, rate] of [
      ['narrow', 2, 0.1],
      ['wide', 9, 0.01],
    ] as const) {
      const { model, x, y } = digits();
      model.optimizer!.learningRate = rate;
      const studio = new keras.callbacks.Studio({
        port: null,
        logDir: join(logs, name),
        name,
        hyperparameters: { units, shuffled: true },
      });
      await model.fit(x, y, { epochs: 1, callbacks: [studio], verbose: 0 });
    }
    const writer = new keras.utils.SummaryWriter({ logDir: join(logs, 'board') });
    await writer.scalar('loss', 0.25, 0);
    await writer.hparams({ units: 5 });
    await writer.flush();
    const server = await serveFile(logs);
    const { page, said } = await openStudio(server.url);
    await page.getByRole('tab', { name: 'Runs' }).click();
    const table = page.getByRole('table', { name: 'Runs' });
    await expect.poll(() => table.locator('tbody tr').count()).toBe(3);
    await expect.poll(() => table.locator('td.hyperparameter').allTextContents()).toContain('5');
    expect(await table.locator('thead th').allTextContents()).toEqual([
      ...['run', 'units', 'learning_rate', 'shuffled', 'optimizer', 'loss', 'parameters', 'loss', 'accuracy'],
    ]);
    const units = (): Promise<string[]> => table.locator('tbody tr td:nth-child(2)').allTextContents();
    await table.getByRole('button', { name: 'units' }).click();
    expect(await units()).toEqual(['2', '5', '9']);
    await table.getByRole('button', { name: 'units' }).click();
    expect(await units()).toEqual(['9', '5', '2']);
    expect(await table.locator('tr', { hasText: 'wide' }).locator('td').nth(2).textContent()).toBe('0.01');
    await table.getByRole('checkbox').first().uncheck();
    expect(said).toEqual([]);
    await server.close();
    expect(() => new keras.callbacks.Studio({ hyperparameters: { sizes: [1] as never } })).toThrow(
      'the hyperparameter "sizes" is no number, text or boolean',
    );
  });
  it('reads what was written for TensorBoard, damaged and with hostile names too', async () => {
    const logDir = join(apart, 'board');
    const writer = new keras.utils.SummaryWriter({ logDir: join(logDir, 'train') });
    const name = '<img src=x onerror=alert(1)>';
    for (let step = 0; step < 20; step++) {
      await writer.scalar('loss', 1 / (1 + step), step);
      await writer.scalar(name, step, step);
    }
    await writer.histogram('kernel', keras.random.normal([500], { seed: 1 }), 3);
    await writer.text('words', '<script>alert(2)</script>', 1);
    await writer.image('picture', keras.ops.ones([1, 4, 4, 3]), 1);
    await writer.flush();
    // The end of a file that was cut off, and one of which nothing is right.
    const [file] = readdirSync(join(logDir, 'train'));
    const whole = readFileSync(join(logDir, 'train', file!));
    mkdirSync(join(logDir, 'cut'));
    writeFileSync(join(logDir, 'cut', file!), whole.subarray(0, whole.length - 30));
    mkdirSync(join(logDir, 'wrong'));
    writeFileSync(
      join(logDir, 'wrong', file!),
      whole.map((byte, k) => (k > 40 ? byte ^ 255 : byte)),
    );
    const server = await serveFile(logDir);
    const { page, said } = await openStudio(server.url);
    // Files come one by one, and each in parts.
    for (const shown of [
      page.locator('[data-chart="loss"] li', { hasText: '0.05' }),
      page.locator('[data-chart="loss"] li', { hasText: /^train/ }),
      page.locator('.chart h3', { hasText: name }),
      page.locator('.chart pre', { hasText: '<script>' }),
      page.locator('.chart img[alt="picture"]'),
      page.locator('.ridges'),
    ])
      await shown.first().waitFor();
    expect(await page.locator('.standing .state').textContent()).toBe('read from a file');
    expect(await page.locator('[data-chart="loss"] li').allInnerTexts()).toContainEqual(
      expect.stringMatching(/^train/),
    );
    expect(said).toEqual([]);
    await server.close();
  });

  it('shows a model’s file, which is read again when it changes, and another beside it', async () => {
    const { model } = digits();
    const [file, other] = [join(folder, 'small.keras'), join(folder, 'other.keras')];
    await model.save(file);
    await model.save(other);
    const server = await serveFile(file);
    const { page, said } = await openStudio(server.url);
    await page.locator('.box .title', { hasText: 'Conv2D' }).waitFor();
    const inputs = keras.Input({ shape: [8, 8, 1] });
    const outputs = new keras.layers.Dense({ units: 3, name: 'classes' })(new keras.layers.Flatten()(inputs));
    await new keras.Model({ inputs, outputs, name: 'small' }).save(file);
    await page.locator('.box .title', { hasText: 'Conv2D' }).waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByPlaceholder('other.keras').fill(other);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('.kernels td', { hasText: 'only there' }).first().waitFor();
    expect(said).toEqual([]);
    await server.close();
  });

  it('marks what differs from another file in the graph, and tells it beside the layer', async () => {
    const named = (units: number): keras.Model => {
      const inputs = keras.Input({ shape: [6] });
      const x = new keras.layers.Dense({ units: 5, name: 'first' })(inputs);
      const y = new keras.layers.Dense({ units, activation: units > 3 ? 'tanh' : 'relu', name: 'second' })(x);
      return new keras.Model({ inputs, outputs: y, name: 'net' });
    };
    const [one, other] = [named(3), named(4)];
    other.getLayer({ name: 'first' })!.setWeights(one.getLayer({ name: 'first' })!.getWeights());
    const [file, beside] = [join(apart, 'one.keras'), join(apart, 'beside.keras')];
    await one.save(file);
    await other.save(beside);
    const server = await serveFile(file);
    const { page, said } = await openStudio(server.url);
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByPlaceholder('other.keras').fill(beside);
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.locator('.kernels').getByRole('button', { name: 'second', exact: true }).click();
    await page.locator('.beside').waitFor();
    const lines = await page.locator('.beside .changed').allTextContents();
    expect(lines).toEqual(['output? × 3→? × 4', 'units3→4', 'activationrelu→tanh']);
    expect(await page.locator('.box.mark-differs').allTextContents()).toEqual([expect.stringContaining('second')]);
    await page.keyboard.press('ArrowUp');
    await page.locator('.panel .name', { hasText: 'first' }).waitFor();
    expect(await page.locator('.beside .line em').allTextContents()).toEqual(['equal', 'equal']);
    expect(said).toEqual([]);
    await server.close();
  });
});
