import { batches } from '../models/data.mjs';
import { prepare } from '../models/hornbeam.mjs';
import { trainingStep } from '../models/training-step.mjs';

export const question =
  'How much does a training step cost when there is almost nothing to compute (8-32-32-10 tanh, batch 32)?';

const steps = 500;
const step = trainingStep('tiny');
export const cases = [
  step,
  {
    ...step,
    name: `per step inside fit, epochs of ${steps} steps (the peers: as above)`,
    callsPerRun: steps,
    hornbeam({ keras }) {
      const data = batches.tiny();
      const { model, x, y } = prepare(keras, 'tiny', { ...data, copies: steps });
      return () => model.fit(x, y, { batchSize: data.batch, verbose: 0 });
    },
    tfjs: (tf) => repeated(step.tfjs(tf)),
    jax: (jax) => repeated(step.jax(jax)),
  },
];

const repeated = (run) => async () => {
  for (let n = 0; n < steps; n++) await run();
};
