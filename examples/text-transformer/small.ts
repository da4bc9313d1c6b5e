/**
 * Trains the smaller transformer whose weights the live page has, `small.f16`: 16-bit floats, one weight after the other.
 * Run it with `npm run examples && node examples/build/text-transformer/small.js`, in the root of the repository.
 */
import { writeFileSync } from 'node:fs';
import * as keras from 'hornbeam';
import { halvesOf } from '../data/halves.ts';
import { makeTransformer } from './model.ts';
import { smallOptions } from './small-options.ts';
import { Characters, readNovel, stretches } from './text.ts';

keras.utils.setRandomSeed(7);
const text = readNovel();
const characters = new Characters(text);
const numbers = characters.encode(text);
const { places } = smallOptions;
const cut = Math.floor(numbers.length * 0.9);
const training = stretches(numbers.subarray(0, cut), places, (places * 3) / 4);
const validation = stretches(numbers.subarray(cut), places, places);

const model = makeTransformer({ ...smallOptions, characters: characters.known.length });
const epochs = 10;
model.compile({
  optimizer: new keras.optimizers.AdamW({
    learningRate: new keras.optimizers.schedules.CosineDecay({
      initialLearningRate: 0,
      warmupTarget: 4e-3,
      warmupSteps: 50,
      decaySteps: Math.ceil(training[0].shape[0]! / 32) * epochs,
    }),
    weightDecay: 0.05,
  }),
  loss: new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
  metrics: ['accuracy'],
});
await model.fit(...training, { batchSize: 32, epochs, validationData: validation, verbose: 2 });

const bytes = await halvesOf(model);
writeFileSync('examples/text-transformer/small.f16', bytes);
writeFileSync('examples/text-transformer/small.json', `${JSON.stringify(characters.known)}\n`);
console.log(`${model.countParams()} parameters, ${bytes.length} bytes`);
