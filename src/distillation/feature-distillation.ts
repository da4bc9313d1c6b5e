import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Config } from '../base/registry/serialize.ts';
import type { Tree } from '../base/tree.ts';
import type { Model } from '../models/index.ts';
import type { Tensor } from '../tensor/index.ts';
import {
  DistillationLoss,
  type DistilledLosses,
  lossesOf,
  type PartLoss,
  sumOfParts,
  writtenLosses,
} from './distillation-loss.ts';

/** Options of `FeatureDistillation`. */
export interface FeatureDistillationOptions {
  /** What compares the outputs of the layers. */
  readonly loss?: DistilledLosses;
  /** The teacher's layer; its last output when null. */
  readonly teacherLayerName?: string | null;
  /** The student's layer; its last output when null. */
  readonly studentLayerName?: string | null;
}
const names: OptionNames<FeatureDistillationOptions> = { loss: true, teacherLayerName: true, studentLayerName: true };

/**
 * Compares the outputs of a layer of each model.
 * @example new keras.distillation.FeatureDistillation({ loss: 'mse', teacherLayerName: 'dense_3', studentLayerName: 'dense_1' })
 */
export class FeatureDistillation extends DistillationLoss {
  static override readonly className = 'FeatureDistillation';
  override readonly teacherLayerName: string | null;
  override readonly studentLayerName: string | null;
  readonly loss: Tree<PartLoss>;

  constructor(options: FeatureDistillationOptions = {}, ...surplus: undefined[]) {
    const {
      loss = 'mse',
      teacherLayerName = null,
      studentLayerName = null,
    } = optionsOf('FeatureDistillation', names, options, surplus);
    super();
    this.loss = lossesOf('FeatureDistillation', loss);
    this.teacherLayerName = teacherLayerName;
    this.studentLayerName = studentLayerName;
  }
  computeLoss(teacherOutputs: Tree<Tensor>, studentOutputs: Tree<Tensor>): Tensor {
    return sumOfParts('FeatureDistillation', this.loss, teacherOutputs, studentOutputs, (loss, t, s) => loss(t, s));
  }
  override validateModelCompatibility(teacher: Model<any>, student: Model<any>): void {
    const { teacherLayerName, studentLayerName } = this;
    if (teacherLayerName === null && studentLayerName === null) return;
    const without = [teacher, student].find((model) => !model.inputs);
    if (without)
      fail(
        'FeatureDistillation',
        `${without} has no inputs that are known: the outputs of its layers cannot be taken`,
        'give functional or Sequential models, or leave the names of layers out',
      );
    if (teacherLayerName !== null) teacher.getLayer(teacherLayerName);
    if (studentLayerName !== null) student.getLayer(studentLayerName);
  }
  getConfig(): Config {
    const { loss, teacherLayerName, studentLayerName } = this;
    return { loss: writtenLosses(loss), teacher_layer_name: teacherLayerName, student_layer_name: studentLayerName };
  }
  /** A loss from what `getConfig` returned. */
  static fromConfig({ loss, teacher_layer_name, student_layer_name }: Config): FeatureDistillation {
    return new FeatureDistillation({
      loss: loss as DistilledLosses,
      teacherLayerName: (teacher_layer_name ?? null) as string | null,
      studentLayerName: (student_layer_name ?? null) as string | null,
    });
  }

  static {
    exactMethods(this);
  }
}
