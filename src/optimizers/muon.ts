import { f } from '../base/field/field.ts';
import { add, divide, matmul, multiply, sqrt, square, subtract, sum, swapaxes } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { adamStep } from './adam.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

const strings = f.custom<readonly string[] | null, readonly string[]>({
  expects: 'an array of strings',
  check: (v): v is readonly string[] | null =>
    v === null || (Array.isArray(v) && v.every((x) => typeof x === 'string')),
  parse: (v) => [...(v ?? [])],
  initial: null,
});
const fields = {
  ...optimizerFields,
  /** Fraction that each update subtracts from the weights that Muon updates; 0.004 by default. */
  weightDecay: f.nullable(f.number(), 0.004),
  /** Decay of the first moment of those that Adam updates; 0.9 by default. */
  adamBeta1: f.number({ initial: 0.9, key: 'adam_beta_1' }),
  /** Decay of their second moment; 0.999 by default. */
  adamBeta2: f.number({ initial: 0.999, key: 'adam_beta_2' }),
  /** Keeps divisors away from zero; 1e-7 by default. */
  epsilon: f.number({ initial: 1e-7 }),
  /** Patterns of paths that AdamW trains. */
  excludeLayers: strings,
  /** First coefficient of the Newton-Schulz polynomial; 3.4445 by default. */
  muonA: f.number({ initial: 3.4445, key: 'muon_a' }),
  /** Second coefficient of the polynomial; -4.775 by default. */
  muonB: f.number({ initial: -4.775, key: 'muon_b' }),
  /** Third coefficient of the polynomial; 2.0315 by default. */
  muonC: f.number({ initial: 2.0315, key: 'muon_c' }),
  /** AdamW's rate, as a share of Muon's. */
  adamLrRatio: f.number({ initial: 1 }),
  /** Weight of the previous direction; 0.95 by default. */
  momentum: f.number({ initial: 0.95 }),
  /** Iterations of Newton and Schulz. */
  nsSteps: f.int({ initial: 5, min: 0 }),
  /** Whether the momentum looks ahead, as Nesterov's; true by default. */
  nesterov: f.bool(true),
  /** Whether variables with "embedding" in their path are left to AdamW. */
  excludeEmbeddings: f.bool(true),
  /** Fraction that each update subtracts from the weights that Adam updates; 0.004 by default. */
  adamWeightDecay: f.nullable(f.number(), 0.004),
  /** Scale of the steps: `rmsRate · √(largest side)`. */
  rmsRate: f.nullable(f.number(), 0.2),
};

/** Makes the momentum of matrices orthogonal before the step, and leaves all other variables to AdamW (Jordan et al., 2024). @see https://keras.io/api/optimizers/muon/ */
export class Muon extends Optimizer<typeof fields> {
  static override readonly className = 'Muon';
  static override readonly fields = fields;

  #isAdams({ shape, path }: Variable): boolean {
    const { excludeEmbeddings, excludeLayers } = this.config;
    return (
      shape.length !== 2 ||
      (excludeEmbeddings && path.toLowerCase().includes('embedding')) ||
      excludeLayers.some((pattern) => new RegExp(pattern).test(path))
    );
  }
  protected override slotsOf(variable: Variable) {
    return [this.#isAdams(variable) ? ['momentum', 'velocity'] : ['momentum']];
  }
  protected override decayOf(variable: Variable): number | null {
    return this.#isAdams(variable) ? this.config.adamWeightDecay : this.config.weightDecay;
  }
  protected override update(update: Update): void {
    const { adamBeta1: beta1, adamBeta2: beta2, epsilon, adamLrRatio, momentum, nesterov, rmsRate } = this.config;
    const { gradient, variable, learningRate, slots } = update;
    if (slots['velocity']) {
      adamStep({ ...update, learningRate: multiply(learningRate, adamLrRatio) }, { beta1, beta2, epsilon });
      return;
    }
    const slot = slots['momentum'];
    const m = slot.assign(add(slot.read(), add(gradient, multiply(slot.read(), momentum - 1))));
    const direction = this.#orthogonal(nesterov ? add(gradient, multiply(m, momentum)) : m);
    const scale = rmsRate === null ? 1 : Math.sqrt(Math.max(...variable.shape)) * rmsRate;
    variable.assign(subtract(variable.read(), multiply(direction, multiply(learningRate, scale))));
  }
  /** `U Vᵀ` of the singular value decomposition, nearly: iterates `x ← a x + (b x xᵀ + c (x xᵀ)²) x`. */
  #orthogonal(matrix: Tensor): Tensor {
    const { muonA, muonB, muonC, nsSteps } = this.config;
    const isTall = matrix.shape[0] > matrix.shape[1];
    const turned = (x: Tensor): Tensor => swapaxes(x, 0, 1);
    let x = isTall ? turned(matrix) : matrix;
    x = divide(x, add(sqrt(sum(square(x))), 1e-7));
    for (let k = 0; k < nsSteps; k++) {
      const products = matmul(x, turned(x));
      const polynomial = add(multiply(products, muonB), multiply(matmul(products, products), muonC));
      x = add(multiply(x, muonA), matmul(polynomial, x));
    }
    return isTall ? turned(x) : x;
  }
}
export interface Muon extends OptimizerAttributes<typeof fields> {}
