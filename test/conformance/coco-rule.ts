import type { CocoData } from '../../src/coco/index.ts';
import type { GeneratorRule } from './coco-cases.ts';

/** A set made by a rule: integer rows as they are drawn. */
export interface GeneratedSet {
  readonly imageIds: readonly number[];
  /** image_id, category_id, x4, y4, w4, h4, area16, iscrowd. */
  readonly truthRows: readonly (readonly number[])[];
  /** image_id, category_id, x4, y4, w4, h4, score16. */
  readonly detectionRows: readonly (readonly number[])[];
  readonly finalState: number;
}

/** Makes a set by the rule of the `coco_generated` cases; the draws are in the order its text prescribes. */
export function generateSet(rule: GeneratorRule): GeneratedSet {
  let state = rule.seed;
  const below = (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((Math.floor(state / 256) * n) / 2 ** 24);
  };
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const totalWeight = rule.class_weights.reduce((a, b) => a + b, 0);
  const pickClass = (): number => {
    let r = below(totalWeight);
    let k = 0;
    while (r >= rule.class_weights[k]) r -= rule.class_weights[k++];
    return rule.class_ids[k];
  };
  const randomBox = ([W, H]: readonly [number, number]): [number, number, number, number] => {
    const b = below(100);
    const j = b < rule.size_mix[0] ? 0 : b < rule.size_mix[1] ? 1 : 2;
    const [lo, hi] = [rule.size_bounds[j], rule.size_bounds[j + 1]];
    const w = Math.min(lo + below(hi - lo), 4 * W);
    const h = Math.min(lo + below(hi - lo), 4 * H);
    const x = below(4 * W - w + 1);
    return [x, below(4 * H - h + 1), w, h];
  };
  const lowScore = (): number => {
    const a = below(256);
    return 1 + Math.floor((a * below(256)) / 2);
  };

  const imageIds: number[] = [];
  const truthRows: number[][] = [];
  const detectionRows: number[][] = [];
  for (let i = 0; i < rule.num_images; i++) {
    const size = pick(rule.image_sizes);
    const id = rule.image_id_base + rule.image_id_step * i;
    imageIds.push(id);
    const palette = Array.from({ length: 1 + below(rule.max_palette) }, pickClass);
    const firstTruth = truthRows.length;
    for (let n = pick(rule.gt_counts); n > 0; n--) {
      const category = pick(palette);
      const box = randomBox(size);
      const crowd = below(1000) < rule.crowd_per_mille ? 1 : 0;
      const percent = 55 + below(46);
      truthRows.push([id, category, ...box, Math.floor((box[2] * box[3] * percent) / 100), crowd]);
    }
    for (const [, category, x, y, w, h] of truthRows.slice(firstTruth)) {
      for (let k = pick(rule.copies); k > 0; k--) {
        const j = pick(rule.jitters);
        const [ax, ay] = [Math.floor((w * j) / 1000), Math.floor((h * j) / 1000)];
        const box = [x + below(2 * ax + 1) - ax, y + below(2 * ay + 1) - ay];
        box.push(Math.max(1, w + below(2 * ax + 1) - ax));
        box.push(Math.max(1, h + below(2 * ay + 1) - ay));
        const isWrong = below(1000) < rule.wrong_per_mille;
        const given = isWrong ? pickClass() : category;
        const score = Math.floor(((60000 - 100 * j) * (400 + below(601))) / 1000);
        detectionRows.push([id, given, ...box, Math.max(1, isWrong ? Math.floor(score / 2) : score)]);
      }
    }
    for (let m = pick(rule.fp_counts); m > 0; m--) {
      const category = below(4) === 0 ? pickClass() : pick(palette);
      const box = randomBox(size);
      detectionRows.push([id, category, ...box, lowScore()]);
    }
    if (i % rule.dense_every !== rule.dense_phase) continue;
    for (let m = rule.dense_extra; m > 0; m--) {
      const box = randomBox(size);
      detectionRows.push([id, palette[0], ...box, lowScore()]);
    }
  }
  return { imageIds, truthRows, detectionRows, finalState: state };
}

/** The checksum of the rule's text over integer rows. */
export function checksum(rows: readonly (readonly number[])[]): number {
  const modulus = 2 ** 31;
  let sum = 0;
  rows.forEach((row, r) => {
    const t = row.reduce((a, value, i) => a + value * (i + 1), 0) % modulus;
    sum = (sum + ((((t + modulus) % modulus) * ((r % 1009) + 1)) % modulus)) % modulus;
  });
  return sum;
}

/** The columns of a generated set, in pixels. */
export function columnsOf({ imageIds, truthRows, detectionRows }: GeneratedSet): CocoData {
  const column = (rows: readonly (readonly number[])[], c: number, unit = 1): Float64Array =>
    Float64Array.from(rows, (row) => row[c] / unit);
  const boxes = (rows: readonly (readonly number[])[]): Float64Array =>
    Float64Array.from({ length: 4 * rows.length }, (_, i) => rows[i >> 2][2 + (i & 3)] / 4);
  return {
    imageIds,
    truths: {
      imageIds: column(truthRows, 0),
      categoryIds: column(truthRows, 1),
      boxes: boxes(truthRows),
      areas: column(truthRows, 6, 16),
      isCrowd: column(truthRows, 7),
    },
    detections: {
      imageIds: column(detectionRows, 0),
      categoryIds: column(detectionRows, 1),
      boxes: boxes(detectionRows),
      scores: column(detectionRows, 6, 65536),
    },
  };
}
