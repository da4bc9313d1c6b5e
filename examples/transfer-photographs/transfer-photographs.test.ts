import { readdirSync, readFileSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { classNames, loadMorePhotographs, loadPhotographs } from '../data/photographs.ts';
import { unfreezeFrom } from '../transfer-learning/model.ts';
import { foldsOf, spread } from './folds.ts';
import { compile, layersOf, makeBase, makeClassifier, makeHead, side } from './model.ts';
import { pretrain } from './pretrain.ts';

const data = new URL('../data/', import.meta.url);
const photographs = await loadPhotographs(side);

test('each photograph is listed with its author, its source, and a licence under which it may be passed on', () => {
  const [head, ...lines] = readFileSync(new URL('photographs/authors.csv', data), 'utf8').trim().split('\n');
  expect(head).toBe('file,author,licence,source');
  const listed = lines.map((line) => {
    const [, file, author, licence] =
      /^([^,]+),("[^"]+"|[^,"]+),(public domain|CC0 1\.0|CC BY [23]\.0|CC BY-SA 4\.0),"?https?:\/\/\S+$/.exec(line) ??
      [];
    expect(file && author && licence, line).toBeTruthy();
    return file!;
  });
  const folders = [...classNames.map((name) => `photographs/${name}`), 'more-photographs'];
  const files = folders.flatMap((folder) => readdirSync(new URL(folder, data)).map((file) => `${folder}/${file}`));
  expect(listed.sort()).toEqual(files.sort());
});

test('each photograph is unseen once, and every part has its share of each class', async () => {
  let count = 0;
  for await (const [[, training], [x, unseen]] of foldsOf(photographs, 5)) {
    const labels = Array.from(await unseen.data(), Number);
    count += labels.length;
    expect([x.shape[0], training.shape[0]]).toEqual([labels.length, 200 - labels.length]);
    const shares = classNames.map((_, k) => labels.filter((label) => label === k).length);
    [57, 28, 63, 38, 14].forEach((all, k) => void expect(Math.abs(shares[k]! - all / 5)).toBeLessThan(1));
  }
  expect(count).toBe(200);
  expect(spread([0.5, 0.7])).toBe('60.0% ± 14.1');
});

test('a base learns of other photographs, then a head on it, then all but its first layer', async () => {
  keras.utils.setRandomSeed(3);
  const base = await makeBase();
  const blank = base.getWeights();
  await pretrain(base, await loadMorePhotographs(side), 1);
  const values = (model: keras.Model): string[] => model.getWeights().map((w) => w.dataSync().join());
  expect(values(base).every((value, k) => value !== blank[k]!.dataSync().join())).toBe(true);

  const before = values(base);
  const model = makeClassifier(base, makeHead(base, classNames.length), { isFrozen: true });
  compile(model, 1e-2, 40);
  const [x, y] = photographs;
  const { history } = await model.fit(x, y, { epochs: 5, batchSize: 32, verbose: 0 });
  expect(history['loss']!.at(-1)).toBeLessThan(0.95 * history['loss']![0]!);
  expect(values(base)).toEqual(before);

  unfreezeFrom(base, layersOf.own.retrained);
  compile(model, 1e-3, 40);
  const some = ops.arange(0, 200, 6);
  await model.fit(ops.take(x, some, { axis: 0 }), ops.take(y, some, { axis: 0 }), { batchSize: 34, verbose: 0 });
  const moved = base.weights.filter((_, k) => values(base)[k] !== before[k]).map(({ path }) => path);
  expect(moved).toEqual([2, 3, 4].flatMap((k) => [`conv${k}/kernel`, `bn${k}/gamma`, `bn${k}/beta`]));
});

test('both bases have the layers at which they end and from which they are trained further', async () => {
  const mobileNet = keras.applications.MobileNet({
    weights: null,
    alpha: 0.25,
    inputShape: [side, side, 3],
    includeTop: false,
  });
  for (const [base, { last, retrained }] of [
    [await makeBase(), layersOf.own],
    [mobileNet, layersOf.imagenet],
  ] as const) {
    const names = base.layers.map(({ name }) => name);
    expect(names.indexOf(retrained)).toBeGreaterThan(0);
    expect(names.indexOf(last)).toBeGreaterThan(names.indexOf(retrained));
  }
});
