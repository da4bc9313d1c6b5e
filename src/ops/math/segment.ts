import { type DType, dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { type ScatterAttrs, scatter } from '../../primitives/indexing/scatter.ts';
import { op } from '../op.ts';
import { cast, filled } from '../operands.ts';

export interface SegmentOptions {
  /** How many segments there are; it decides the result's shape. */
  readonly numSegments?: number | null | undefined;
  /** Promises that the ids ascend; nothing depends on it. */
  readonly sorted?: boolean | undefined;
}
const segment = (name: string, combine: ScatterAttrs['combine'], start: (dtype: DType) => number) =>
  op(
    name,
    (data: Tensor, segmentIds: Tensor, { numSegments }: SegmentOptions = {}): Tensor => {
      if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== data.shape[0])
        fail(
          name,
          `segmentIds have shape ${showShape(segmentIds.shape)}, data ${showShape(data.shape)}`,
          'give one id for each row of data',
        );
      if (numSegments === undefined || numSegments === null)
        return fail(name, 'numSegments is missing', 'give the number of segments');
      const empty = filled([numSegments, ...data.shape.slice(1)], data.dtype, start(data.dtype));
      return scatter(empty, data, [cast(segmentIds, 'int32')], { batch: 0, axes: [0], combine });
    },
    ['tensor', 'tensor'],
    { numSegments: true, sorted: true },
  );
const lowest = (dtype: DType): number => dtypeInfo[dtype].range?.[0] ?? -Infinity;
const highest = (dtype: DType): number => dtypeInfo[dtype].range?.[1] ?? Infinity;
/** Sum of the rows of each segment. @example segmentSum([1, 2, 3], [0, 1, 0], { numSegments: 2 }) // [4, 2] */
export const segmentSum = segment('segmentSum', 'add', () => 0);
/** Product of the rows of each segment. @example segmentProd([1, 2, 3], [0, 1, 0], { numSegments: 2 }) // [3, 2] */
export const segmentProd = segment('segmentProd', 'mul', () => 1);
/** Largest of the rows of each segment. @example segmentMax([1, 2, 3], [0, 1, 0], { numSegments: 2 }) // [3, 2] */
export const segmentMax = segment('segmentMax', 'max', lowest);
/** Smallest of the rows of each segment. @example segmentMin([1, 2, 3], [0, 1, 0], { numSegments: 2 }) // [1, 2] */
export const segmentMin = segment('segmentMin', 'min', highest);
