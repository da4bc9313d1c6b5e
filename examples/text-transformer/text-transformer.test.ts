import * as keras from 'hornbeam';
import { expect, test } from 'vitest';
import { attentionOf, generate, makeTransformer, PositionEncoding } from './model.ts';
import { Characters, readNovel, stretches } from './text.ts';

test('characters and stretches of a text', async () => {
  const characters = new Characters('abracadabra', { least: 2 });
  expect(characters.known).toEqual(['�', 'a', 'b', 'r']);
  expect(characters.decode(characters.encode('arcb'))).toBe('ar�b');
  const [x, y] = stretches(Int32Array.of(1, 2, 3, 4, 5, 6), 2, 3);
  expect([await x.array(), await y.array()]).toEqual([
    [
      [1, 2],
      [4, 5],
    ],
    [
      [2, 3],
      [5, 6],
    ],
  ]);
  const novel = readNovel();
  expect(novel.slice(0, 9)).toBe('CHAPTER 1');
  expect(novel.length).toBeGreaterThan(400_000);
  expect(new Characters(novel).known.length).toBeGreaterThan(60);
});

test('it learns a short text by heart, and goes on with it', async () => {
  keras.utils.setRandomSeed(7);
  const text = 'the horn beam is a tree and the horn is a horn. '.repeat(12);
  const characters = new Characters(text);
  const places = 16;
  const model = makeTransformer({
    ...{ characters: characters.known.length, places, width: 32, heads: 2, blocks: 1, dropout: 0 },
  });
  const loss = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 1e-2 }), loss });
  const data = stretches(characters.encode(text), places, 5);
  const { history } = await model.fit(...data, { batchSize: 16, epochs: 25, verbose: 0 });
  const losses = history['loss'] as number[];
  expect(losses.at(-1)).toBeLessThan(0.4 * losses[0]!);
  const written = await generate(model, characters.encode('the horn beam is '), { length: 10, temperature: 0.1 });
  expect(characters.decode(written)).toMatch(/^the horn beam is a [th]/);

  // No place looks at what comes after it, and what each looks at adds up to 1.
  const x = keras.tensor(characters.encode('the horn beam is'), { shape: [1, places] });
  const scores = await (await attentionOf(model, 'attention_0', x)).array<4>();
  scores[0]!.flat().forEach((row, k) => {
    expect(row.slice((k % places) + 1).every((v) => v === 0)).toBe(true);
    expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });
  const again = PositionEncoding.fromConfig(
    new PositionEncoding({ maxWavelength: 50 }).getConfig(),
  ) as PositionEncoding;
  expect(again.maxWavelength).toBe(50);
});
