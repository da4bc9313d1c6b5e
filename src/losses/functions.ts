import { table } from '../base/table.ts';
import { circle } from './circle.ts';
import { ctc } from './ctc.ts';
import { categoricalHinge, hinge, squaredHinge } from './hinge.ts';
import { dice, tversky } from './overlap.ts';
import * as probabilistic from './probabilistic.ts';
import * as regression from './regression.ts';

/** The functions by the names that configs and `compile` use. */
export const lossFunctions = table({
  binary_crossentropy: probabilistic.binaryCrossentropy,
  binary_focal_crossentropy: probabilistic.binaryFocalCrossentropy,
  categorical_crossentropy: probabilistic.categoricalCrossentropy,
  categorical_focal_crossentropy: probabilistic.categoricalFocalCrossentropy,
  categorical_hinge: categoricalHinge,
  circle,
  cosine_similarity: regression.cosineSimilarity,
  ctc,
  dice,
  hinge,
  huber: regression.huber,
  kl_divergence: probabilistic.klDivergence,
  log_cosh: regression.logCosh,
  mean_absolute_error: regression.meanAbsoluteError,
  mean_absolute_percentage_error: regression.meanAbsolutePercentageError,
  mean_squared_error: regression.meanSquaredError,
  mean_squared_logarithmic_error: regression.meanSquaredLogarithmicError,
  poisson: probabilistic.poisson,
  sparse_categorical_crossentropy: probabilistic.sparseCategoricalCrossentropy,
  squared_hinge: squaredHinge,
  tversky,
} satisfies Readonly<Record<string, unknown>>);
