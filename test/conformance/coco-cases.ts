import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** An array as the cases store it: little-endian bytes in C order, base64. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: string;
}

const views = {
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** The numbers of a stored array, in double precision. */
export function numbers({ dtype, data }: StoredArray): Float64Array {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  return Float64Array.from(new views[dtype as keyof typeof views](bytes.buffer));
}

export interface StoredMask {
  readonly size: readonly [number, number];
  readonly counts: string | readonly number[];
}

interface Expected {
  readonly stats: StoredArray;
  readonly eval_cat_ids: StoredArray;
  readonly per_class_ap: StoredArray;
  readonly per_class_ar: StoredArray;
  readonly ap_table: StoredArray;
  readonly recall: StoredArray;
}

interface StoredRows {
  readonly image_id: StoredArray;
  readonly category_id: StoredArray;
  readonly bbox?: StoredArray;
  readonly segmentation?: readonly (StoredMask | readonly (readonly number[])[])[];
}

export interface SetCase extends Expected {
  readonly id: string;
  readonly kind: 'coco';
  readonly iou_type: 'bbox' | 'segm';
  readonly images: { readonly id: StoredArray; readonly width: StoredArray; readonly height: StoredArray };
  readonly categories: StoredArray;
  readonly ground_truths: StoredRows & { readonly area: StoredArray; readonly iscrowd: StoredArray };
  readonly detections: StoredRows & { readonly score: StoredArray; readonly expected_area?: StoredArray };
  readonly params?: {
    readonly iouThrs?: StoredArray;
    readonly recThrs?: StoredArray;
    readonly maxDets?: readonly number[];
    readonly areaRng?: StoredArray;
    readonly areaRngLbl?: readonly string[];
    readonly useCats?: number;
    readonly imgIds?: readonly number[];
    readonly catIds?: readonly number[];
  };
  readonly precision?: StoredArray;
  readonly scores?: StoredArray;
  readonly dt_match?: StoredArray;
  readonly dt_ignore?: StoredArray;
}

export interface BatchesCase extends Expected {
  readonly id: string;
  readonly kind: 'coco_batches';
  readonly bounding_box_format: string;
  readonly image_height: number;
  readonly image_width: number;
  readonly batches: readonly {
    readonly y_true: Record<string, StoredArray>;
    readonly y_pred: Record<string, StoredArray>;
  }[];
  readonly running_stats: StoredArray;
}

export interface GeneratedCase extends Expected {
  readonly id: string;
  readonly kind: 'coco_generated';
  readonly rule: GeneratorRule;
  readonly checks: {
    readonly num_ground_truths: number;
    readonly num_detections: number;
    readonly final_state: number;
    readonly first_ground_truths: StoredArray;
    readonly last_ground_truths: StoredArray;
    readonly first_detections: StoredArray;
    readonly last_detections: StoredArray;
    readonly ground_truth_checksum: number;
    readonly detection_checksum: number;
  };
}

/** The numbers from which a large set is made. */
export interface GeneratorRule {
  readonly seed: number;
  readonly num_images: number;
  readonly image_id_base: number;
  readonly image_id_step: number;
  readonly class_ids: readonly number[];
  readonly class_weights: readonly number[];
  readonly image_sizes: readonly (readonly [number, number])[];
  readonly max_palette: number;
  readonly size_bounds: readonly number[];
  readonly size_mix: readonly number[];
  readonly gt_counts: readonly number[];
  readonly crowd_per_mille: number;
  readonly copies: readonly number[];
  readonly jitters: readonly number[];
  readonly wrong_per_mille: number;
  readonly fp_counts: readonly number[];
  readonly dense_every: number;
  readonly dense_phase: number;
  readonly dense_extra: number;
}

export type MaskCase = { readonly id: string; readonly kind: 'coco_mask' } & (
  | {
      readonly op: 'encode';
      readonly inputs: { readonly masks: readonly StoredArray[] };
      readonly expected: MeasuredRles & { readonly counts: readonly (readonly number[])[] };
    }
  | {
      readonly op: 'decode';
      readonly inputs: { readonly rles: readonly StoredMask[] };
      readonly expected: Omit<MeasuredRles, 'rles'> & { readonly counts: readonly (readonly number[])[] };
    }
  | {
      readonly op: 'iou';
      readonly inputs: {
        readonly detections: readonly StoredMask[];
        readonly ground_truths: readonly StoredMask[];
        readonly iscrowd: readonly number[];
      };
      readonly expected: { readonly iou: StoredArray };
    }
  | {
      readonly op: 'merge';
      readonly inputs: { readonly rles: readonly StoredMask[] };
      readonly expected: { readonly union: StoredMask; readonly intersection: StoredMask };
    }
  | {
      readonly op: 'from_polygons';
      readonly inputs: {
        readonly polygons: readonly (readonly number[])[];
        readonly height: number;
        readonly width: number;
      };
      readonly expected: MeasuredRles & { readonly union: StoredMask };
    }
  | {
      readonly op: 'from_boxes';
      readonly inputs: { readonly boxes: StoredArray; readonly height: number; readonly width: number };
      readonly expected: MeasuredRles;
    }
  | {
      readonly op: 'from_counts';
      readonly inputs: { readonly counts: readonly StoredMask[] };
      readonly expected: MeasuredRles;
    }
);

interface MeasuredRles {
  readonly rles: readonly StoredMask[];
  readonly area: StoredArray;
  readonly bbox: StoredArray;
}

export type CocoCase = SetCase | BatchesCase | GeneratedCase | MaskCase;

/** Reads a family of cases. */
export function readCases(family: string): {
  readonly defaults: NonNullable<SetCase['params']>;
  readonly cases: readonly CocoCase[];
} {
  const file = new URL(`../data/coco/${family}.json.gz`, import.meta.url);
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
}
