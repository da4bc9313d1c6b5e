/**
 * Trains a small transformer on a novel of Jane Austen's, character by character, and lets it write.
 * Run it with `npm run example text-transformer`, in the root of the repository.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { learn } from './learn.ts';
import { attentionOf, generate, PositionEncoding } from './model.ts';

const out = 'out/text-transformer';
mkdirSync(out, { recursive: true });
const [places, width, heads] = [96, 128, 4];
const { model, characters, validation } = await learn({
  ...{ places, width, heads, blocks: 3, dropout: 0.1 },
  ...{ stride: places / 2, epochs: 12, learningRate: 3e-3 },
});

const results = await model.evaluate(...validation, { verbose: 0, returnDict: true });
console.log(
  `${characters.known.length} characters; a guess would cost ${Math.log(characters.known.length).toFixed(2)} nats`,
);
console.log(results);
const prompt = 'Catherine was ';
const written = await generate(model, characters.encode(prompt), { length: 400 });
console.log(`\n${characters.decode(written)}\n`);

// What is drawn: the waves of the position encoding, and where a head of each block looks from each character.
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
