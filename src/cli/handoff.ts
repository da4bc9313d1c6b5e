import { join } from 'node:path';
import { fail } from '../base/errors.ts';
import type { Data } from '../data/batches.ts';
import { loadModel, type Model } from '../models/index.ts';
import { slice } from '../ops/index.ts';
import { setRandomSeed } from '../random/global-seed.ts';
import type { Tensor } from '../tensor/index.ts';
import { arrayOf, inputsOf } from './arrays.ts';
import { command } from './command.ts';
import { checkWith } from './handoff/check.ts';
import { type Arrays, makeFolder, type Settings, writeExpected, writeFolder } from './handoff/folder.ts';
import { largestDifference, nextLosses, type Run, seedStates } from './handoff/losses.ts';
import type { OwnClass } from './handoff/own-classes.ts';
import { customObjects, modelIn, modelOptions } from './model-file.ts';
import type { Streams } from './streams.ts';
import { numberOf, wrongUsage } from './usage.ts';

/** Number of steps on both sides after the checkpoint, to check the way back. */
const stepsAfter = 5;

/** `hornbeam handoff`: a folder with which Keras on JAX continues the training of a model. */
export const handoff = command({
  name: 'handoff',
  words: ['MODEL'],
  about:
    'Writes a folder with which Keras on JAX continues the training of a compiled model: the same steps, on GPUs and several machines.',
  notes: [
    'The folder contains model.keras with the state of its optimizer, the data, train.py, and expected.json, the losses of the next steps',
    'here. "python train.py --check" compares them there; with --python it runs at once, and training continues here from its checkpoint.',
    'Classes of your own are listed, and custom_objects.py says what Python must supply.',
  ].join('\n'),
  options: {
    out: { type: 'string', value: 'FOLDER', doc: 'the folder to write' },
    input: { type: 'string', value: '[NAME=]FILE', multiple: true, doc: 'inputs: .npy, .npz:NAME, .json' },
    labels: { type: 'string', value: 'FILE', multiple: true, doc: 'labels, a file for each output' },
    'sample-weight': { type: 'string', value: 'FILE', doc: 'a weight for each sample' },
    batch: { type: 'string', value: 'N', doc: 'samples in a step, over all devices (default: 32)' },
    epochs: { type: 'string', value: 'N', doc: 'epochs that train.py trains (default: 1)' },
    seed: { type: 'string', value: 'N', doc: 'of the order of the data (default: 0)' },
    'no-shuffle': { type: 'boolean', doc: 'take the data in their order' },
    'validation-split': { type: 'string', value: 'X', doc: 'share of the samples, the last ones, to validate on' },
    steps: { type: 'string', value: 'N', doc: 'steps whose losses are compared (default: 20)' },
    tolerance: { type: 'string', value: 'X', doc: 'how far they may differ, relative (default: 1e-4)' },
    python: { type: 'string', value: 'PATH', doc: 'a python that has keras and jax: run the check at once' },
    custom: { type: 'string', value: 'FILE.py', doc: 'your classes in Python, instead of what is to be written' },
    overwrite: { type: 'boolean', doc: 'write into a folder that is there' },
    ...modelOptions,
  },
  async run({ words: [file], values }, streams) {
    const folder = values.out ?? wrongUsage('--out is missing', 'give --out FOLDER');
    const steps = numberOf('steps', values.steps ?? '20', 1);
    const settings = {
      batchSize: numberOf('batch', values.batch ?? '32', 1),
      epochs: numberOf('epochs', values.epochs ?? '1', 1),
      seed: numberOf('seed', values.seed ?? '0', 0),
      shuffle: !values['no-shuffle'],
      validationSplit: numberOf('validation-split', values['validation-split'] ?? '0', 0, false),
      tolerance: numberOf('tolerance', values.tolerance ?? '1e-4', 0, false),
    };
    // What the file does not contain, such as the seeds of dropout, is the same in each run of the command.
    setRandomSeed(settings.seed);
    const model = await modelIn(file, { modules: values.import, compile: true });
    if (!model.compiled)
      fail(
        model,
        'the file does not say how it is compiled, and so not what is trained',
        'compile the model before it is saved: model.compile(…), model.save(…)',
      );
    const arrays = await arraysOf(model, values.input ?? [], values.labels, values['sample-weight']);
    await makeFolder(folder, values.overwrite ?? false);
    const seeds = await seedStates(model);
    const classes = await writeFolder(folder, model, arrays, settings, seeds, values.custom);
    tellOf(classes, values.custom, streams);

    const run = runOf(arrays, settings);
    const losses = await nextLosses(model, run, steps, settings.seed, seeds);
    await writeExpected(folder, losses, stepsAfter);
    if (values.python === undefined) {
      streams.out(folder);
      streams.err(`Next, where Python has keras and jax: python ${join(folder, 'train.py')} --check`);
      return 0;
    }
    const found = await checkWith(values.python, folder);
    const there = largestDifference(found.losses, losses);
    // And back: continue here with what Keras saved.
    const objects = await customObjects(values.import);
    const back = await loadModel(join(folder, 'checkpoint.keras'), { customObjects: objects, compile: true });
    const after = await nextLosses(back as Model, run, stepsAfter, settings.seed + 1, seeds);
    const here = largestDifference(after, found.lossesAfter);
    const { keras, jax } = found;
    const say = (n: number, x: number, what: string): void =>
      streams.err(`${what}: the losses of ${n} steps differ by ${x.toExponential(1)} at most, relative.`);
    say(losses.length, there, `Keras ${keras} on JAX ${jax}`);
    say(after.length, here, 'Its checkpoint, trained on here');
    streams.out(folder);
    if (there <= settings.tolerance && here <= settings.tolerance) return 0;
    streams.err(
      `hornbeam handoff: more than ${settings.tolerance} was not asked for\n  Fix: see whether a class in custom_objects.py computes otherwise; utils.compare finds the layer`,
    );
    return 1;
  },
});

