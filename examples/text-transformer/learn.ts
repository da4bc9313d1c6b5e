import * as keras from 'hornbeam';
import { makeTransformer, type TransformerOptions } from './model.ts';
import { Characters, readNovel, stretches } from './text.ts';

interface LearnOptions extends Omit<TransformerOptions, 'characters'> {
  /** Characters from the beginning of one stretch to that of the next. */
  readonly stride: number;
  readonly epochs: number;
  readonly learningRate: number;
}

/** A transformer that has read the novel, but for the last tenth, which is kept for validation. */
export async function learn({ stride, epochs, learningRate, ...options }: LearnOptions) {
  keras.utils.setRandomSeed(7);
  const text = readNovel();
  const characters = new Characters(text);
  const numbers = characters.encode(text);
  const { places } = options;
  const cut = Math.floor(numbers.length * 0.9);
  const training = stretches(numbers.subarray(0, cut), places, stride);
  const validation = stretches(numbers.subarray(cut), places, places);

  const model = makeTransformer({ ...options, characters: characters.known.length });
  model.compile({
    optimizer: new keras.optimizers.AdamW({
      learningRate: new keras.optimizers.schedules.CosineDecay({
        initialLearningRate: 0,
        warmupTarget: learningRate,
        warmupSteps: 50,
        decaySteps: Math.ceil(training[0].shape[0]! / 32) * epochs,
      }),
      weightDecay: 0.05,
    }),
    loss: new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
    metrics: ['accuracy'],
  });
  await model.fit(...training, { batchSize: 32, epochs, validationData: validation, verbose: 2 });
  return { model, characters, validation };
}
