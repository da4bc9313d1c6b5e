import type { Resolved } from '../../base/field/field.ts';
import type { Shape } from '../../base/shape.ts';
import type { Variable } from '../../tensor/index.ts';
import type { AnyLayer } from '../layer/layer.ts';
import type { affineFields } from './fields.ts';

interface Affine extends Resolved<typeof affineFields>, Pick<AnyLayer, 'addWeight'> {
  gamma: Variable | null;
  beta: Variable | null;
}

/** Makes the weights `gamma` and `beta` that the options ask for. */
export function buildAffine(layer: Affine, shape: Shape): void {
  if (layer.scale)
    layer.gamma = layer.addWeight({
      name: 'gamma',
      shape,
      initializer: layer.gammaInitializer,
      regularizer: layer.gammaRegularizer,
      constraint: layer.gammaConstraint,
    });
  if (layer.center)
    layer.beta = layer.addWeight({
      name: 'beta',
      shape,
      initializer: layer.betaInitializer,
      regularizer: layer.betaRegularizer,
      constraint: layer.betaConstraint,
    });
}
