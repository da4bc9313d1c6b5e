import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as keras from '../../../index.ts';

const { layers, ops } = keras;
const texts = ['good fine film', 'bad film', 'fine fine', 'poor and bad', 'good', 'a poor film'];
const labels = [1, 0, 1, 0, 1, 0];

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'strings-'))));
afterAll(() => rm(folder, { recursive: true }));

describe('tensors of strings', () => {
  test('hold arrays of strings, and are moved about', async () => {
    const x = keras.tensor([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect([x.dtype, x.shape, x.size]).toEqual(['string', [2, 2], 4]);
    expect(await x.array()).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(await ops.transpose(x).array()).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ]);
    expect(await ops.reshape(x, [4]).data()).toEqual(['a', 'b', 'c', 'd']);
    expect(await ops.concatenate([x, [['e', 'f']]], { axis: 0 }).data()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(await ops.getItem(x, 1).data()).toEqual(['c', 'd']);
  });
  test('are refused where numbers are wanted', () => {
    const x = keras.tensor(['a', 'b']);
    expect(() => ops.add(x, 1)).toThrow(/add: a tensor of strings came where numbers are wanted/);
    expect(() => keras.tensor([['a'], ['b', 'c']])).toThrow(/ragged/);
    expect(() => keras.tensor(['a'], { dtype: 'float32' })).toThrow(/strings were given where float32/);
    expect(() => new keras.Variable(x)).toThrow(/do not hold strings/);
    expect(() => ops.zeros([2], { dtype: 'string' })).toThrow(/strings are no numbers/);
    expect(() => new layers.Dense({ units: 1 })(keras.Input({ shape: [1], dtype: 'string' }))).toThrow(/string/);
  });
});

const vectorize = (options = {}) => {
  const layer = new layers.TextVectorization({ maxTokens: 20, outputSequenceLength: 4, ...options });
  layer.adapt(texts);
  return layer;
};
/** A classifier of texts that begins with strings. */
function classifier(first = vectorize()): keras.Model {
  keras.utils.setRandomSeed(3);
  const inputs = keras.Input({ shape: [1], dtype: 'string', name: 'text' });
  let x = first(inputs);
  x = new layers.Embedding({ inputDim: 20, outputDim: 8 })(x);
  x = new layers.GlobalAveragePooling1D()(x);
  return new keras.Model({ inputs, outputs: new layers.Dense({ units: 1, activation: 'sigmoid' })(x) });
}

describe('a functional model that begins with strings', () => {
  test.each([{ runEagerly: false }, { runEagerly: true }])('learns with %j', async (options) => {
    const model = classifier();
    model.compile({
      optimizer: new keras.optimizers.Adam({ learningRate: 0.1 }),
      loss: 'binary_crossentropy',
      ...options,
    });
    const { history } = await model.fit(texts, labels, { epochs: 30, batchSize: 4, verbose: 0 });
    expect(history['loss']!.at(-1)).toBeLessThan(0.1);
    const answers = await (await model.predict(['good film', 'bad'])).data();
    expect(answers[0]).toBeGreaterThan(0.5);
    expect(answers[1]).toBeLessThan(0.5);
    expect(await model.evaluate(texts, labels, { verbose: 0 })).toBeLessThan(0.1);
  });
  test('answers alike at once, compiled, in a list, by name, in batches and in a model around it', async () => {
    const model = classifier();
    const want = await model(keras.tensor(texts.map((t) => [t]))).data();
    const close = async (found: unknown): Promise<void> => {
      const numbers = await (found as keras.Tensor).data();
      expect(numbers.length).toBe(want.length);
      numbers.forEach((n, k) => expect(n).toBeCloseTo(want[k]!, 5));
    };
    await close(await model.predict(texts));
    await close(await model.predict(texts.map((t) => [t])));
    await close(await model.predict({ text: texts }, { batchSize: 2 }));
    await close(await model.predict(() => [texts.slice(0, 4), texts.slice(4)].values()));
    const inputs = keras.Input({ shape: [], dtype: 'string' });
    await close(await new keras.Model({ inputs, outputs: model(ops.expandDims(inputs, -1)) }).predict(texts));
    await close(keras.jit((x: keras.Tensor) => model(x))(keras.tensor(texts)));
  });
  test('compiles again for longer texts, and gives them their length', async () => {
    const inputs = keras.Input({ shape: [], dtype: 'string' });
    const y = vectorize({ outputSequenceLength: null })(inputs);
    expect([y.shape, y.dtype]).toEqual([[null, null], 'int32']);
    const model = new keras.Model({ inputs, outputs: ops.add(y, 0) });
    expect((await model.predict(['a poor film', 'bad'])).shape).toEqual([2, 3]);
    expect(await (await model.predict(['bad', 'good'])).array()).toEqual(
      await ops.add(vectorize({ outputSequenceLength: 1 })(['bad', 'good']), 0).array(),
    );
  });
  test('is saved and loaded, summarised and cloned', async () => {
    const model = classifier();
    const path = join(folder, 'model.keras');
    await model.save(path);
    const again = await keras.models.loadModel<keras.Model>(path);
    expect(await (await again.predict(texts)).data()).toEqual(await (await model.predict(texts)).data());
    await model.save(join(folder, 'whole'), { zipped: false });
    const third = await keras.models.loadModel<keras.Model>(join(folder, 'whole'));
    expect(await (await third.predict(texts)).data()).toEqual(await (await model.predict(texts)).data());
    let summary = '';
    model.summary({ printFn: (text) => (summary = text) });
    expect(summary).toContain('TextVectorization');
    expect(keras.models.cloneModel(model).inputs![0]!.dtype).toBe('string');
  });
  test('refuses numbers, by the name of the input', async () => {
    await expect(classifier().predict([[1], [2]])).rejects.toThrow(/input "text" is of dtype string/);
  });
});

test('a model may end with strings', async () => {
  const inputs = keras.Input({ shape: [3] });
  const best = ops.argmax(new layers.Dense({ units: 3, kernelInitializer: 'identity' })(inputs), { axis: -1 });
  const names = new layers.StringLookup({ vocabulary: ['red', 'green', 'blue'], numOovIndices: 0, invert: true })(best);
  const model = new keras.Model({ inputs, outputs: names });
  const x = [
    [1, 0, 0],
    [0, 0, 2],
    [0, 3, 0],
  ];
  expect(await (await model.predict(x)).data()).toEqual(['red', 'blue', 'green']);
  expect(await (await model.predict(x, { batchSize: 2 })).data()).toEqual(['red', 'blue', 'green']);
  expect(await model(x).data()).toEqual(['red', 'blue', 'green']);
});

test('integers are looked up behind what is computed of inputs alone', async () => {
  const inputs = keras.Input({ shape: [1], dtype: 'int32' });
  const y = new layers.Hashing({ numBins: 5 })(ops.add(inputs, 1));
  const model = new keras.Model({ inputs, outputs: new layers.CategoryEncoding({ numTokens: 5 })(y) });
  const direct = new layers.CategoryEncoding({ numTokens: 5 })(new layers.Hashing({ numBins: 5 })([[8], [42]]));
  expect(await (await model.predict([7, 41])).array()).toEqual(await direct.array());
});

describe('vocabularies', () => {
  test('are learned of streams as of arrays', async () => {
    const want = ['', '[UNK]', 'fine', 'film', 'poor', 'good', 'bad', 'and', 'a'];
    const all = new layers.TextVectorization();
    all.adapt(texts);
    expect(all.getVocabulary()).toEqual(want);
    const parts = new layers.TextVectorization();
    parts.adapt([texts.slice(0, 2), texts.slice(2)].values());
    expect(parts.getVocabulary()).toEqual(want);
    const stream = new layers.TextVectorization();
    await stream.adapt(
      async function* () {
        yield texts.slice(0, 3);
        yield texts.slice(3);
        throw new Error('never taken');
      },
      { steps: 2 },
    );
    expect(stream.getVocabulary()).toEqual(want);
    expect(stream.getVocabulary({ includeSpecialTokens: false })).toEqual(want.slice(2));
    expect(stream.vocabularySize()).toBe(9);
  });
  test('come from files in Node, and are saved beside the model', async () => {
    const path = join(folder, 'words.txt');
    await writeFile(path, 'oak\nfern\n');
    const layer = new layers.StringLookup({ vocabulary: path });
    expect(layer.getVocabulary()).toEqual(['[UNK]', 'oak', 'fern']);
    expect(layer.getConfig()['vocabulary']).toBe(null);
    const files: Record<string, string> = {};
    layer.saveAssets(files);
    expect(files).toEqual({ 'vocabulary.txt': '[UNK]\noak\nfern' });
    const again = layers.StringLookup.fromConfig(layer.getConfig()) as keras.layers.StringLookup;
    again.loadAssets(files);
    expect(again.getVocabulary()).toEqual(['[UNK]', 'oak', 'fern']);
    expect(() => layers.StringLookup.fromConfig({ ...layer.getConfig(), vocabulary: '/etc/passwd' })).toThrow(
      /no part of the model/,
    );
    vi.stubGlobal('process', { ...process, getBuiltinModule: undefined });
    expect(() => new layers.StringLookup({ vocabulary: path })).toThrow(/cannot be read here/);
    vi.unstubAllGlobals();
  });
  test('are refused where they cannot be', () => {
    const layer = new layers.StringLookup({ maskToken: '', maxTokens: 4 });
    expect(() => layer.setVocabulary(['a', 'a'])).toThrow(/repeated tokens: "a"/);
    expect(() => layer.setVocabulary(['a', ''])).toThrow(/mask token.*stands at index 1/);
    expect(() => layer.setVocabulary([])).toThrow(/empty/);
    expect(() => layer.setVocabulary(['a', 'b', 'c'])).toThrow(/maxTokens \(max_tokens\) 4/);
    expect(() => layer.setVocabulary(['a'], { idfWeights: [1] })).toThrow(/"tf_idf" only/);
    expect(() => new layers.StringLookup({ vocabulary: ['a'] }).adapt(['b'])).toThrow(/was given/);
    expect(() => new layers.StringLookup({ vocabulary: ['a'], numOovIndices: 0 })(['b'])).toThrow(
      /"b" is not in the vocabulary/,
    );
    expect(() => new layers.StringLookup({ outputMode: 'multi_hot' })(['b'])).toThrow(/has no vocabulary/);
    expect(() => new layers.TextVectorization({ ragged: true })).toThrow(/ragged tensors exist on TensorFlow alone/);
    expect(() => new layers.TextVectorization()([['a', 'b']])).toThrow(/come one by one/);
  });
});

test('functions of a text standardize and split, and are saved by their names', async () => {
  const shout = (text: string): string => text.toUpperCase();
  const byComma = (text: string): string[] => text.split(',');
  keras.saving.registerKerasSerializable(shout, { package: 'strings', name: 'shout' });
  keras.saving.registerKerasSerializable(byComma, { package: 'strings', name: 'byComma' });
  const layer = new layers.TextVectorization({ standardize: shout, split: byComma, vocabulary: ['A B', 'C'] });
  expect(await layer(['a b,c,d']).array()).toEqual([[2, 3, 1]]);
  const again = layers.TextVectorization.fromConfig(layer.getConfig()) as keras.layers.TextVectorization;
  expect(await again(['a b,c,d']).array()).toEqual([[2, 3, 1]]);
  const wrong = new layers.TextVectorization({ split: (() => 1) as never, vocabulary: ['a'] });
  expect(() => wrong(['a'])).toThrow(/`split` gave no list of strings/);
});

test('integers are looked up behind weights too, in compiled models', async () => {
  const x = keras.tensor([
    [0, 3, 0],
    [2, 0, 1],
    [0, 1, 5],
    [9, 1, 0],
  ]);
  const inputs = keras.Input({ shape: [3] });
  const best = keras.ops.multiply(keras.ops.argmax(new layers.Dense({ units: 3, name: 'd' })(inputs), { axis: -1 }), 7);
  for (const options of [
    { vocabulary: [14, 0] },
    { vocabulary: [14, 0], maskToken: 7 },
    { vocabulary: [7], numOovIndices: 3 },
    { vocabulary: [0, 14], outputMode: 'one_hot' as const },
    { vocabulary: [14, 0, 7, 3, 2, 1, 9, 8, 5], invert: true },
  ]) {
    const layer = new layers.IntegerLookup(options);
    const model = new keras.Model({ inputs, outputs: [best, layer(best)] });
    model.getLayer('d').setWeights([keras.ops.eye(3), [0, 0, 0]]);
    const [given, found] = (await model.predict(x, { verbose: 0 })) as unknown as keras.Tensor[];
    expect(await given!.array()).toEqual([7, 0, 14, 0]);
    expect(await found!.array()).toEqual(await layer(given!).array());
  }
});

test('an output mode that is no text is refused, even one that cannot be written as text', () => {
  for (const outputMode of [Object.create(null), ['int'], 3])
    expect(() => new layers.StringLookup({ outputMode })).toThrow(keras.HornbeamError);
});
