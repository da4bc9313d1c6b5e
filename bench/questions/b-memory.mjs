import { batches } from '../models/data.mjs';
import { prepare } from '../models/hornbeam.mjs';

export const question =
  'Do 1,000 training steps end with the bytes they began with (bytes on the device that came to be)?';
export const unit = 'bytes';
export const single = true;
export const cases = ['tiny', 'mlp'].map((name) => ({
  name,
  hornbeam({ keras, bytesInUse }) {
    const { model, x, y } = prepare(keras, name, batches[name]());
    return async () => {
      for (let n = 0; n < 3; n++) await model.trainOnBatch(x, y);
      const before = bytesInUse();
      for (let n = 0; n < 1000; n++) await model.trainOnBatch(x, y);
      return bytesInUse() - before;
    };
  },
}));
