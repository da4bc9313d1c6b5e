import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import { readFile } from '../formats/file.ts';
import { asTensor, type Like } from '../tensor/index.ts';
import { cached } from './pretrained.ts';

/** Options of `decodePredictions`. */
export interface DecodePredictionsOptions {
  /** How many classes to return for each image, the most likely first. 5 by default. */
  readonly top?: number;
}
const names: OptionNames<DecodePredictionsOptions> = { top: true };

/** A class of ImageNet and its score. */
export type DecodedPrediction = readonly [wordnet: string, name: string, score: number];

const classIndex = {
  file: 'imagenet_class_index.json',
  url: 'https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json',
  hash: 'c2c37ea517e94d9795004a39431a14cb',
};
/** The key in WordNet and the name of each class, by its number. */
export type Classes = Readonly<Record<string, readonly [wordnet: string, name: string]>>;
let classes: Promise<Classes> | undefined;
async function readClasses(): Promise<Classes> {
  return JSON.parse(new TextDecoder().decode(await readFile(await cached(classIndex)))) as Classes;
}

/**
 * The most likely classes of each image, from predictions of shape `[images, 1000]`. Their names come from a file that is downloaded
 * once, like weights.
 * @example
 * const [classes] = await keras.applications.imagenetUtils.decodePredictions(predictions, { top: 3 });
 */
export const decodePredictions = exact(
  'decodePredictions',
  2,
  async (predictions: Like, options: DecodePredictionsOptions = {}): Promise<DecodedPrediction[][]> => {
    const { top = 5 } = optionsOf('decodePredictions', names, options);
    if (!Number.isInteger(top) || top < 1) fail('decodePredictions', `top is ${show(top)}`, 'give an integer >= 1');
    const x = asTensor(predictions);
    if (x.shape.length !== 2 || x.shape[1] !== 1000)
      fail(
        'decodePredictions',
        `the predictions have shape ${showShape(x.shape)}`,
        'give those of a model with includeTop: true and the 1000 classes of ImageNet: [images, 1000]',
      );
    const rows = await x.array<2>();
    classes ??= readClasses();
    const known = await classes.catch((error: unknown) => {
      // The next call may succeed in reaching the server.
      classes = undefined;
      throw error;
    });
    return rows.map((scores) => likeliest(scores, known, top));
  },
);

/** The `top` classes with the highest scores, the highest first. */
export const likeliest = (scores: readonly number[], known: Classes, top: number): DecodedPrediction[] =>
  scores
    .map((score, k) => [...known[k], score] as const)
    .sort((a, b) => b[2] - a[2])
    .slice(0, top);
