import { gradients, type Tensor } from '../tensor/index.ts';
import type { Compiled } from './compile.ts';
import type { StepBatch, StepLogs } from './step-types.ts';
import { forward, type Trainable } from './trainable.ts';

/** What a step needs of the trainer it belongs to. */
export interface Stepping {
  readonly model: Trainable;
  requireCompiled(what: string): Pick<Compiled, 'optimizer'>;
  trackLoss(loss: Tensor, size: number): void;
}
type AnyBatch = StepBatch<unknown, unknown, unknown>;

/** The loss of a batch, what it was computed from, and its gradients. */
export function lossAndGradients(trainer: Stepping, { x, y, sampleWeight }: AnyBatch) {
  const { model } = trainer;
  const { optimizer } = trainer.requireCompiled('training');
  const variables = model.trainableVariables;
  const values = variables.map((v) => v.read());
  const { aux, gradients: slopes } = gradients(() => {
    const yPred = model[forward](x, true);
    const loss = model.computeLoss({ x, y, yPred, sampleWeight, training: true });
    return [optimizer.scaleLoss(loss), { yPred, loss }];
  }, variables);
  // As in Keras, a step changes trainable variables only through their gradients: assignments made in `call` are
  // dropped.
  variables.forEach((v, k) => {
    if (v.read() !== values[k]) v.assign(values[k]);
  });
  return { ...aux, slopes, variables, optimizer };
}
interface Judged {
  readonly loss: Tensor;
  readonly yPred: unknown;
}
/** Updates the running loss and the metrics with a batch. */
export function judge(trainer: Stepping, { x, y, sampleWeight, size }: AnyBatch, { loss, yPred }: Judged): StepLogs {
  trainer.trackLoss(loss, size);
  return trainer.model.computeMetrics({ x, y, yPred, sampleWeight });
}

/** The default `model.trainStep`: one update with the gradients of a batch's loss. */
export function trainStep(trainer: Stepping, batch: AnyBatch): StepLogs {
  const { slopes, variables, optimizer, ...judged } = lossAndGradients(trainer, batch);
  if (variables.length > 0) optimizer.apply(slopes, variables);
  return judge(trainer, batch, judged);
}
/** The default `model.testStep`: loss and metrics of a batch. */
export function testStep(trainer: Stepping, batch: AnyBatch): StepLogs {
  const { model } = trainer;
  const { x, y, sampleWeight } = batch;
  const yPred = model[forward](x, false);
  const loss = model.computeLoss({ x, y, yPred, sampleWeight, training: false });
  return judge(trainer, batch, { loss, yPred });
}
