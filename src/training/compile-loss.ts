import { blame, fail, type Named } from '../base/errors.ts';
import { isSerializedObject } from '../base/registry/serialize.ts';
import { type Shape, showShape } from '../base/shape.ts';
import { isPlainObject } from '../base/tree.ts';
import type { LabelValues } from '../data/label-values.ts';
import { maskOf } from '../layers/layer/masks.ts';
import { asLoss, resolveCrossentropy } from '../losses/as-loss.ts';
import * as losses from '../losses/index.ts';
import { Mean } from '../metrics/index.ts';
import { add, multiply } from '../ops/index.ts';
import { numbersInMemory } from '../runtime/host-tensor.ts';
import { Tensor } from '../tensor/index.ts';
import type { CompileOptions } from './compile.ts';
import type { Outputs } from './outputs.ts';

/** The losses of one output, which are summed. */
interface Part {
  readonly output: number;
  readonly losses: readonly { readonly loss: losses.Loss; readonly weight: number | undefined }[];
  /** Its running loss, if several outputs have one. */
  readonly tracker: Mean | undefined;
}

/** The compiled losses of a model: those of each output, weighted and summed. */
export class CompileLoss {
  private readonly owner: Named;
  private readonly options: CompileOptions;
  private outputs!: Outputs;
  private parts: readonly Part[] | undefined;
  private predictions: readonly { readonly shape: Shape; readonly isMasked: boolean }[] = [];

  constructor(owner: Named, options: CompileOptions) {
    this.owner = owner;
    this.options = options;
  }

  /** Running losses of the individual outputs, if there are several. */
  get metrics(): Mean[] {
    return this.parts?.flatMap(({ tracker }) => tracker ?? []) ?? [];
  }
  /** The outputs that have a loss. */
  get judged(): readonly number[] {
    return this.parts?.map(({ output }) => output).sort((a, b) => a - b) ?? [];
  }

  build(yTrue: unknown, yPred: unknown, outputs: Outputs): void {
    if (this.parts) return;
    this.outputs = outputs;
    const given = outputs.entries<losses.LossLike | readonly losses.LossLike[]>(this.options.loss, {
      what: 'loss',
      isEntry: isLoss,
      isForAll: true,
      takesLists: true,
    });
    const weights = outputs.read<number | readonly number[]>(this.options.lossWeights, {
      what: 'lossWeights',
      isEntry: (x) => typeof x === 'number',
      isForAll: true,
      takesLists: true,
    });
    const wanted = given.map(([output]) => output).sort((a, b) => a - b);
    const labels = outputs.labels(yTrue, wanted);
    const predictions = outputs.leaves(yPred);
    this.predictions = predictions.map((t) => ({ shape: t.shape, isMasked: maskOf(t) !== undefined }));
    const asLosses = (entry: unknown, k: number): losses.Loss[] =>
      (Array.isArray(entry) ? entry.flat() : [entry])
        .filter((x) => x !== null && x !== undefined)
        .map((x) => asLoss(resolveCrossentropy(x as losses.LossLike, labels[k]?.shape, predictions[k].shape)));
    const isAlone = wanted.length <= 1;
    const names = new Set<string>();
    this.parts = given.map(([output, entry]) => {
      const own = asLosses(entry, output);
      return {
        output,
        losses: own.map((loss, k) => ({ loss, weight: this.weight(weights[output], k, own.length) })),
        tracker: isAlone ? undefined : new Mean({ name: unused(`${this.nameOf(output, own)}_loss`, names) }),
      };
    });
  }
  private weight(given: number | readonly number[] | undefined, k: number, count: number): number | undefined {
    if (!Array.isArray(given)) return given as number | undefined;
    if (given.length !== count && given.length !== 1)
      fail(
        this.owner,
        `lossWeights has ${given.length} entries for an output that has ${count} loss${count === 1 ? '' : 'es'}`,
        'give one weight for each loss',
      );
    return given[given.length === 1 ? 0 : k] as number;
  }
  /**
   * The name of an output in logs: its path, with the name of the output, or else of the loss, in place of a position.
   */
  private nameOf(k: number, own: readonly losses.Loss[]): string {
    const { path, name } = this.outputs.all[k];
    const last = name ?? own[0]?.name ?? `output_${k}`;
    const isNamed = typeof path.at(-1) === 'string';
    return (isNamed ? path : [...path.slice(0, -1), last]).join('/');
  }

