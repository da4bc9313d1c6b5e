import type { Device } from '../../src/devices/device.ts';
import * as keras from '../../src/index.ts';
import { currentDevice, useDevice } from '../../src/runtime/device.ts';
import { buildModel, compileModel } from './build.ts';
import { type ArrayData, batchOf, evenNumbers } from './data.ts';
import type { ModelDescription } from './description.ts';

/** What training leaves behind: numbers by name, of variables, of losses and metrics, and of a prediction. */
export type Outcome = ReadonlyMap<string, ArrayLike<number>>;

/** Steps that a trial takes. */
const stepCount = 3;

interface Batch {
  readonly x: readonly ArrayData[];
  readonly y: readonly ArrayData[];
}
/** A model to try, in any way that it is made. */
export interface Subject {
  readonly seed: number;
  readonly policy?: string | undefined;
  build(): keras.Model;
  /** Gives it a new optimizer, losses and metrics. */
  compile(model: keras.Model): void;
  /** The batch of a step, for outputs of these shapes. */
  batch(outputShapes: readonly (readonly number[])[], step: number): Batch;
  /** The same without its policy, in 32 bits. */
  readonly unrounded?: Subject | undefined;
}
/** The subject that is described. */
export const subjectOf = ({ policy, ...plain }: ModelDescription): Subject => {
  const description: ModelDescription = { ...plain, ...(policy !== undefined && { policy }) };
  return {
    seed: description.seed,
    policy: description.policy,
    build: () => buildModel(description),
    compile: (model) => compileModel(model, description),
    batch: (shapes, step) => batchOf(description, shapes, step),
    unrounded: policy === undefined ? undefined : subjectOf(plain),
  };
};

interface State {
  readonly variable: keras.Variable;
  readonly start: ArrayLike<number>;
}
export type Nudge = (value: number) => number;
interface TrainOptions {
  /** Moves weights and inputs by a rounding. */
  readonly nudge?: Nudge;
  /** Labels that are no whole numbers as well. */
  readonly nudgesLabels?: boolean;
  readonly predicts?: boolean;
}

/** A model that is trained again and again from the same beginning. */
export class TrialModel {
  private readonly subject: Subject;
  private readonly model: keras.Model;
  private readonly weights: readonly State[];
  private slots: readonly State[] = [];
  private compiledFor: Device | undefined;
  private readonly batches: readonly Batch[];

  private constructor(subject: Subject, model: keras.Model, weights: readonly State[]) {
    this.subject = subject;
    this.model = model;
    this.weights = weights;
    const shapes = model.outputs!.map(({ shape }) => [...shape]);
    this.batches = Array.from({ length: stepCount }, (_, step) => subject.batch(shapes, step));
  }
  /** Builds the model on the device. */
  static async on(device: Device, subject: Subject): Promise<TrialModel> {
    return onDevice(device, async () => {
      const model = subject.build();
      return new TrialModel(subject, model, await statesOf(model.variables));
    });
  }

  /** Three training steps and, on request, a prediction. A device that trained last runs the same compiled step again. */
  async train(device: Device, { nudge, predicts = false, nudgesLabels = false }: TrainOptions = {}): Promise<Outcome> {
    return onDevice(device, async () => {
      const { model } = this;
      if (this.compiledFor !== device) {
        restore(this.weights);
        this.subject.compile(model);
        model.optimizer!.build(model.trainableVariables);
        this.slots = await statesOf(model.optimizer!.variables);
        this.compiledFor = device;
      }
      restore(this.weights, nudge);
      restore(this.slots);
      model.resetMetrics();
      const outcome = new Map<string, ArrayLike<number>>();
      const tensors = (list: readonly ArrayData[], by?: Nudge) => list.map((data) => tensorOf(data, by));
      for (const [step, { x, y }] of this.batches.entries()) {
        const logs = await model.trainOnBatch(
          tensors(x, nudge) as never,
          tensors(y, nudgesLabels ? nudge : undefined) as never,
          { returnDict: true },
        );
        // Automatic names count on, so that places name things as well.
        for (const [k, [name, value]] of Object.entries(logs as Record<string, number>).entries())
          outcome.set(`step ${step + 1}, result ${k} (${plain(name)})`, [value]);
      }
      for (const [kind, states] of [
        ['weights', this.weights],
        ['optimizer variables', this.slots],
      ] as const)
        for (const [k, { variable }] of states.entries())
          outcome.set(
            // Counted from the last: the variables of a loss scale, which not every policy has, come first.
            `${kind} ${k - states.length} (${plain(variable.path.split('/').slice(-2).join('/'))})`,
            await variable.value.data(),
          );
      if (predicts) {
        const found = [await model.predictOnBatch(tensors(this.batches[0]!.x, nudge) as never)].flat();
        for (const [k, t] of (found as keras.Tensor[]).entries()) outcome.set(`prediction ${k}`, await t.data());
      }
      return outcome;
    });
  }
}

/** A name without the numbers that count on from model to model. */
const plain = (name: string): string => name.replace(/_\d+(?=\/|$|_)/g, '');

async function onDevice<R>(device: Device, f: () => Promise<R>): Promise<R> {
  const before = currentDevice();
  useDevice(device);
  try {
    return await f();
  } finally {
    useDevice(before);
  }
}
const statesOf = (variables: readonly keras.Variable[]): Promise<State[]> =>
  Promise.all(variables.map(async (variable) => ({ variable, start: await variable.value.data() })));

function restore(states: readonly State[], nudge?: Nudge): void {
  for (const { variable, start } of states) {
    const isFloat = variable.dtype.includes('float');
    const values = nudge && isFloat ? Array.from(start, nudge) : Array.from(start);
    variable.assign(keras.tensor(values, { shape: variable.shape as number[], dtype: variable.dtype }));
  }
}
function tensorOf({ data, shape }: ArrayData, nudge?: Nudge): keras.Tensor {
  const values = nudge && data instanceof Float32Array ? data.map(nudge) : data;
  return keras.tensor(values, { shape });
}

/** Moves numbers by as much as rounding at this precision does. */
export function nudgeBy(epsilon: number, seed: number): Nudge {
  const next = evenNumbers(seed);
  return (value) => value + (next() < 0.5 ? -epsilon : epsilon) * (Math.abs(value) + 0.1);
}
