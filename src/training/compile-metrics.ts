import { maskOf } from '../layers/masks.ts';
import type { Metric, MetricLike } from '../metrics/index.ts';
import * as metrics from '../metrics/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { alignLeaves } from './align.ts';
import { type CompileOptions, nameOutputs } from './compile.ts';

interface Part {
  readonly metric: Metric;
  /** Which output it judges; undefined when it takes the whole nest. */
  readonly index: number | undefined;
  readonly isWeighted: boolean;
}

/** The compiled metrics of a model, each with the output it judges. */
export class CompileMetrics {
  private readonly options: CompileOptions;
  private parts: Part[] | undefined;
  private names: readonly string[] = [];

  constructor(options: CompileOptions) {
    this.options = options;
  }
  get metrics(): Metric[] {
    return this.parts?.map(({ metric }) => metric) ?? [];
  }

  build(yTrue: unknown, yPred: unknown, outputNames: readonly string[] | undefined): void {
    if (this.parts) return;
    this.names = nameOutputs(yPred as never, outputNames);
    const labels = yTrue === undefined ? [] : alignLeaves(yTrue, this.names);
    const predictions = alignLeaves(yPred, this.names);
    const make = (given: CompileOptions['metrics'], isWeighted: boolean): Part[] =>
      spread(given, this.names).flatMap(({ entry, index }) => {
        const name = metrics.resolveAccuracy(entry, labels[index]?.shape, predictions[index]?.shape ?? []);
        const metric = metrics.get(name);
        const [truth, prediction] = [labels[index]?.shape, predictions[index]?.shape];
        if (truth && prediction && !metrics.isHostMetric(metric)) metric.build(truth, prediction);
        // As in Keras, what was asked for by name is shown under that name.
        if (typeof entry === 'string') metric.name = entry;
        if (this.names.length > 1 && !metrics.isHostMetric(metric)) metric.name = `${this.names[index]}_${metric.name}`;
        return [
          { metric, index: metrics.isHostMetric(metric) && this.names.length > 1 ? undefined : index, isWeighted },
        ];
      });
    this.parts = [...make(this.options.metrics, false), ...make(this.options.weightedMetrics, true)];
    disambiguate(this.parts);
  }

  /**
   * Updates the metrics that are computed in the step. The mask of the predictions counts in evaluation but not in training:
   * Keras on JAX loses it on the way through its gradient.
   */
  update(yTrue: unknown, yPred: unknown, sampleWeight: unknown, isTraining: boolean): void {
    this.each(false, yTrue, yPred, sampleWeight, !isTraining);
  }
  /** Updates the metrics that run on the host, with concrete tensors. */
  async updateOnHost(yTrue: unknown, yPred: unknown, sampleWeight: unknown): Promise<void> {
    await Promise.all(this.each(true, yTrue, yPred, sampleWeight));
  }
  get hasHostMetrics(): boolean {
    return this.metrics.some(metrics.isHostMetric);
  }

  private each(onHost: boolean, yTrue: unknown, yPred: unknown, sampleWeight: unknown, isMasked = true): unknown[] {
    const parts = this.parts!.filter(({ metric }) => metrics.isHostMetric(metric) === onHost);
    if (parts.length === 0 || yTrue === undefined) return [];
    const [labels, predictions] = [alignLeaves(yTrue, this.names), alignLeaves(yPred, this.names)];
    const weights = sampleWeight === undefined ? [] : alignLeaves(sampleWeight, this.names);
    return parts.map(({ metric, index, isWeighted }) => {
      if (index === undefined || (onHost && this.names.length === 1 && !(labels.length === 1)))
        return metric.updateState(yTrue as Tensor, yPred as Tensor);
      const weight = isWeighted ? (weights.length === 1 ? weights[0] : weights[index]) : undefined;
      return metric.updateState(labels[index]!, predictions[index]!, {
        sampleWeight: weight,
        mask: isMasked ? maskOf(predictions[index]!) : null,
      });
    });
  }
}

/** Every metric asked for, with the output it is for. */
function spread(given: CompileOptions['metrics'], names: readonly string[]): { entry: MetricLike; index: number }[] {
  if (given === undefined || given === null) return [];
  const isOne = (x: unknown): x is MetricLike =>
    typeof x === 'string' || typeof x === 'function' || (typeof x === 'object' && x !== null && 'class_name' in x);
  const listed = (x: unknown, index: number): { entry: MetricLike; index: number }[] =>
    x === null || x === undefined ? [] : (isOne(x) ? [x] : (x as MetricLike[])).map((entry) => ({ entry, index }));
  if (isOne(given)) return names.flatMap((_, index) => listed(given, index));
  if (!Array.isArray(given))
    return Object.entries(given as Record<string, unknown>).flatMap(([name, x]) => listed(x, names.indexOf(name)));
  // A flat list serves the only output; with several outputs it has an entry for each.
  if (names.length === 1) return (given as unknown[]).flatMap((x) => listed(x, 0));
  return (given as unknown[]).flatMap((x, index) => listed(x, index));
}

/** Metrics of one name are told apart as Keras does: weighted ones by a prefix, then by numbers. */
function disambiguate(parts: readonly Part[]): void {
  const seen = new Map<string, number>();
  for (const { metric, isWeighted } of parts) {
    if (isWeighted && seen.has(metric.name)) metric.name = `weighted_${metric.name}`;
    const n = seen.get(metric.name) ?? 0;
    seen.set(metric.name, n + 1);
    if (n > 0) metric.name = `${metric.name}_${n}`;
  }
}
