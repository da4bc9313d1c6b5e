import { gradients } from '../tensor/index.ts';
import type { StepBatch, StepLogs } from './step-types.ts';
import { forward } from './trainable.ts';
import type { Trainer } from './trainer.ts';

type AnyBatch = StepBatch<unknown, unknown, unknown>;

/** What `model.trainStep` does unless a class says otherwise: one update by the gradients of the loss of a batch. */
export function trainStep(trainer: Trainer, { x, y, sampleWeight, size }: AnyBatch): StepLogs {
  const { model } = trainer;
  const { optimizer } = trainer.requireCompiled('training');
  const variables = model.trainableVariables;
  const values = variables.map((v) => v.read());
  const { aux, gradients: slopes } = gradients(() => {
    const yPred = model[forward](x, true);
    const loss = model.computeLoss({ x, y, yPred, sampleWeight, training: true });
    return [optimizer.scaleLoss(loss), { yPred, loss }];
  }, variables);
  // As in Keras, a step changes trainable variables by their gradients alone: what `call` assigned to them is dropped.
  variables.forEach((v, k) => {
    if (v.read() !== values[k]) v.assign(values[k]!);
  });
  if (variables.length > 0) optimizer.apply(slopes, variables);
  trainer.trackLoss(aux.loss, size);
  return model.computeMetrics({ x, y, yPred: aux.yPred, sampleWeight });
}

/** What `model.testStep` does unless a class says otherwise: loss and metrics of a batch. */
export function testStep(trainer: Trainer, { x, y, sampleWeight, size }: AnyBatch): StepLogs {
  const { model } = trainer;
  const yPred = model[forward](x, false);
  trainer.trackLoss(model.computeLoss({ x, y, yPred, sampleWeight, training: false }), size);
  return model.computeMetrics({ x, y, yPred, sampleWeight });
}
