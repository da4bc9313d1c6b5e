import { registerModule, type SerializableClass } from '../base/registry/serialize.ts';
import { Distiller } from './distiller.ts';
import { FeatureDistillation } from './feature-distillation.ts';
import { LogitsDistillation } from './logits-distillation.ts';

export { DistillationLoss, type DistilledLosses } from './distillation-loss.ts';
export type { DistillerOptions } from './distiller.ts';
export type { FeatureDistillationOptions } from './feature-distillation.ts';
export type { LogitsDistillationOptions } from './logits-distillation.ts';
export { Distiller, FeatureDistillation, LogitsDistillation };

registerModule('keras.distillation', [Distiller, FeatureDistillation, LogitsDistillation] as SerializableClass[]);
