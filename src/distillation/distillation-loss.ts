import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type Config, isSerializedObject } from '../base/registry/serialize.ts';
import { isPlainObject, leavesOf, mapTree, type Tree } from '../base/tree.ts';
import * as losses from '../losses/index.ts';
import type { Model } from '../models/index.ts';
import { mean, stack, sum } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import * as tree from '../tree/index.ts';

/** One loss, or a nest of them in the form of what is compared; null leaves a part out. */
export type DistilledLosses = Tree<losses.LossLike | null>;
/** The loss of one part of the outputs. */
export type PartLoss = ReturnType<typeof losses.get>;

/**
 * What a student is told by its teacher: a loss between what the two models give. A class of one's own writes `computeLoss`.
 * @see https://keras.io/api/distillation/distillation_losses/
 */
export abstract class DistillationLoss {
  static readonly className: string = 'DistillationLoss';
  /** The layer of the teacher whose output is compared; null for the output of the whole teacher. */
  readonly teacherLayerName: string | null = null;
  /** The layer of the student whose output is compared; null for the output of the whole student. */
  readonly studentLayerName: string | null = null;

  /** The loss, a scalar. */
  abstract computeLoss(teacherOutputs: Tree<Tensor>, studentOutputs: Tree<Tensor>): Tensor;
  /** Its options as plain data, from which the class's `fromConfig` makes it again. */
  abstract getConfig(): Config;
  /** Refuses outputs that cannot be compared. */
  validateOutputs(teacherOutputs: Tree<Tensor>, studentOutputs: Tree<Tensor>): void {
    tree.assertSameStructure(teacherOutputs, studentOutputs);
  }
  /** Refuses models that it cannot compare. */
  validateModelCompatibility(_teacher: Model<any>, _student: Model<any>): void {}

  static {
    exactMethods<DistillationLoss>(this);
  }
}

/** The losses of an option; those in a config are made from it. */
export function lossesOf(who: string, given: DistilledLosses): Tree<PartLoss> {
  const isNest = Array.isArray(given) || (isPlainObject(given) && !isSerializedObject(given));
  const parts: Tree<PartLoss> = isNest
    ? mapNest(given as Tree<losses.LossLike | null>)
    : losses.get(given as losses.LossLike);
  if (leavesOf<PartLoss>(parts).every((part) => part === null))
    fail(who, 'it has no loss', "name one, e.g. loss: 'mse'; in a list null leaves a part out, but not all");
  return parts;
}
const mapNest = (nest: Tree<losses.LossLike | null>): Tree<PartLoss> => {
  if (Array.isArray(nest)) return nest.map(mapNest);
  if (isPlainObject(nest) && !isSerializedObject(nest))
    return Object.fromEntries(Object.entries(nest).map(([key, part]) => [key, mapNest(part as Tree<losses.LossLike>)]));
  return losses.get(nest as losses.LossLike | null) as Tree<PartLoss>;
};

/** The sum of the losses of all parts; `compare` gives that of one. */
export function sumOfParts(
  who: string,
  parts: Tree<PartLoss>,
  teacherOutputs: Tree<Tensor>,
  studentOutputs: Tree<Tensor>,
  compare: (loss: NonNullable<PartLoss>, teacher: Tensor, student: Tensor) => Tensor,
): Tensor {
  const [own, teacher, student] = [leavesOf<PartLoss>(parts), leavesOf(teacherOutputs), leavesOf(studentOutputs)];
  if (own.length !== teacher.length || own.length !== student.length)
    fail(
      who,
      `it has ${own.length} losses for ${teacher.length} outputs of the teacher and ${student.length} of the student`,
      'give one loss for each output, null for those left out',
    );
  const values = own.flatMap((loss, k) => (loss ? [mean(compare(loss, teacher[k], student[k]))] : []));
  return sum(stack(values));
}
/** Losses as a config holds them. */
export const writtenLosses = (parts: Tree<PartLoss>): unknown =>
  mapTree<PartLoss, unknown>(parts, (part) => losses.serialize(part));
