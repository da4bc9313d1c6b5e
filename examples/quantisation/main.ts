/**
 * Trains a small language model, quantises its weights to 8 and 4 bits in four ways, and teaches it another text with corrections of low rank.
 * Run it with `npm run example quantisation`, in the root of the repository.
 */
import { mkdirSync, statSync } from 'node:fs';
import * as keras from 'hornbeam';
import { loadDeclaration } from '../languages/model.ts';
import { Characters, readNovel, stretches } from '../text-transformer/text.ts';
import { enableLora, type LanguageModel, learningIn, makeLanguageModel, waysOf } from './model.ts';

const out = 'out/quantisation';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const text = readNovel();
const characters = new Characters(text);
const numbers = characters.encode(text);
const options = { characters: characters.known.length, places: 64, width: 128, heads: 4, blocks: 3 };
const { places } = options;
const cut = Math.floor(numbers.length * 0.9);
const training = stretches(numbers.subarray(0, cut), places, places);
const unseen = stretches(numbers.subarray(cut), places, places);

const loss = () => new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
const compile = (model: keras.Model, learningRate: number | keras.optimizers.schedules.LearningRateSchedule): void =>
  model.compile({ optimizer: new keras.optimizers.Adam({ learningRate }), loss: loss(), metrics: ['accuracy'] });
const evaluate = (model: keras.Model, data: [keras.Tensor, keras.Tensor]) =>
  model.evaluate(...data, { verbose: 0, returnDict: true });

const trained = makeLanguageModel(options);
const epochs = 8;
compile(
  trained.model,
  new keras.optimizers.schedules.CosineDecay({
    initialLearningRate: 0,
    warmupTarget: 3e-3,
    warmupSteps: 50,
    decaySteps: Math.ceil(training[0].shape[0]! / 32) * epochs,
  }),
);
await trained.model.fit(...training, { batchSize: 32, epochs, verbose: 2 });
await trained.model.saveWeights(`${out}/trained.weights.h5`);

/** The trained model once more. */
const again = async (): Promise<LanguageModel> => {
  const made = makeLanguageModel(options);
  await made.model.loadWeights(`${out}/trained.weights.h5`);
  return made;
};
for (const [name, quantize] of Object.entries(waysOf(text.slice(0, cut), characters, places))) {
  const made = await again();
  quantize(made);
  const file = `${out}/${name}.keras`;
  await made.model.save(file);
  compile(made.model, 1e-3);
  const results = await evaluate(made.model, unseen);
  const { size } = statSync(file);
  console.log(
    `${name}: ${results['loss']!.toFixed(4)} nats, ${(100 * results['accuracy']!).toFixed(2)}%, ${Math.round(size / 1000)} kB`,
  );
}

// Another text: the Universal Declaration of Human Rights, of which every fifth passage is kept for validation.
const declaration = stretches(characters.encode(loadDeclaration()['English']!.join('\n')), places, places);
const count = declaration[0].shape[0]!;
const rows = Array.from({ length: count }, (_, k) => k);
const part = (isWanted: (k: number) => boolean): [keras.Tensor, keras.Tensor] => {
  const wanted = rows.filter(isWanted);
  return declaration.map((x) => keras.ops.take(x, wanted, { axis: 0 })) as [keras.Tensor, keras.Tensor];
};
const [learnt, validation] = [part((k) => k % 5 !== 0), part((k) => k % 5 === 0)];
const curves: Record<string, number[]> = {};
for (const [name, prepare] of Object.entries({
  'all weights': ({ model }: LanguageModel) => learningIn(model),
  LoRA: (made: LanguageModel) => enableLora(made, 4),
  'QLoRA, int4': (made: LanguageModel) => {
    waysOf(text, characters, places)['int4']!(made);
    return enableLora(made, 4);
  },
})) {
  const made = await again();
  const learning = prepare(made);
  compile(made.model, name === 'all weights' ? 3e-4 : 3e-3);
  const before = await evaluate(made.model, validation);
  const { history } = await made.model.fit(...learnt, {
    batchSize: 16,
    epochs: 12,
    validationData: validation,
    verbose: 0,
  });
  curves[name] = [before['loss']!, ...(history['val_loss'] as number[])];
  console.log(
    `${name}: ${learning} numbers learn, from ${curves[name][0]!.toFixed(3)} to ${Math.min(...curves[name]).toFixed(3)} nats`,
  );
}
await keras.visualization.plotLines(curves, {
  title: 'A model of a novel learns a declaration',
  xLabel: 'epochs',
  yLabel: 'nats a character, of stretches it has not seen',
  toFile: `${out}/lora.png`,
});
