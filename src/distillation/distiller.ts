import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { type Config, deserializeObject, serializeObject } from '../base/registry/serialize.ts';
import { leavesOf, type Tree } from '../base/tree.ts';
import type { CallOptions } from '../layers/layer/call-context.ts';
import type { LayerOptions } from '../layers/layer/layer.ts';
import { Mean } from '../metrics/index.ts';
import { Model } from '../models/index.ts';
import { add, mean, multiply, stack, sum, zeros } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import type { CompileOptions } from '../training/compile.ts';
import { type LossInputs, lossInputs } from '../training/step-types.ts';
import { DistillationLoss, type DistilledLosses, lossesOf, type PartLoss } from './distillation-loss.ts';
import { featuresOf } from './features.ts';
import { requireLike } from './require-like.ts';

/** Options of `Distiller`. */
export interface DistillerOptions extends LayerOptions {
  /** A trained model, which is frozen. */
  readonly teacher: Model<any>;
  /** The model that learns. */
  readonly student: Model<any>;
  /** What the student is told by the teacher: one loss or several. */
  readonly distillationLosses: DistillationLoss | readonly DistillationLoss[];
  /** Factors of several losses; 1 each by default. */
  readonly distillationLossWeights?: readonly number[] | null;
  /** Fraction of the student's own loss in the total, from 0 to 1. */
  readonly studentLossWeight?: number;
}
const names: OptionNames<DistillerOptions> = {
  teacher: true,
  student: true,
  distillationLosses: true,
  distillationLossWeights: true,
  studentLossWeight: true,
  name: true,
  trainable: true,
  dtype: true,
  autocast: true,
  activityRegularizer: true,
};

/**
 * Trains a student on labels and on what a frozen teacher says: `studentLossWeight · own loss + (1 - studentLossWeight) · Σ
 * distillation losses`. Compile it with the student's loss; afterwards use `student` by itself. Sample weights count in weighted
 * metrics only, as in Keras.
 * @see https://keras.io/api/distillation/distiller/
 */
export class Distiller extends Model<any> {
  static override readonly className = 'Distiller';
  readonly teacher: Model<any>;
  readonly student: Model<any>;
  readonly distillationLosses: readonly DistillationLoss[];
  readonly distillationLossWeights: readonly number[];
  readonly studentLossWeight: number;
  /** Mean over the epoch of the student's own loss on the labels, before it is weighted. */
  readonly studentLossTracker = new Mean({ name: 'student_loss' });
  /** Mean over the epoch of the weighted sum of the distillation losses. */
  readonly distillationLossTracker = new Mean({ name: 'distillation_loss' });
  /** Mean over the epoch of the loss that is minimised. */
  readonly totalLossTracker = new Mean({ name: 'total_loss' });
  readonly #teach: ReturnType<typeof featuresOf>;
  readonly #learn: ReturnType<typeof featuresOf>;
  #studentLoss: Tree<PartLoss> = null;

  constructor(options: DistillerOptions, ...surplus: undefined[]) {
    const {
      teacher,
      student,
      distillationLosses,
      distillationLossWeights = null,
      studentLossWeight = 0.5,
      name = 'distiller',
      ...rest
    } = optionsOf('Distiller', names, options);
    super({ name, ...rest }, ...surplus);
    for (const [role, model] of Object.entries({ teacher, student }))
      if (!(model instanceof Model)) fail(this, `the ${role} is no model`, `give ${role}: a Model or Sequential`);
    requireLike(teacher, student);
    if (!(studentLossWeight >= 0 && studentLossWeight <= 1))
      fail(this, `studentLossWeight is ${String(studentLossWeight)}`, 'give a number from 0 to 1');
    const losses = distillationLosses instanceof DistillationLoss ? [distillationLosses] : distillationLosses;
    if (!Array.isArray(losses) || !losses.every((loss) => loss instanceof DistillationLoss))
      fail(this, 'distillationLosses are no distillation losses', 'give e.g. new LogitsDistillation(), or a list');
    const weights = distillationLossWeights ?? losses.map(() => 1);
    if (weights.length !== losses.length)
      fail(this, `${weights.length} distillationLossWeights do not fit ${losses.length} losses`, 'give one for each');
    for (const loss of losses) loss.validateModelCompatibility(teacher, student);
    this.teacher = teacher;
    this.student = student;
    this.distillationLosses = losses;
    this.distillationLossWeights = weights;
    this.studentLossWeight = studentLossWeight;
    const layersOf = (key: 'teacherLayerName' | 'studentLayerName'): string[] => [
      ...new Set(losses.flatMap((loss) => loss[key] ?? [])),
    ];
    this.#teach = featuresOf(teacher, layersOf('teacherLayerName'));
    this.#learn = featuresOf(student, layersOf('studentLayerName'));
    teacher.trainable = false;
  }