async function arraysOf(
  model: Model,
  inputs: readonly string[],
  labels: readonly string[] | undefined,
  weights: string | undefined,
): Promise<Arrays> {
  const files = labels ?? wrongUsage('--labels is missing', 'give --input FILE and --labels FILE');
  const x = await inputsOf(model, inputs, 1);
  const arrays = {
    inputs: Array.isArray(x) ? x : [x],
    labels: await Promise.all(files.map(arrayOf)),
    weights: weights === undefined ? [] : [await arrayOf(weights)],
  };
  for (const t of Object.values(arrays).flat())
    if (t.dtype === 'string')
      fail('handoff', 'the data are texts, which .npy files do not hold', 'give the numbers that they are encoded as');
  return arrays;
}

function runOf({ inputs, labels, weights }: Arrays, { batchSize, shuffle, validationSplit }: Settings): Run {
  const all = inputs[0]!.shape[0]!;
  const samples = Math.floor(all * (1 - validationSplit));
  const rows = (t: Tensor): Tensor =>
    samples === all
      ? t
      : slice(
          t,
          t.shape.map(() => 0),
          [samples, ...t.shape.slice(1)],
        );
  const only = (tensors: readonly Tensor[]): Data => (tensors.length === 1 ? rows(tensors[0]!) : tensors.map(rows));
  const sampleWeight = weights[0] && rows(weights[0]);
  return { x: only(inputs), y: only(labels), sampleWeight, samples, batchSize, shuffle };
}

/** Says what Python must supply. */
function tellOf(classes: readonly OwnClass[], custom: string | undefined, { err }: Streams): void {
  if (classes.length === 0) return;
  const lines = classes.map(
    ({ name, kind, uses }) => `  ${name}, ${kind === 'other' ? 'a class' : `a ${kind}`} (${uses.join(', ')})`,
  );
  err(
    `Python must supply, in ${custom ?? 'custom_objects.py'}${custom === undefined ? ', which says what' : ''}:\n${lines.join('\n')}`,
  );
}
