import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import { isPlainObject } from '../base/tree.ts';
import type { Place } from '../formats/file.ts';
import { argmax } from '../ops/index.ts';
import { asTensor, type Like } from '../tensor/index.ts';
import { type ClassMapping, nameOf } from './bounding-boxes.ts';
import { drawConfusion } from './chart/confusion.ts';
import { formatOf, type PictureFormat, savePicture } from './picture-file.ts';

/** Labels and predictions. */
export interface TruthAndPrediction {
  /** The classes, `[n]` or `[n, 1]`, or one-hot, `[n, classes]`. */
  readonly yTrue: Like;
  /** The predicted classes, `[n]`, or a score for each class, `[n, classes]`. */
  readonly yPred: Like;
}
/** Options of `plotConfusionMatrix`. */
export interface PlotConfusionMatrixOptions {
  /** Class names. Default: their numbers. */
  readonly classNames?: ClassMapping | undefined;
  /**
   * Fractions instead of counts: of all samples of the true class ("true": rows add up to 1), of all predictions of a
   * class ("pred": columns do) or of all samples ("all"). Default: counts.
   */
  readonly normalize?: 'true' | 'pred' | 'all' | undefined;
  /** Title above the matrix. Default: the accuracy. */
  readonly title?: string | undefined;
  /** Side length of a cell in pixels. Default: chosen to fit the numbers and the number of classes. */
  readonly cellSize?: number | undefined;
  /** Where to write the picture: `.png` or `.svg`. Without it, only the bytes of a PNG picture are given. */
  readonly toFile?: Place | undefined;
}
const plotConfusionMatrixOptions: OptionNames<PlotConfusionMatrixOptions> = {
  classNames: true,
  normalize: true,
  title: true,
  cellSize: true,
  toFile: true,
};
const who = 'plotConfusionMatrix';
const mostClasses = 200;

/** Draws the confusion matrix. */
export async function plotConfusionMatrix(
  counts: Like | TruthAndPrediction,
  options: PlotConfusionMatrixOptions = {},
): Promise<Uint8Array> {
  const { classNames, normalize, title, cellSize, toFile } = optionsOf(who, plotConfusionMatrixOptions, options);
  const format = (toFile === undefined ? 'png' : formatOf(who, toFile)) as PictureFormat;
  if (normalize !== undefined && !['true', 'pred', 'all'].includes(normalize))
    fail(who, `normalize is "${normalize}"`, 'use "true", "pred" or "all", or leave it out for counts');
  if (cellSize !== undefined && !(cellSize >= 4 && cellSize <= 400))
    fail(who, `cellSize is ${cellSize}`, 'give from 4 to 400 pixels');
  const matrix = isPair(counts) ? await countedOf(counts, classNames) : await matrixOf(counts);
  if (matrix.length > mostClasses)
    fail(
      who,
      `there are ${matrix.length} classes`,
      `draw at most ${mostClasses}: choose rows and columns of the counts`,
    );
  const names = matrix.map((_, k) => nameOf(k, classNames));
  return savePicture(drawConfusion(matrix, { names, normalize, title, cellSize }), format, toFile);
}

const isPair = (x: Like | TruthAndPrediction): x is TruthAndPrediction =>
  isPlainObject(x) && 'yTrue' in x && 'yPred' in x;

async function matrixOf(counts: Like): Promise<number[][]> {
  const tensor = asTensor(counts);
  const [rows, columns] = tensor.shape;
  if (tensor.shape.length !== 2 || rows !== columns || !rows)
    fail(who, `the counts have shape ${showShape(tensor.shape)}`, 'give [classes, classes], or { yTrue, yPred }');
  const values = Array.from(await tensor.data(), Number);
  if (!values.every((count) => count >= 0 && count < Number.POSITIVE_INFINITY))
    fail(who, 'there are counts that are negative or no numbers', 'give how often each class was taken for each');
  return Array.from({ length: rows }, (_, k) => values.slice(k * columns, (k + 1) * columns));
}

/** Counts, with a row per true class and a column per predicted class. */
async function countedOf({ yTrue, yPred }: TruthAndPrediction, names: ClassMapping | undefined): Promise<number[][]> {
  const [truth, found] = [await classesOf('yTrue', yTrue), await classesOf('yPred', yPred)];
  if (truth.labels.length !== found.labels.length)
    fail(who, `yTrue has ${truth.labels.length} samples, yPred ${found.labels.length}`, 'give a prediction for each');
  const greatest = [...truth.labels, ...found.labels].reduce((a, b) => Math.max(a, b), 0);
  const count = Math.max(greatest + 1, truth.classes, found.classes, Array.isArray(names) ? names.length : 0);
  if (count > mostClasses) fail(who, `there are ${count} classes`, `draw at most ${mostClasses}`);
  const matrix = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  truth.labels.forEach((label, n) => {
    matrix[label][found.labels[n]]++;
  });
  return matrix;
}

async function classesOf(name: string, given: Like): Promise<{ labels: number[]; classes: number }> {
  const tensor = asTensor(given);
  const { shape } = tensor;
  if (shape.length < 1 || shape.length > 2)
    fail(who, `${name} has shape ${showShape(shape)}`, 'give classes [n], or a score of each class [n, classes]');
  const isScores = shape.length === 2 && shape[1] > 1;
  const labels = Array.from(await (isScores ? argmax(tensor, { axis: -1 }) : tensor).data(), Number);
  if (!labels.every((label) => Number.isInteger(label) && label >= 0))
    fail(
      who,
      `${name} holds labels that are no whole numbers from 0`,
      'give classes as whole numbers: of a probability p, ops.greater(p, 0.5) as "int32"',
    );
  return { labels, classes: isScores ? shape[1] : 0 };
}
