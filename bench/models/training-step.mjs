import { batches } from './data.mjs';
import { prepare as prepareHornbeam } from './hornbeam.mjs';
import { prepare as prepareJax } from './jax.mjs';
import { prepare as prepareTf } from './tfjs.mjs';

/** A case: a training step of the model by `trainOnBatch`; `peers` may say why one cannot do it. */
export const trainingStep = (model, peers = {}) => ({
  name: 'trainOnBatch',
  hornbeam({ keras }) {
    const { model: built, x, y } = prepareHornbeam(keras, model, batches[model]());
    return () => built.trainOnBatch(x, y);
  },
  tfjs: (tf) => prepareTf(tf, model, batches[model]()),
  jax: (jax) => prepareJax(jax, model, batches[model]()),
  ...peers,
});

export const noFilterGradient = 'its WASM backend has no gradient of a convolution with respect to the filter.';
export const slowConvolution = 'left out: at its speed of convolution a step takes minutes.';
