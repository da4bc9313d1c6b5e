import { fail } from '../base/errors.ts';
import { showShape } from '../base/shape.ts';
import type { Data } from '../data/batches.ts';
import type { Model } from '../models/index.ts';
import { multiply } from '../ops/index.ts';
import { imageDatasetFromDirectory } from '../utils/folders/image-dataset.ts';
import { arrayOf, inputsOf } from './arrays.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { columnsOf } from './text-columns.ts';
import { numberOf, wrongUsage } from './usage.ts';

/** `hornbeam evaluate`: the loss and metrics with which a model was compiled, on arrays. */
export const evaluate = command({
  name: 'evaluate',
  words: ['MODEL'],
  about: 'Prints the loss and the metrics that the model was compiled with, computed on data.',
  options: {
    images: { type: 'string', value: 'FOLDER', doc: 'images, a folder for each class in the order of the outputs' },
    scale: { type: 'string', value: 'X', doc: 'what pixels of --images, 0 to 255, are multiplied by (default: 1)' },
    input: { type: 'string', value: '[NAME=]FILE', multiple: true, doc: 'inputs: .npy, .npz:NAME, .json' },
    labels: { type: 'string', value: 'FILE', multiple: true, doc: 'labels, a file for each output' },
    batch: { type: 'string', value: 'N', doc: 'samples at a time (default: 32)' },
    json: { type: 'boolean', doc: 'as JSON' },
    ...modelOptions,
  },
  async run({ words: [file], values }, { out, columns }) {
    const batchSize = numberOf('batch', values.batch ?? '32', 1);
    const model = await modelIn(file, { modules: values.import, compile: true });
    if (!model.compiled) fail(model, 'the file says no loss and no metrics', 'compile the model before it is saved');
    const options = { verbose: 0, returnDict: true } as const;
    const results = (
      values.images
        ? await model.evaluate(
            await imagesIn(values.images, model, batchSize, numberOf('scale', values.scale ?? '1', 0, false)),
            options,
          )
        : await model.evaluate(...(await arraysOf(model, values.input ?? [], values.labels)), { batchSize, ...options })
    ) as Record<string, number | number[]>;
    const rows = Object.entries(results).map(([name, value]) => [name, String(value)]);
    out(values.json ? JSON.stringify(results) : columnsOf(rows, { width: columns }));
  },
});

async function arraysOf(
  model: Model,
  inputs: readonly string[],
  labels: readonly string[] | undefined,
): Promise<[x: Data, y: Data]> {
  const files = labels ?? wrongUsage('--labels is missing', 'give --labels FILE, or --images FOLDER');
  const x = await inputsOf(model, inputs, 1);
  const y = await Promise.all(files.map(arrayOf));
  return [x as Data, y.length === 1 ? y[0] : y];
}

const colors = new Map([
  [1, 'grayscale'],
  [3, 'rgb'],
  [4, 'rgba'],
] as const);
/** Images of a folder with their classes, read batch by batch, in the form the model expects. */
async function imagesIn(folder: string, model: Model, batchSize: number, scale: number) {
  const [input, ...others] = model.inputs ?? [];
  const [, height, width, channels] = input?.symbolicShape ?? [];
  const colorMode = colors.get(channels as 1 | 3 | 4);
  if (!input || others.length > 0 || !height || !width || !colorMode)
    return fail(
      model,
      `its input ${input ? showShape(input.symbolicShape) : ''} is no image of a known size`,
      'give arrays: --input x.npy --labels y.npy',
    );
  const last = model.outputs?.[0]?.symbolicShape.at(-1);
  const isSparse = /sparse/i.test(JSON.stringify(model.getCompileConfig()?.['loss'] ?? ''));
  const labelMode = isSparse ? 'int' : last === 1 ? 'binary' : 'categorical';
  const images = await imageDatasetFromDirectory(folder, {
    imageSize: [height, width],
    colorMode,
    labelMode,
    batchSize,
    shuffle: false,
    verbose: false,
  });
  return scale === 1 ? images : images.map((x, y) => [multiply(x, scale), y]);
}
