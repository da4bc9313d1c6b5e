import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { entriesOf, type KerasNames } from '../scripts/parity-page.ts';
import * as keras from '../src/index.ts';

const names = JSON.parse(
  gunzipSync(readFileSync(new URL('data/names.json.gz', import.meta.url))).toString(),
) as KerasNames;

/** What is public here and nowhere in Keras, and why. */
const own: Readonly<Record<string, string>> = {
  'keras.Tensor': 'the class of what ops compute: a backend of Keras has its own',
  'keras.HornbeamError': 'the class of all errors',
  'keras.SeedGenerator': 'Keras has it in keras.random',
  'keras.{grad,gradients,jit,tensor,valueAndGrad}': 'what a backend of Keras gives beside it',
  'keras.applications.*':
    'a module for each family, which the list of Keras’s names leaves out; featurePyramid, which detectors stand on',
  'keras.callbacks.Studio': 'a run in the studio, while it goes on',
  'keras.coco.*': 'COCO average precision on plain numbers',
  'keras.config.{device,registerDevice,setDevice}': 'where it computes',
  'keras.data.*': 'pipelines, for which Keras relies on tf.data',
  'keras.datasets.*': 'Keras has them, as modules that the list of its names leaves out',
  'keras.distribution.{HyperParameters,tune}': 'keras-tuner is a package of its own in Python',
  'keras.layers.BaseImagePreprocessingLayer': 'for layers of one’s own: Keras has it in keras.src',
  'keras.losses.{CIoULoss,DIoULoss,GIoULoss,IoULoss}': 'losses of boxes',
  'keras.metrics.MeanAveragePrecision': 'COCO average precision as a metric',
  'keras.ops.{boxCiou,boxDiou,boxGiou,boxIou,nonMaxSuppression,pairwiseIou}': 'boxes of detectors',
  'keras.mixedPrecision.{DTypePolicy,LossScaleOptimizer,Policy,dtypePolicy,globalPolicy,setDtypePolicy,setGlobalPolicy}':
    'Keras has keras.mixed_precision, of other names',
  'keras.ops.mish': 'Keras has it in keras.activations',
  'keras.ops.nn.mish': 'Keras has it in keras.activations',
  'keras.ops.numpy.{rsqrt,unstack}': 'Keras has them in keras.ops',
  'keras.saving.{modelFromConfig,modelFromKeras,modelToKeras,modelToOnnx}':
    'models as configs, and as bytes where there are no files',
  'keras.saving.{removeFile,storedFiles}': 'what a page has saved',
  'keras.visualization.{activationMaps,filterPatterns,gradCam,plotActivationMaps,plotFilterPatterns,plotGradCam}':
    'what is inside of a trained network',
  'keras.utils.{compare,compareScript}': 'where two models differ, layer by layer',
  'keras.utils.{readEvents,SummaryWriter}': 'logs for TensorBoard: Keras has tf.summary for it',
  'keras.utils.boundingBoxes.{decodeDistancesToBoxes,encodeBoxToDistances,generateAnchors}': 'boxes of detectors',
  'keras.utils.{cocoDatasetFromDirectory,vocDatasetFromDirectory}': 'folders for detectors',
  'keras.visualization.{modelGraph,plotConfusionMatrix,plotHistory,plotLines,plotPrecisionRecall,precisionRecallPlot,studio}':
    'pictures of one’s own',
};
const allowed = new Set(
  Object.keys(own).flatMap((pattern) => {
    const [, before, list] = /^(.*)\{(.*)\}$/.exec(pattern) ?? [];
    return list ? list.split(',').map((name) => before + name) : [pattern];
  }),
);

const isNamespace = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && Object.prototype.toString.call(x) === '[object Module]';
const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function* strangers(space: Record<string, unknown>, path: readonly string[]): Generator<string> {
  const title = ['keras', ...path].join('.');
  const namespace = path.map(snakeCase).join('.') || 'keras';
  const known = new Set(
    namespace in names.namespaces ? entriesOf(namespace, names, keras).map(({ here }) => here) : [],
  );
  for (const [name, x] of Object.entries(space)) {
    if (isNamespace(x)) yield* strangers(x, [...path, name]);
    else if (!known.has(name)) yield `${title}.${name}`;
  }
}

test('what is public is public in Keras too, or listed with a reason', () => {
  const found = [...strangers(keras, [])].map((name) =>
    name.replace(/^keras\.(applications|coco|data|datasets)\..*/, 'keras.$1.*'),
  );
  expect([...new Set(found)].sort()).toEqual([...allowed].sort());
});