  override compile(options: CompileOptions = {}): void {
    const { optimizer = 'adam', loss, ...rest } = options;
    super.compile({ optimizer, ...rest });
    if (loss === undefined || loss === null)
      fail(
        this,
        'it has no loss for the student',
        "compile it with one, e.g. { loss: 'sparse_categorical_crossentropy' }",
      );
    this.#studentLoss = lossesOf('Distiller', loss as DistilledLosses);
  }
  override call(inputs: any, options: CallOptions = {}): any {
    return this.student(inputs, options.training === undefined ? {} : { training: options.training });
  }
  /** The loss of the student by itself, a scalar. */
  #ownLoss(y: unknown, yPred: Tree<Tensor>): Tensor {
    const [labels, predictions] = [leavesOf(y as Tree<Tensor>), leavesOf(yPred)];
    const own = leavesOf<PartLoss>(this.#studentLoss).map((loss, k) => loss!(labels[k], predictions[k]));
    const whole = own.length > 1 ? sum(stack(own)) : own[0];
    return mean(whole);
  }
  /** The sum of the distillation losses with their weights. */
  #taughtLoss(x: unknown, yPred: Tree<Tensor>): Tensor {
    const teacher = this.#teach(x, false);
    const asksForLayers = this.distillationLosses.some((loss) => loss.studentLayerName !== null);
    const student = asksForLayers ? this.#learn(x, true) : { output: yPred, byLayer: {} };
    const of = ({ output, byLayer }: typeof student, layer: string | null): Tree<Tensor> =>
      layer === null ? output : (byLayer as Record<string, Tree<Tensor>>)[layer];
    return this.distillationLosses.reduce<Tensor>((total, loss, k) => {
      const isOfTeacher = loss.teacherLayerName !== null;
      const taught = of(teacher, loss.teacherLayerName);
      const learnt = isOfTeacher ? of(student, loss.studentLayerName) : yPred;
      loss.validateOutputs(taught, learnt);
      const value = loss.computeLoss(taught, learnt);
      if (value.shape.length > 0)
        fail(
          this,
          `${loss.constructor.name} gave a loss of rank ${value.shape.length}`,
          'let computeLoss give a scalar',
        );
      return add(total, multiply(value, this.distillationLossWeights[k]));
    }, zeros([]));
  }
  override computeLoss(inputs: LossInputs<any, any, any, any>): Tensor {
    const { x, y, yPred: given, training = true } = optionsOf(this, lossInputs, inputs);
    const yPred = given ?? this(x, { training });
    const share = this.studentLossWeight;
    const own = share > 0 && y !== undefined && y !== null ? this.#ownLoss(y, yPred) : zeros([]);
    const taught = share < 1 ? this.#taughtLoss(x, yPred) : zeros([]);
    const total = add(multiply(own, share), multiply(taught, 1 - share));
    this.studentLossTracker.updateState(own);
    this.distillationLossTracker.updateState(taught);
    this.totalLossTracker.updateState(total);
    return total;
  }
  override getConfig(): Config {
    return {
      ...super.getConfig(),
      teacher: serializeObject(this.teacher),
      student: serializeObject(this.student),
      distillation_losses: this.distillationLosses.map((loss) => serializeObject(loss)),
      distillation_loss_weights: this.distillationLossWeights,
      student_loss_weight: this.studentLossWeight,
    };
  }
  static override fromConfig(config: Config): Distiller {
    const { teacher, student, distillation_losses, distillation_loss_weights, student_loss_weight } = config;
    return new Distiller({
      name: config['name'] as string,
      trainable: config['trainable'] !== false,
      teacher: deserializeObject(teacher) as Model,
      student: deserializeObject(student) as Model,
      distillationLosses: deserializeObject(distillation_losses) as DistillationLoss[],
      distillationLossWeights: distillation_loss_weights as number[],
      studentLossWeight: student_loss_weight as number,
    });
  }

  static {
    exactMethods<Distiller>(this, { compile: 1 });
  }
}
