import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { loadScenes } from './data.ts';
import { type Detector, digitRetinaNet, digitYolo } from './models.ts';
import { makeRetinaNet } from './retina-net.ts';
import { makeYolo } from './yolo.ts';

test('a YOLO for images of 608x608 has cells of 8, 16 and 32 pixels', () => {
  expect(makeYolo({ size: 608, classes: 80 }).outputShape).toEqual([null, 76 ** 2 + 38 ** 2 + 19 ** 2, 84]);
});

test('a RetinaNet stands on any application, a row for each of its anchors', () => {
  const backbone = keras.applications.ResNet50({ weights: null, includeTop: false, inputShape: [128, 128, 3] });
  const model = makeRetinaNet(backbone, { classes: 3, filters: 8, depth: 1 });
  const anchors = keras.utils.boundingBoxes.generateAnchors([128, 128]);
  expect(model.outputShape).toEqual([null, anchors.shape[0], 7]);
});

test.each([
  ['YOLO', digitYolo],
  ['RetinaNet', digitRetinaNet],
] as const)(
  'the predictions of which the loss of a %s is least are the digits of a scene',
  async (_, make: (size: number) => Detector) => {
    const { model, loss, detect } = make(64);
    const [[, labels]] = loadScenes(64, { training: 3, unseen: 1 });
    // No network: the predictions themselves learn.
    const [, rows, numbers] = model.outputShape as number[];
    const start = ops.concatenate([ops.zeros([3, rows!, 4]), ops.full([3, rows!, numbers! - 4], -4.6)], { axis: -1 });
    const predictions = new keras.Variable(start, { name: 'predictions' });
    const gradient = keras.jit((y: keras.Tensor) => keras.grad((p: keras.Tensor) => loss(labels, p))(y));
    const optimizer = new keras.optimizers.Adam({ learningRate: 0.1 });
    for (let step = 0; step < 150; step++) optimizer.apply([gradient(predictions.value)], [predictions]);

    const metric = new keras.metrics.MeanAveragePrecision({ boundingBoxFormat: 'xyxy' });
    await metric.updateState(labels, detect(predictions.value));
    expect(metric.results().figures['AP75']).toBeGreaterThan(0.95);
  },
);
