import { imageDataFormat } from '../../base/config.ts';
import { type Field, f, type Resolved } from '../../base/field/field.ts';
import { add, cast, multiply, reshape } from '../../ops/index.ts';
import { type Tensor, tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

type Numbers = number | readonly number[];
const isNumbers = (v: unknown): v is Numbers =>
  typeof v === 'number' || (Array.isArray(v) && v.every((n) => typeof n === 'number'));
const numbers = { expects: 'a number or an array of numbers', check: isNumbers, parse: (v: Numbers): Numbers => v };
const scaleField: Field<Numbers, Numbers, true> = f.custom<Numbers, Numbers>(numbers);

const fields = {
  /** Factor; one for all, or one for each channel. */
  scale: scaleField,
  /** What is added; one for all, or one for each channel. */
  offset: f.custom<Numbers, Numbers>({ ...numbers, initial: 0 }),
};

export interface Rescaling extends Resolved<typeof fields> {}
/** `x · scale + offset`. @example new Rescaling({ scale: 1 / 255 })(images) @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/ */
export class Rescaling extends Layer<typeof fields> {
  static override readonly className = 'Rescaling';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor): Tensor {
    const x = cast(inputs, this.computeDtype);
    return add(multiply(x, this.#spread(this.scale, x)), this.#spread(this.offset, x));
  }
  #spread(value: Numbers, x: Tensor): Tensor | number {
    if (typeof value === 'number') return value;
    const vector = tensor([...value], { dtype: this.computeDtype });
    if (imageDataFormat() === 'channels_last' || x.shape.length < 4) return vector;
    return reshape(vector, [value.length, ...new Array<number>(x.shape.length - 2).fill(1)]);
  }
}
