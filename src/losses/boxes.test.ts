import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Tensor } from '../index.ts';
import * as keras from '../index.ts';

const { losses, ops } = keras;
const kept = JSON.parse(readFileSync(new URL('../../test/data/losses/boxes.json', import.meta.url), 'utf8')) as {
  readonly [K in 'iou' | 'giou' | 'diou' | 'ciou']: { values: number[]; gradients: number[] };
} & { readonly yTrue: number[]; readonly yPred: number[] };
const boxes = (numbers: readonly number[]): Tensor =>
  keras.tensor(Float32Array.from(numbers), { shape: [numbers.length / 4, 4] });
const kinds = [
  ['iou', losses.IoULoss],
  ['giou', losses.GIoULoss],
  ['diou', losses.DIoULoss],
  ['ciou', losses.CIoULoss],
] as const;
const close = (got: Tensor, wanted: readonly number[], digits: number): void => {
  expect(got.size).toBe(wanted.length);
  got.dataSync().forEach((x, k) => void expect(x).toBeCloseTo(wanted[k]!, digits));
};

it.each(kinds)('%s and its gradient are those of torchvision’s formula', (name, BoxLoss) => {
  const loss = new BoxLoss({ reduction: 'none' });
  const [yTrue, yPred] = [boxes(kept.yTrue), boxes(kept.yPred)];
  close(loss(yTrue, yPred), kept[name].values, 5);
  close(keras.grad((p: Tensor) => ops.sum(loss(yTrue, p)))(yPred), kept[name].gradients, 5);
});

it.each(kinds)('%s is a number with a gradient, whatever the boxes', (_, BoxLoss) => {
  const odd = [
    [0, 0, 0, 0],
    [1, 1, 1, 5],
    [1, 1, 5, 1],
    [3, 3, 1, 1],
    [0, 0, 1e-8, 1e-8],
    [0, 0, 1e6, 1e6],
    [-1, -1, -1, -1],
    [1, 2, 3, 4],
  ];
  const yTrue = odd.flatMap((box) => odd.map(() => box));
  const yPred = odd.flatMap(() => odd);
  const loss = new BoxLoss({ reduction: 'none' });
  const values = loss(yTrue, yPred).dataSync();
  const gradients = keras
    .grad((p: Tensor) => ops.sum(loss(yTrue, p)))(boxes(yPred.flat()))
    .dataSync();
  expect([...values, ...gradients].every((x) => Number.isFinite(x))).toBe(true);
  // Equal boxes have nothing to learn, those without area included; 1 is what an IoU of 0 leaves there.
  const same = odd.length * (odd.length - 1) + odd.length - 1;
  expect(values[same]).toBeCloseTo(0, 6);
  expect([...gradients.slice(same * 4)].map((x) => Math.abs(x as number))).toEqual([0, 0, 0, 0]);
});

it('takes boxes in other formats, weights the pairs, and is written and read', () => {
  const loss = new losses.CIoULoss({ boundingBoxFormat: 'center_xywh', reduction: 'sum' });
  const [a, b] = [
    [
      [2, 3, 4, 4],
      [5, 5, 2, 2],
    ],
    [
      [3, 3, 4, 2],
      [9, 9, 1, 1],
    ],
  ];
  const corners = (x: number[][]) => keras.utils.boundingBoxes.convertFormat(x, 'center_xywh', 'xyxy');
  const plain = new losses.CIoULoss({ reduction: 'none' })(corners(a!), corners(b!)).dataSync();
  expect(loss(a, b, { sampleWeight: [1, 0] }).dataSync()[0]).toBeCloseTo(Number(plain[0]), 5);
  const config = losses.serialize(loss);
  expect(config).toMatchObject({
    module: 'hornbeam.losses',
    class_name: 'CIoULoss',
    config: { bounding_box_format: 'center_xywh' },
  });
  const again = losses.deserialize(config as keras.saving.Config) as keras.Loss;
  expect(again).toBeInstanceOf(losses.CIoULoss);
  expect(again.getConfig()).toEqual(loss.getConfig());
  expect(() => new losses.CIoULoss({ boundingBoxFormat: 'corners' as never })).toThrow('boundingBoxFormat');
});
