import { fail } from '../base/errors.ts';
import { refuseBeside } from '../base/options.ts';

/**
 * Training a model divided over devices is not supported; the constructor refuses with advice. Save the model and train
 * it with Keras on JAX, whose `ModelParallel` reads the same file.
 * @see https://keras.io/api/distribution/model_parallel/
 */
export class ModelParallel {
  constructor(...surplus: undefined[]) {
    refuseBeside('ModelParallel', surplus);
    fail(
      'ModelParallel',
      'a model that is cut over devices is not trained here: each process holds the whole model',
      'use DataParallel where a model fits into one process; else hand it over to Keras on JAX: npx hornbeam handoff model.keras --out folder (docs/cli.md)',
    );
  }
}
