import { describe, expect, test } from 'vitest';
import {
  CocoAccumulator,
  type CocoOptions,
  type CocoResult,
  evaluate,
  type MaskLike,
  mask,
  readDetectionBatch,
} from '../../src/coco/index.ts';
import { toRunLengths } from '../../src/coco/mask/run-lengths.ts';
import { cocoParameters } from '../../src/coco/params.ts';
import { MeanAveragePrecision } from '../../src/metrics/mean-average-precision.ts';
import { tensor } from '../../src/tensor/index.ts';
import { type CocoCase, type MaskCase, numbers, readCases, type SetCase, type StoredArray } from './coco-cases.ts';
import { checksum, columnsOf, generateSet } from './coco-rule.ts';

const families = ['coco_bbox', 'coco_segm', 'coco_large'] as const;

/** Absolute, on every number; -1 entries and integers are exact. */
const tolerance = 1e-9;

function expectClose(what: string, actual: ArrayLike<number>, stored: StoredArray): void {
  const expected = numbers(stored);
  expect(actual.length, `${what}: length`).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const isExact = expected[i] === -1 || actual[i] === -1;
    if (isExact ? actual[i] !== expected[i] : !(Math.abs(actual[i] - expected[i]) <= tolerance)) {
      expect.fail(`${what}[${i}] is ${actual[i]}, expected ${expected[i]}`);
    }
  }
}

function expectResult(result: CocoResult, expected: Exclude<CocoCase, MaskCase>): void {
  expectClose('stats', result.stats, expected.stats);
  expect([...result.categoryIds]).toEqual([...numbers(expected.eval_cat_ids)]);
  expect([...result.shape]).toEqual(expected.recall.shape);
  expectClose('recall', result.recall, expected.recall);
  expectClose('apTable', result.apTable, expected.ap_table);
  expectClose('perClassAp', result.perClassAp, expected.per_class_ap);
  expectClose('perClassAr', result.perClassAr, expected.per_class_ar);
}

function optionsOf({ iou_type, categories, params = {} }: SetCase): CocoOptions {
  const { iouThrs, recThrs, maxDets, areaRng, areaRngLbl, useCats, catIds } = params;
  const bounds = areaRng && numbers(areaRng);
  return {
    iouType: iou_type,
    categoryIds: catIds ?? numbers(categories).sort(),
    useCategories: useCats !== 0,
    ...(iouThrs && { iouThresholds: numbers(iouThrs) }),
    ...(recThrs && { recallThresholds: numbers(recThrs) }),
    ...(maxDets && { maxDetections: maxDets }),
    ...(bounds && {
      areaRanges: Object.fromEntries(
        areaRngLbl!.map((label, a) => [label, [bounds[2 * a], bounds[2 * a + 1]] as const]),
      ),
    }),
  };
}

/** The masks of some rows; polygons are drawn at the size of their image and united. */
function masksOf({ images }: SetCase, rows: SetCase['detections'] | SetCase['ground_truths']): MaskLike[] | undefined {
  const position = new Map(Array.from(numbers(images.id), (id, i) => [id, i]));
  const [heights, widths, imageIds] = [numbers(images.height), numbers(images.width), numbers(rows.image_id)];
  return rows.segmentation?.map((segmentation, row) => {
    if ('counts' in segmentation) return segmentation;
    const image = position.get(imageIds[row])!;
    return mask.merge(mask.fromPolygons(segmentation, heights[image], widths[image]));
  });
}

function runSet(stored: SetCase): CocoResult {
  const { ground_truths: truths, detections } = stored;
  return evaluate(
    {
      imageIds: stored.params?.imgIds ?? numbers(stored.images.id),
      truths: {
        imageIds: numbers(truths.image_id),
        categoryIds: numbers(truths.category_id),
        boxes: truths.bbox && numbers(truths.bbox),
        masks: masksOf(stored, truths),
        areas: numbers(truths.area),
        isCrowd: numbers(truths.iscrowd),
      },
      detections: {
        imageIds: numbers(detections.image_id),
        categoryIds: numbers(detections.category_id),
        boxes: detections.bbox && numbers(detections.bbox),
        masks: masksOf(stored, detections),
        scores: numbers(detections.score),
      },
    },
    { ...optionsOf(stored), curves: stored.precision !== undefined, matches: stored.dt_match !== undefined },
  );
}

test('the default rules are those of the reference, to the last bit', () => {
  const { defaults } = readCases('coco_bbox');
  const { iouThresholds, recallThresholds, maxDetections, areaLabels, areaLows, areaHighs } = cocoParameters();
  expect(iouThresholds).toEqual(numbers(defaults.iouThrs!));
  expect(recallThresholds).toEqual(numbers(defaults.recThrs!));
  expect(maxDetections).toEqual(defaults.maxDets);
  expect(areaLabels).toEqual(defaults.areaRngLbl);
  expect(areaLabels.flatMap((_, a) => [areaLows[a], areaHighs[a]])).toEqual([...numbers(defaults.areaRng!)]);
});

