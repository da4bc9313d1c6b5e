import { fail } from '../base/errors.ts';
import { boxOverlap, type Overlap } from './box-overlap.ts';
import { MeasuredMasks, maskOverlap } from './mask/mask-overlap.ts';
import type { MaskLike } from './mask/run-lengths.ts';
import type { IouType } from './params.ts';

/** What objects and detections have in common, column by column: one entry a row. */
interface Columns {
  /** The class of each row, by its COCO id. */
  readonly categoryIds: ArrayLike<number>;
  /** x, y, w, h of each row, flat. Needed for `'bbox'`. */
  readonly boxes?: ArrayLike<number> | undefined;
  /** The mask of each row. Needed for `'segm'`. */
  readonly masks?: readonly MaskLike[] | undefined;
  /** Areas in square pixels, which decide the size range. Default: w * h where there are boxes, else the mask's. */
  readonly areas?: ArrayLike<number> | undefined;
}

/** Annotated objects. */
export interface Truths extends Columns {
  /** 1 for a region that stands for many objects: it counts neither as found nor as missed. Default: 0. */
  readonly isCrowd?: ArrayLike<number | boolean> | undefined;
}

/** Predicted objects. */
export interface Detections extends Columns {
  /** The confidence of each row: detections with higher ones are matched first. */
  readonly scores: ArrayLike<number>;
}

/** The rows of one image, in columns that may hold many. */
export interface ImageRows {
  readonly truthRows: Int32Array;
  readonly detectionRows: Int32Array;
  readonly truthClasses: ArrayLike<number>;
  readonly detectionClasses: ArrayLike<number>;
  readonly scores: Float64Array;
  readonly overlap: Overlap;
  readonly truthAreas: Float64Array;
  readonly detectionAreas: Float64Array;
  readonly isCrowd: Uint8Array;
}

/** Checked columns of objects and detections, handed out image by image. */
export class RowSource {
  readonly #shared: Omit<ImageRows, 'truthRows' | 'detectionRows'>;
  readonly #truthMasks: MaskColumn | undefined;
  readonly #detectionMasks: MaskColumn | undefined;

  constructor(truths: Truths, detections: Detections, iouType: IouType) {
    const [truthCount, detectionCount] = [truths.categoryIds.length, detections.categoryIds.length];
    const truthBoxes = column('truths.boxes', truths.boxes, 4 * truthCount);
    const detectionBoxes = column('detections.boxes', detections.boxes, 4 * detectionCount);
    const truthAreas = column('truths.areas', truths.areas, truthCount) ?? (truthBoxes && boxAreas(truthBoxes));
    const detectionAreas =
      column('detections.areas', detections.areas, detectionCount) ?? (detectionBoxes && boxAreas(detectionBoxes));
    const isMasked = iouType === 'segm';
    this.#truthMasks = isMasked ? new MaskColumn('truths', truths, truthAreas) : undefined;
    this.#detectionMasks = isMasked ? new MaskColumn('detections', detections, detectionAreas) : undefined;
    const noOverlap: Overlap = () => 0;
    this.#shared = {
      truthClasses: truths.categoryIds,
      detectionClasses: detections.categoryIds,
      scores: column('detections.scores', detections.scores, detectionCount)!,
      overlap: isMasked ? noOverlap : boxOverlap(needed('detections', detectionBoxes), needed('truths', truthBoxes)),
      truthAreas: this.#truthMasks?.areas ?? truthAreas!,
      detectionAreas: this.#detectionMasks?.areas ?? detectionAreas!,
      isCrowd: new Uint8Array(column('truths.isCrowd', truths.isCrowd, truthCount) ?? new Uint8Array(truthCount)),
    };
  }

  /** The given rows. Masks are read here and forgotten with the image: all of them at once would not fit. */
  image(truthRows: Int32Array, detectionRows: Int32Array): ImageRows {
    if (!this.#truthMasks || !this.#detectionMasks) return { ...this.#shared, truthRows, detectionRows };
    const truths = this.#truthMasks.measure(truthRows);
    const detections = this.#detectionMasks.measure(detectionRows);
    const between = maskOverlap(detections.masks, truths.masks);
    const overlap: Overlap = (detection, truth, isCrowd) =>
      between(detections.position.get(detection)!, truths.position.get(truth)!, isCrowd);
    return { ...this.#shared, truthRows, detectionRows, overlap };
  }
}

/** The masks of a column, and the areas of its rows as far as they are known. */
class MaskColumn {
  readonly areas: Float64Array;
  readonly #masks: readonly MaskLike[];
  readonly #hasAreas: boolean;

  constructor(name: string, { masks, categoryIds }: Columns, areas: Float64Array | undefined) {
    if (masks?.length !== categoryIds.length) {
      fail(
        who,
        `${name}.masks has ${masks?.length ?? 'no'} entries for ${categoryIds.length} rows`,
        `iouType 'segm' needs a mask a row; of a file they are read by ${maskLoader(name)}`,
      );
    }
    this.#masks = masks;
    this.#hasAreas = areas !== undefined;
    this.areas = areas ?? new Float64Array(masks.length);
  }

  measure(rows: Int32Array): { masks: MeasuredMasks; position: Map<number, number> } {
    const masks = new MeasuredMasks(Array.from(rows, (row) => this.#masks[row]));
    if (!this.#hasAreas) rows.forEach((row, i) => (this.areas[row] = masks.areas[i]));
    return { masks, position: new Map(Array.from(rows, (row, i) => [row, i])) };
  }
}

const who = 'COCO evaluation';

function column(
  name: string,
  values: ArrayLike<number | boolean> | undefined,
  length: number,
): Float64Array | undefined {
  if (values === undefined) return undefined;
  if (values.length !== length) {
    fail(
      who,
      `${name} has ${values.length} numbers, expected ${length}`,
      'columns hold one entry (boxes: four) for each row of categoryIds',
    );
  }
  return values instanceof Float64Array ? values : new Float64Array(values as ArrayLike<number>);
}

/** The call that reads the masks of a file. */
export const maskLoader = (name: string): string =>
  `${name === 'truths' ? 'loadAnnotations' : 'loadDetections'}(…, { iouType: 'segm' })`;

function needed(name: string, boxes: Float64Array | undefined): Float64Array {
  return (
    boxes ?? fail(who, `${name}.boxes is missing`, `iouType 'bbox' needs x, y, w, h of each row; 'segm' compares masks`)
  );
}

function boxAreas(boxes: Float64Array): Float64Array {
  const areas = new Float64Array(boxes.length / 4);
  for (let i = 0; i < areas.length; i++) areas[i] = boxes[4 * i + 2] * boxes[4 * i + 3];
  return areas;
}
