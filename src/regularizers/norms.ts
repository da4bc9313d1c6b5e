import { type Field, f, type Resolved } from '../base/field/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { Regularizer } from './regularizer.ts';

/** A factor, which null sets to its default. `isRounded`: configs hold it as a float32, as Keras writes it. */
export const factorField = (
  initial: number,
  { isRounded = false, key }: { isRounded?: boolean; key?: string } = {},
): Field<number | null, number, false> =>
  f.custom<number | null, number>({
    expects: 'a finite number >= 0',
    check: (v): v is number | null => v === null || (typeof v === 'number' && v >= 0 && v < Infinity),
    parse: (v) => v ?? initial,
    toDisk: (v) => (isRounded ? Math.fround(v) : v),
    initial,
    isFloat: true,
    ...(key !== undefined && { key }),
  });
const l1Of = (x: Tensor, factor: number): Tensor => ops.multiply(ops.sum(ops.absolute(x)), factor);
const l2Of = (x: Tensor, factor: number): Tensor => ops.multiply(ops.sum(ops.square(x)), factor);

const l1Fields = {
  /** Factor of the sum of absolute values; 0.01 by default. */
  l1: factorField(0.01, { isRounded: true, key: 'l1' }),
};
/** `l1 · Σ|x|`. */
export class L1 extends Regularizer<typeof l1Fields> {
  static override readonly className = 'L1';
  static override readonly fields = l1Fields;
  penalty(x: Tensor): Tensor {
    return l1Of(x, this.config.l1);
  }
}
export interface L1 extends Resolved<typeof l1Fields> {}
const l2Fields = {
  /** Factor of the sum of squares; 0.01 by default. */
  l2: factorField(0.01, { key: 'l2' }),
};
/** `l2 · Σx²`. */
export class L2 extends Regularizer<typeof l2Fields> {
  static override readonly className = 'L2';
  static override readonly fields = l2Fields;
  penalty(x: Tensor): Tensor {
    return l2Of(x, this.config.l2);
  }
}
export interface L2 extends Resolved<typeof l2Fields> {}
const l1l2Fields = {
  /** Factor of the sum of absolute values; 0 by default. */
  l1: factorField(0, { key: 'l1' }),
  /** Factor of the sum of squares; 0 by default. */
  l2: factorField(0, { key: 'l2' }),
};
/** `l1 · Σ|x| + l2 · Σx²`. */
export class L1L2 extends Regularizer<typeof l1l2Fields> {
  static override readonly className = 'L1L2';
  static override readonly fields = l1l2Fields;
  penalty(x: Tensor): Tensor {
    const { l1, l2 } = this.config;
    const parts = [...(l1 !== 0 ? [l1Of(x, l1)] : []), ...(l2 !== 0 ? [l2Of(x, l2)] : [])];
    return parts.length === 0 ? ops.zeros([], { dtype: x.dtype }) : parts.reduce((a, b) => ops.add(a, b));
  }
}
export interface L1L2 extends Resolved<typeof l1l2Fields> {}
