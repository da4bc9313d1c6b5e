import { batches } from '../models/data.mjs';
import { prepare } from '../models/hornbeam.mjs';

export const question = 'How long does the first training step of a model take (trace, differentiate, compile, run)?';
/** Each is measured on a new model in the same process: the first is cold, the others find compiled JavaScript. */
export const single = true;
export const cases = ['tiny', 'mlp', 'resnet20', 'cspmish', 'transformer'].map((name) => ({
  name,
  hornbeam({ keras }) {
    const { model, x, y } = prepare(keras, name, batches[name]());
    return async () => {
      const start = performance.now();
      await model.trainOnBatch(x, y);
      const first = performance.now() - start;
      const again = performance.now();
      await model.trainOnBatch(x, y);
      return first - (performance.now() - again);
    };
  },
}));
