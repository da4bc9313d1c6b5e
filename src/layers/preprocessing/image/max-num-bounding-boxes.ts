import { f, type Resolved } from '../../../base/field/field.ts';
import type { Config } from '../../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { isPlainObject } from '../../../base/tree.ts';
import { getItem, pad } from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import { ownLayer } from '../../own-layer.ts';
import { BaseImagePreprocessingLayer } from './base-image-preprocessing-layer.ts';
import { imageFields } from './fields.ts';
import type { BoundingBoxes } from './image-data.ts';

const fields = {
  /** Number of boxes of each image in the result. */
  maxNumber: f.int({ min: 0 }),
  /** The filling of missing boxes and labels. As in Keras, configs do not keep it. */
  fillValue: f.int({ initial: -1 }),
  ...imageFields,
};
type BoxShapes = { readonly boxes: SymbolicShape; readonly labels: SymbolicShape };

export interface MaxNumBoundingBoxes extends Resolved<typeof fields> {}
/**
 * Gives each image the same number of boxes: those after the first `maxNumber` are dropped, missing ones are padded.
 * Everything else is returned unchanged.
 * @example
 * const layer = new MaxNumBoundingBoxes({ maxNumber: 5, boundingBoxFormat: 'xyxy' });
 * const boundingBoxes = { boxes: ops.ones([1, 2, 4]), labels: ops.ones([1, 2]) };
 * layer({ images: ops.ones([1, 8, 8, 3]), boundingBoxes }).boundingBoxes.boxes.shape // [1, 5, 4]
 * @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/max_num_bounding_boxes/
 */
export class MaxNumBoundingBoxes extends BaseImagePreprocessingLayer<typeof fields, null> {
  static override readonly className = 'MaxNumBoundingBoxes';
  static override readonly fields = fields;
  static override readonly movesPixels = false;

  override transformImages(images: Tensor): Tensor {
    return images;
  }
  override transformBoundingBoxes(boxes: BoundingBoxes): BoundingBoxes {
    const { maxNumber, fillValue } = this;
    const settled = (x: Tensor): Tensor => {
      const count = x.shape[1];
      const kept = getItem(x, [{ slice: [0, x.shape[0]] }, { slice: [0, Math.min(count, maxNumber)] }]);
      const missing = Math.max(maxNumber - count, 0);
      return pad(
        kept,
        x.shape.map((_, d): [number, number] => [0, d === 1 ? missing : 0]),
        { constantValues: fillValue },
      );
    };
    return { ...boxes, boxes: settled(boxes.boxes), labels: settled(boxes.labels) };
  }
  /** The shape is unchanged; that of boxes and labels gets the number of boxes. */
  override computeOutputShape<S>(shape: S): S {
    if (!isPlainObject(shape)) return shape;
    const settled = ([n, _, ...rest]: SymbolicShape): SymbolicShape => [n, this.maxNumber, ...rest];
    const change = (key: string): Record<string, unknown> => {
      if (!(key in shape)) return {};
      const { boxes, labels } = shape[key] as BoxShapes;
      return { [key]: { boxes: settled(boxes), labels: settled(labels) } };
    };
    return { ...shape, ...change('boundingBoxes'), ...change('bounding_boxes') };
  }
  override getConfig(): Config {
    const { fill_value: _, ...config } = super.getConfig();
    return config;
  }

  static {
    ownLayer(this);
  }
}
