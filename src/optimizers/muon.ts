import { f } from '../base/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { approach, correctedRate } from './adam.ts';
import { Optimizer } from './optimizer.ts';
import { assignSub } from './slots.ts';

const fields = {
  adamBeta1: f.number({ initial: 0.9 }),
  adamBeta2: f.number({ initial: 0.999 }),
  epsilon: f.number({ initial: 1e-7 }),
  /** Patterns of paths of variables that Adam moves. */
  excludeLayers: f.custom<readonly string[] | null, readonly string[]>({
    expects: 'an array of strings or null',
    check: (v): v is readonly string[] | null =>
      v === null || (Array.isArray(v) && v.every((x) => typeof x === 'string')),
    parse: (v) => v ?? [],
    initial: null,
  }),
  muonA: f.number({ initial: 3.4445 }),
  muonB: f.number({ initial: -4.775 }),
  muonC: f.number({ initial: 2.0315 }),
  /** Learning rate of Adam's part, relative to that of the matrices. */
  adamLrRatio: f.number({ initial: 1 }),
  momentum: f.number({ initial: 0.95 }),
  nsSteps: f.int({ initial: 5, min: 0 }),
  nesterov: f.bool(true),
  excludeEmbeddings: f.bool(true),
  adamWeightDecay: f.nullable(f.number(), 0.004),
  /** Root mean square that updates have; null leaves them as they are. */
  rmsRate: f.nullable(f.number(), 0.2),
};
/** Momentum made orthogonal for matrices, Adam for everything else (Jordan et al., 2024). */
export class Muon extends Optimizer<typeof fields> {
  static override readonly className = 'Muon';
  static override readonly fields = fields;
  static override readonly defaults = { weightDecay: 0.004 };

  private usesAdam({ shape, path }: Variable): boolean {
    const { excludeEmbeddings, excludeLayers } = this.config;
    return (
      shape.length !== 2 ||
      (excludeEmbeddings && path.toLowerCase().includes('embedding')) ||
      excludeLayers.some((pattern) => new RegExp(pattern).test(path))
    );
  }
  protected override makeSlots(variables: readonly Variable[]): void {
    for (const v of variables) this.addSlots([v], this.usesAdam(v) ? ['momentum', 'velocity'] : ['momentum']);
  }
  protected override decayOf(variable: Variable): number | null {
    return this.usesAdam(variable) ? this.config.adamWeightDecay : this.common.weightDecay;
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    if (this.hasSlot(variable, 'velocity')) this.adamStep(gradient, variable, learningRate);
    else this.muonStep(gradient, variable, learningRate);
  }
  private muonStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { momentum, nesterov, rmsRate } = this.config;
    const m = this.slot(variable, 'momentum');
    m.assign(ops.add(m.value, ops.add(gradient, ops.multiply(m.value, momentum - 1))));
    const direction = nesterov ? ops.add(gradient, ops.multiply(m.value, momentum)) : m.value;
    const update = ops.multiply(this.orthogonalised(direction), learningRate);
    const factor = rmsRate === null ? 1 : Math.sqrt(Math.max(...variable.shape)) * rmsRate;
    assignSub(variable, ops.multiply(update, factor));
  }
  /** The nearest orthogonal matrix, roughly: a few steps of a Newton-Schulz iteration. */
  private orthogonalised(x: Tensor): Tensor {
    const { muonA, muonB, muonC, nsSteps } = this.config;
    const isTall = x.shape[0]! > x.shape[1]!;
    const wide = isTall ? ops.transpose(x) : x;
    const length = ops.sqrt(ops.sum(ops.square(wide)));
    let y = ops.divide(wide, ops.add(length, 1e-7));
    for (let k = 0; k < nsSteps; k++) {
      const a = ops.matmul(y, ops.transpose(y));
      const b = ops.add(ops.multiply(a, muonB), ops.matmul(ops.multiply(a, muonC), a));
      y = ops.add(ops.multiply(y, muonA), ops.matmul(b, y));
    }
    return isTall ? ops.transpose(y) : y;
  }
  private adamStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { adamBeta1, adamBeta2, epsilon, adamLrRatio } = this.config;
    const [m, v] = [this.slot(variable, 'momentum'), this.slot(variable, 'velocity')];
    const rate = ops.multiply(learningRate, adamLrRatio);
    const alpha = correctedRate(rate, this.localStep(variable), adamBeta1, adamBeta2);
    approach(m, gradient, 1 - adamBeta1);
    approach(v, ops.square(gradient), 1 - adamBeta2);
    assignSub(variable, ops.divide(ops.multiply(m.value, alpha), ops.add(ops.sqrt(v.value), epsilon)));
  }
}
