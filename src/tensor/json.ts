import { Tensor } from '../ir/tensor.ts';
import type { Nested } from './like.ts';
import { dataSync, nest, refuse } from './read.ts';

declare module '../ir/tensor.ts' {
  interface Tensor {
    /** The elements as nested arrays, for `JSON.stringify`; on devices that cannot be read at once: `await t.array()`. */
    toJSON(): Nested;
  }
}

Object.defineProperty(Tensor.prototype, 'toJSON', {
  value(this: Tensor): Nested {
    if (this.strings) return nest(this, this.strings) as Nested;
    return this.storage || this.parts ? nest(this, dataSync(this, 'JSON.stringify')) : refuse(this, 'JSON.stringify');
  },
  configurable: true,
});