  /** Refuses labels that are invalid for a loss: `y` holds the values of all samples in the form of the labels. */
  checkLabels(y: unknown): void {
    const values = this.outputs.read<LabelValues | Tensor>(y, {
      what: 'y',
      isEntry: (x) =>
        x instanceof Tensor || (typeof x === 'object' && x !== null && 'data' in x && ArrayBuffer.isView(x.data)),
      wanted: this.judged,
      mayHoldMore: true,
    });
    for (const { output, losses: own } of this.parts!) {
      const { shape, isMasked } = this.predictions[output];
      const labels = values[output];
      const data = labels instanceof Tensor ? numbersInMemory(labels) : labels?.data;
      if (!data || isMasked) continue;
      for (const loss of own)
        blame(
          () =>
            `${this.owner.className} "${this.owner.name}": loss "${loss.loss.name}" of output ${this.outputs.label(output)}`,
          () => loss.loss.checkLabels(data, shape),
        );
    }
  }

  /** The weighted sum of the losses; undefined if there is none. */
  compute(yTrue: unknown, yPred: unknown, sampleWeight: unknown, batchSize: number): Tensor | undefined {
    if (this.parts!.length === 0) return undefined;
    if (yTrue === undefined)
      return fail(
        this.owner,
        'the model is compiled with a loss, but the data holds no labels',
        'pass y, or let the data give [x, y]',
      );
    const wanted = this.judged;
    const predictions = this.outputs.leaves(yPred);
    const labels = this.outputs.labels(yTrue, wanted);
    const weights = this.outputs.weights(sampleWeight, wanted);
    let total: Tensor | undefined;
    for (const { output, losses: own, tracker } of this.parts!) {
      const prediction = predictions[output];
      const label =
        labels[output] ??
        fail(
          this.owner,
          `y holds no labels for the output ${this.outputs.label(output)}, which has a loss${given(yTrue)}`,
          'give y the form of the model’s outputs, or leave the loss of this output out (null)',
        );
      let sum: Tensor | undefined;
      for (const { loss, weight } of own) {
        const value = this.lossOf(loss, label, prediction, weights[output], output);
        sum = sum ? add(sum, value) : value;
        const weighted = weight === undefined ? value : multiply(value, weight);
        total = total ? add(total, weighted) : weighted;
      }
      if (sum) tracker?.updateState(sum, { sampleWeight: batchSize });
    }
    return total;
  }
  protected lossOf(loss: losses.Loss, label: Tensor, y: Tensor, sampleWeight: Tensor | undefined, k: number): Tensor {
    const what = (): string => {
      const weighted = sampleWeight ? `, sample weights ${showShape(sampleWeight.shape)}` : '';
      return `${this.owner.className} "${this.owner.name}": loss "${loss.name}" of output ${this.outputs.label(k)} (labels ${showShape(label.shape)}, predictions ${showShape(y.shape)}${weighted})`;
    };
    return blame(what, () => loss(label, y, { sampleWeight, mask: maskOf(y) }) as Tensor);
  }
}

const given = (y: unknown): string =>
  isPlainObject(y)
    ? `; it names ${Object.keys(y)
        .map((key) => JSON.stringify(key))
        .join(', ')}`
    : '';
/** Whether something denotes a single loss. */
const isLoss = (x: unknown): boolean =>
  typeof x === 'string' || typeof x === 'function' || x instanceof losses.Loss || isSerializedObject(x);
/** The name, with a number if it is taken. */
function unused(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 1; taken.has(free); n++) free = `${name}_${n}`;
  taken.add(free);
  return free;
}
