/**
 * Trains a small transformer on a novel of Jane Austen's, character by character, and lets it write.
 * Run it with `npm run example text-transformer`, in the root of the repository.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { attentionOf, generate, makeTransformer, PositionEncoding } from './model.ts';
import { Characters, readNovel, stretches } from './text.ts';

const out = 'out/text-transformer';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const text = readNovel();
const characters = new Characters(text);
const numbers = characters.encode(text);
const [places, width, heads] = [96, 128, 4];
// One stretch in ten is kept for validation.
const cut = Math.floor(numbers.length * 0.9);
const training = stretches(numbers.subarray(0, cut), places, places / 2);
const validation = stretches(numbers.subarray(cut), places, places);

const model = makeTransformer({ characters: characters.known.length, places, width, heads, blocks: 3, dropout: 0.1 });
const epochs = 12;
model.compile({
  optimizer: new keras.optimizers.AdamW({
    learningRate: new keras.optimizers.schedules.CosineDecay({
      initialLearningRate: 0,
      warmupTarget: 3e-3,
      warmupSteps: 50,
      decaySteps: Math.ceil(training[0].shape[0]! / 32) * epochs,
    }),
    weightDecay: 0.05,
  }),
  loss: new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
  metrics: ['accuracy'],
});
await model.fit(...training, { batchSize: 32, epochs, validationData: validation, verbose: 2 });

const results = await model.evaluate(...validation, { verbose: 0, returnDict: true });
console.log(
  `${characters.known.length} characters; a guess would cost ${Math.log(characters.known.length).toFixed(2)} nats`,
);
console.log(results);
const prompt = 'Catherine was ';
const written = await generate(model, characters.encode(prompt), { length: 400 });
console.log(`\n${characters.decode(written)}\n`);

// What is drawn: the waves that tell places apart, and whereto a head of each block looks from each character.
const shown = keras.tensor(Int32Array.from(written.slice(0, places)), { shape: [1, places] });
const waves = new PositionEncoding().waves(places, places);
const gray = (t: keras.Tensor) => ops.repeat(ops.expandDims(ops.subtract(1, t), -1), 3, { axis: -1 });
const looks = await Promise.all([0, 1].map((k) => attentionOf(model, `attention_${k}`, shown)));
const heats = looks.map((scores) => {
  const head = ops.getItem(scores, [0, 0]);
  return gray(ops.sqrt(ops.divide(head, ops.max(head))));
});
await keras.visualization.plotImageGallery(ops.stack([gray(ops.divide(ops.add(waves, 1), 2)), ...heats]), {
  yTrue: [0, 1, 2],
  labelMap: ['Waves of 96 places', 'Attention, block 1', 'Attention, block 2'],
  columns: 3,
  scale: 2,
  valueRange: [0, 1],
  toFile: `${out}/attention.png`,
});
