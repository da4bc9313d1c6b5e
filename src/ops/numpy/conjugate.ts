import { complex } from '../../ir/complex.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { neg } from '../../primitives/elementwise.ts';

/** The complex conjugate; real tensors are their own. */
export const conjugateOf = (x: Tensor): Tensor => (x.parts ? complex(x.parts[0], neg(x.parts[1])) : x);
