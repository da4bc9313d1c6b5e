import { f, type Resolved } from '../base/field/field.ts';
import { registerModule } from '../base/registry/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import { boxFormats, convertFormat } from '../ops/detection/box-formats.ts';
import * as ops from '../ops/index.ts';
import { Loss } from './loss.ts';

const fields = {
  /** How four numbers stand for a box, in labels and predictions; corners, "xyxy", by default. Sizes of `rel_` ones are shares of the image. */
  boundingBoxFormat: f.oneOf(boxFormats, 'xyxy'),
};
/** `1 - overlap` of boxes `[..., 4]`, pair by pair. */
abstract class BoxLoss extends Loss<typeof fields> {
  static override readonly fields = fields;
  /** How far two boxes given by corners are one. */
  protected abstract overlap(a: Tensor, b: Tensor): Tensor;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    const { boundingBoxFormat: format } = this.config;
    const corners = format.startsWith('rel_') ? 'rel_xyxy' : 'xyxy';
    const [a, b] = [yTrue, yPred].map((boxes) => convertFormat(boxes, format, corners));
    return ops.subtract(1, this.overlap(a, b));
  }
}

/** `1 - IoU` of boxes `[..., 4]`, pair by pair. Boxes that do not meet have no gradient: the others are for these. */
export class IoULoss extends BoxLoss {
  static override readonly className = 'IoULoss';
  protected overlap = ops.boxIou;
}
export interface IoULoss extends Resolved<typeof fields> {}
/** `1 - GIoU` of boxes `[..., 4]`, pair by pair (https://arxiv.org/abs/1902.09630). */
export class GIoULoss extends BoxLoss {
  static override readonly className = 'GIoULoss';
  protected overlap = ops.boxGiou;
}
export interface GIoULoss extends Resolved<typeof fields> {}
/** `1 - DIoU` of boxes `[..., 4]`, pair by pair (https://arxiv.org/abs/1911.08287). */
export class DIoULoss extends BoxLoss {
  static override readonly className = 'DIoULoss';
  protected overlap = ops.boxDiou;
}
export interface DIoULoss extends Resolved<typeof fields> {}
/** `1 - CIoU` of boxes `[..., 4]`, pair by pair (https://arxiv.org/abs/1911.08287). */
export class CIoULoss extends BoxLoss {
  static override readonly className = 'CIoULoss';
  protected overlap = ops.boxCiou;
}
export interface CIoULoss extends Resolved<typeof fields> {}

// Keras has no losses of boxes.
registerModule('hornbeam.losses', [IoULoss, GIoULoss, DIoULoss, CIoULoss]);
