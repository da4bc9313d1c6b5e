import * as keras from 'hornbeam';
import * as tools from 'hornbeam/browser/tools';
import type { Digit } from '../data/digits.ts';
import { fetchFile, setHalves } from '../data/halves.ts';
import { answer } from '../data/worker-calls.ts';
import { makeScenes } from '../digit-detector/scenes.ts';
import { asTensors } from './labelled-scenes.ts';
import { digitYolo } from './models.ts';
import { averagePrecision } from './train.ts';

const size = 64;
/** A detected box, in pixels. */
export interface Found {
  readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
  readonly label: number;
  readonly score: number;
}
/** How well scenes are segmented. */
export interface Measured {
  readonly ap: number;
  readonly ap50: number;
  readonly apByDigit: readonly number[];
  /** For each digit, at a recall of 0, 0.01 … 1: the precision, and the score that boxes must have for it. */
  readonly precision: readonly Float64Array[];
  readonly scores: readonly Float64Array[];
}

const loaded = load();
async function load() {
  const detector = digitYolo(size, tools);
  const { model, detect } = detector;
  setHalves(model, await fetchFile(new URL('./yolo.f16', import.meta.url)));
  return { detector, find: keras.jit((images: keras.Tensor) => detect(model(images))) };
}

const functions = {
  async detect(image: Float32Array): Promise<Found[]> {
    const { find } = await loaded;
    const { boxes, labels, confidence, num_detections } = find(keras.tensor(image, { shape: [1, size, size, 1] }));
    const count = await num_detections.item();
    const [corners, names, scores] = await Promise.all([boxes.data(), labels.data(), confidence.data()]);
    return Array.from({ length: Number(count) }, (_, k) => ({
      box: Array.from(corners.slice(k * 4, k * 4 + 4), Number) as unknown as Found['box'],
      label: Number(names[k]),
      score: Number(scores[k]),
    }));
  },
  /** The average precision on new scenes of digits. */
  async measure({ digits, seed, count }: { digits: readonly Digit[]; seed: number; count: number }): Promise<Measured> {
    const { detector } = await loaded;
    const { figures, apByClass, curves } = await averagePrecision(
      detector,
      asTensors(makeScenes(digits, { count, size, seed })),
    );
    const [, points, classes, ranges, cuts] = curves!.shape;
    // Of boxes that overlap by half, of all sizes, as many as there are.
    const alongRecall = (table: Float64Array, k: number): Float64Array =>
      Float64Array.from({ length: points }, (_, r) => table[((r * classes + k) * ranges + 1) * cuts - 1]!);
    const each = Array.from({ length: classes }, (_, k) => k);
    return {
      ap: figures['AP']!,
      ap50: figures['AP50']!,
      apByDigit: Array.from({ length: 10 }, (_, digit) => apByClass[digit] ?? Number.NaN),
      precision: each.map((k) => alongRecall(curves!.precision, k)),
      scores: each.map((k) => alongRecall(curves!.scores, k)),
    };
  },
};
export type Functions = typeof functions;
answer(functions);
