import { blame, fail, type Named } from '../base/errors.ts';
import { isSerializedObject } from '../base/registry/serialize.ts';
import { showShape } from '../base/shape.ts';
import { isPlainObject } from '../base/tree.ts';
import { maskOf } from '../layers/layer/masks.ts';
import type { Metric, MetricLike } from '../metrics/index.ts';
import * as metrics from '../metrics/index.ts';
import { isHostMetric } from '../metrics/metric.ts';
import { resolveAccuracy } from '../metrics/resolve.ts';
import { countedWeight } from '../metrics/weights.ts';
import type { Tensor } from '../tensor/index.ts';
import type { CompileOptions } from './compile.ts';
import type { Outputs } from './outputs.ts';

interface Part {
  readonly metric: Metric;
  /** Its name in logs. */
  readonly name: string;
  /** The output it evaluates; undefined if it takes all labels and predictions at once. */
  readonly output: number | undefined;
  readonly isWeighted: boolean;
}
/** A metric and its name in logs. */
export type LoggedMetric = readonly [name: string, metric: Metric];

/** The compiled metrics of a model, each with the output it evaluates. */
export class CompileMetrics {
  private readonly owner: Named;
  private readonly options: CompileOptions;
  private outputs!: Outputs;
  private parts: readonly Part[] | undefined;

  constructor(owner: Named, options: CompileOptions) {
    this.owner = owner;
    this.options = options;
  }
  get metrics(): Metric[] {
    return this.parts?.map(({ metric }) => metric) ?? [];
  }
  get logged(): LoggedMetric[] {
    return this.parts?.map(({ name, metric }) => [name, metric]) ?? [];
  }
  /** `wanted`: the outputs that have a loss. */
  build(yTrue: unknown, yPred: unknown, outputs: Outputs, wanted: readonly number[]): void {
    if (this.parts) return;
    this.outputs = outputs;
    const entries = (['metrics', 'weightedMetrics'] as const).flatMap((what) =>
      outputs
        .read<MetricLike | readonly MetricLike[]>(this.options[what], { what, isEntry: isMetric, takesLists: true })
        .flatMap((entry, output) => entriesIn(entry).map((one) => ({ one, output, isWeighted: what !== 'metrics' }))),
    );
    const needed = wanted.length > 0 ? wanted : sorted(entries.map(({ output }) => output));
    const labels = outputs.labels(isWhole(outputs, yTrue) ? undefined : yTrue, needed);
    const predictions = outputs.leaves(yPred);
    const names = new Names();
    this.parts = entries.map(({ one, output, isWeighted }): Part => {
      const [truth, prediction] = [labels[output]?.shape, predictions[output].shape];
      const metric = metrics.get(resolveAccuracy(one, truth, prediction));
      const isHost = isHostMetric(metric);
      if (truth && !isHost) blame(this.who(metric, output), () => metric.build(truth, prediction));
      // As in Keras, a metric requested by name is shown under that name.
      if (typeof one === 'string') metric.name = one;
      const prefix = outputs.count > 1 && !isHost ? outputs.all[output].name : undefined;
      const name = names.take(metric.name, prefix, isWeighted);
      return { metric, name, output: isHost && outputs.count > 1 ? undefined : output, isWeighted };
    });
  }
  private who(metric: Metric, output: number): string {
    return `${this.owner.className} "${this.owner.name}": metric "${metric.name}" of output ${this.outputs.label(output)}`;
  }

  /** The outputs that need labels. */
  get judged(): readonly number[] {
    return sorted(this.parts?.flatMap(({ output }) => output ?? []) ?? []);
  }
  get hasHostMetrics(): boolean {
    return this.metrics.some(isHostMetric);
  }
  /** Updates the metrics that are computed in the step. `wanted`: the outputs that have a loss. */
  update(yTrue: unknown, yPred: unknown, sampleWeight: unknown, wanted: readonly number[]): void {
    const masks = this.outputs.leaves(yPred).map(maskOf);
    this.each(false, { yTrue, yPred, sampleWeight, masks, wanted });
  }
  /** Updates the metrics that run on the host, with concrete tensors. */
  async updateOnHost(given: Given): Promise<void> {
    await Promise.all(this.each(true, given));
  }

  private each(onHost: boolean, { yTrue, yPred, sampleWeight, masks, wanted }: Given): unknown[] {
    const parts = this.parts!.filter(({ metric }) => isHostMetric(metric) === onHost);
    if (parts.length === 0) return [];
    if (yTrue === undefined)
      fail(
        this.owner,
        'the model is compiled with metrics, but the data holds no labels',
        'pass y, or let the data give [x, y]',
      );
    const isNest = isWhole(this.outputs, yTrue);
    const { judged } = this;
    const labels = isNest ? [] : this.outputs.labels(yTrue, wanted.length > 0 ? wanted : judged);
    const predictions = this.outputs.leaves(yPred);
    const weights = this.outputs.weights(sampleWeight, sorted([...wanted, ...judged]));
    return parts.map(({ metric, output, isWeighted }) => {
      if (output === undefined || (onHost && isNest)) return metric.updateState(yTrue as Tensor, yPred as Tensor);
      const prediction = predictions[output];
      const label =
        labels[output] ??
        fail(this.who(metric, output), 'y holds no labels for this output', 'give some, or leave the metric out');
      const weight = isWeighted ? weights[output] : undefined;
      const options = { sampleWeight: countedWeight({ sampleWeight: weight, mask: masks[output] }) };
      const what = (): string =>
        `${this.who(metric, output)} (labels ${showShape(label.shape)}, predictions ${showShape(prediction.shape)})`;
      return blame(what, () => metric.updateState(label, prediction, options));
    });
  }
}
const sorted = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);
/** What metrics receive for a batch. */
interface Given {
  readonly yTrue: unknown;
  readonly yPred: unknown;
  readonly sampleWeight: unknown;
  /** The masks carried by the outputs. */
  readonly masks: readonly (Tensor | undefined)[];
  readonly wanted: readonly number[];
}

/** Whether labels have a structure of their own, which only metrics that take them as a whole understand. */
function isWhole(outputs: Outputs, yTrue: unknown): boolean {
  if (!isPlainObject(yTrue)) return false;
  const names = outputs.all.flatMap(({ name, path }) => [name, String(path[0])]);
  return !Object.keys(yTrue).some((key) => names.includes(key));
}
/** Whether something denotes a single metric. */
const isMetric = (x: unknown): boolean =>
  typeof x === 'string' || typeof x === 'function' || x instanceof metrics.Metric || isSerializedObject(x);
const entriesIn = (entry: MetricLike | readonly MetricLike[] | undefined): MetricLike[] =>
  entry === undefined ? [] : [entry].flat(9).filter((x): x is MetricLike => x !== null && x !== undefined);

/**
 * Names in logs: metrics with the same name are distinguished as in Keras, weighted ones by a prefix, then by numbers.
 */
class Names {
  private readonly counts = new Map<string, number>();

  take(own: string, prefix: string | undefined, isWeighted: boolean): string {
    const full = (name: string): string => (prefix === undefined ? name : `${prefix}_${name}`);
    const name = isWeighted && this.counts.has(full(own)) ? full(`weighted_${own}`) : full(own);
    const n = this.counts.get(name) ?? 0;
    this.counts.set(name, n + 1);
    return n === 0 ? name : `${name}_${n}`;
  }
}