describe.each(families)('%s equals the reference', (family) => {
  test.each(readCases(family).cases.map((stored) => [stored.id, stored] as const))('%s', (_, stored) => {
    if (stored.kind === 'coco_mask') return runMask(stored);
    if (stored.kind === 'coco_batches') {
      const accumulator = new CocoAccumulator();
      const { image_height: height, image_width: width } = stored;
      const options = { boundingBoxFormat: stored.bounding_box_format, imageSize: { height, width } };
      // The second round starts over, to see that nothing of the first is left.
      for (let round = 0; round < 2; round++) {
        accumulator.reset();
        expect([...accumulator.evaluate().stats]).toEqual(new Array(12).fill(-1));
        const running = stored.batches.flatMap(({ y_true, y_pred }) => {
          for (const image of readDetectionBatch(arraysOf(y_true), arraysOf(y_pred), options)) {
            accumulator.addImage(image.truths, image.detections);
          }
          return [...accumulator.evaluate().stats];
        });
        expectClose('running stats', running, stored.running_stats);
        expectResult(accumulator.evaluate(), stored);
      }
      return;
    }
    if (stored.kind === 'coco_generated') {
      const set = generateSet(stored.rule);
      const { checks } = stored;
      expect(set.truthRows.length).toBe(checks.num_ground_truths);
      expect(set.detectionRows.length).toBe(checks.num_detections);
      expect(set.finalState).toBe(checks.final_state);
      expect(set.truthRows.slice(0, 5).flat()).toEqual([...numbers(checks.first_ground_truths)]);
      expect(set.truthRows.slice(-3).flat()).toEqual([...numbers(checks.last_ground_truths)]);
      expect(set.detectionRows.slice(0, 5).flat()).toEqual([...numbers(checks.first_detections)]);
      expect(set.detectionRows.slice(-3).flat()).toEqual([...numbers(checks.last_detections)]);
      expect(checksum(set.truthRows)).toBe(checks.ground_truth_checksum);
      expect(checksum(set.detectionRows)).toBe(checks.detection_checksum);
      return expectResult(evaluate(columnsOf(set), { categoryIds: stored.rule.class_ids }), stored);
    }
    const result = runSet(stored);
    expectResult(result, stored);
    if (stored.precision) expectClose('precision', result.curves!.precision, stored.precision);
    if (stored.scores) expectClose('scores', result.curves!.scores, stored.scores);
    if (stored.dt_match) expect([...result.matches!.truthRows]).toEqual([...numbers(stored.dt_match)]);
    if (stored.dt_ignore) expect([...result.matches!.ignored]).toEqual([...numbers(stored.dt_ignore)]);
    if (stored.iou_type === 'segm') expectDetectionAreas(stored);
  });
});

const arraysOf = (stored: Record<string, StoredArray>) =>
  Object.fromEntries(
    Object.entries(stored).map(([name, array]) => [name, { data: numbers(array), shape: array.shape }]),
  );

describe('the metric, fed with tensors, equals the reference after every batch', () => {
  const batches = readCases('coco_bbox').cases.filter((stored) => stored.kind === 'coco_batches');
  test.each(batches.map((stored) => [stored.id, stored] as const))('%s', async (_, stored) => {
    const metric = new MeanAveragePrecision({
      boundingBoxFormat: stored.bounding_box_format,
      imageSize: [stored.image_height, stored.image_width],
    });
    const tensorsOf = (arrays: Record<string, StoredArray>) =>
      Object.fromEntries(
        Object.entries(arrays).map(([name, array]) => [
          name,
          tensor(Float32Array.from(numbers(array)), { shape: array.shape }),
        ]),
      );
    for (let round = 0; round < 2; round++) {
      metric.resetState();
      expect(metric.result()).toBe(-1);
      const running: number[] = [];
      for (const { y_true, y_pred } of stored.batches) {
        await metric.updateState(tensorsOf(y_true), tensorsOf(y_pred));
        running.push(...metric.results().stats);
      }
      expectClose('running stats', running, stored.running_stats);
      expectResult(metric.results(), stored);
    }
  });
});

function expectDetectionAreas(stored: SetCase): void {
  const { bbox, expected_area } = stored.detections;
  const boxes = bbox && numbers(bbox);
  const areas = masksOf(stored, stored.detections)!.map((rle, i) =>
    boxes ? boxes[4 * i + 2] * boxes[4 * i + 3] : mask.area(rle),
  );
  expectClose('detection areas', areas, expected_area!);
}

function runMask(stored: MaskCase): void {
  const { op, inputs, expected } = stored;
  if (op === 'iou') {
    const actual = mask.iou(inputs.detections, inputs.ground_truths, inputs.iscrowd);
    numbers(expected.iou).forEach((value, i) => expect(Math.abs(actual[i] - value)).toBeLessThanOrEqual(1e-12));
    return;
  }
  if (op === 'merge') {
    expect(mask.merge(inputs.rles)).toEqual(expected.union);
    expect(mask.merge(inputs.rles, { intersect: true })).toEqual(expected.intersection);
    return;
  }
  const rles = ((): readonly MaskLike[] => {
    if (op === 'encode') return inputs.masks.map((m) => mask.encode(numbers(m), [m.shape[0], m.shape[1]]));
    if (op === 'decode') return inputs.rles;
    if (op === 'from_polygons') return mask.fromPolygons(inputs.polygons, inputs.height, inputs.width);
    if (op === 'from_boxes') return mask.fromBoxes(numbers(inputs.boxes), inputs.height, inputs.width);
    return inputs.counts.map(mask.fromCounts);
  })();
  if (op !== 'decode') expect(rles).toEqual(expected.rles);
  if (op === 'encode' || op === 'decode')
    expect(rles.map((rle) => [...toRunLengths(rle).counts])).toEqual(expected.counts);
  if (op === 'encode')
    expect(rles.map((rle) => Float64Array.from(mask.decode(rle)))).toEqual(inputs.masks.map(numbers));
  if (op === 'decode')
    expect(rles.map((rle) => mask.encode(mask.decode(rle), [rle.size[0], rle.size[1]]))).toEqual(rles);
  if (op === 'from_polygons') expect(mask.merge(rles)).toEqual(expected.union);
  expect(rles.map(mask.area)).toEqual([...numbers(expected.area)]);
  expect(rles.flatMap(mask.toBbox)).toEqual([...numbers(expected.bbox)]);
}
