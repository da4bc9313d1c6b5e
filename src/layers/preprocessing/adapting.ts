import { fail, type Named } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { asTensor, isTypedArray, type Like, Tensor, Variable } from '../../tensor/index.ts';
import { ensureBuilt } from '../layer/calls.ts';
import type { AnyLayer } from '../layer/layer.ts';

type Batches = Iterable<unknown> | AsyncIterable<unknown>;
/** What `adapt` takes: an array or tensor of samples, a sequence of batches, or a function that starts such a stream. */
export type AdaptData = Like | Batches | (() => Batches);
export interface AdaptOptions {
  /** Number of batches to take from a stream; all by default. */
  readonly steps?: number | null | undefined;
}
export const adaptOptions: OptionNames<AdaptOptions> = { steps: true };

/** What a layer that learns from data does with it. */
export interface Learning {
  begin(): void;
  /** All samples at once. */
  takeAll(samples: Tensor): void;
  takeBatch(batch: Tensor): void;
  finish(): void;
}

const isBatch = (x: unknown): boolean => x instanceof Tensor || isTypedArray(x);
const isOne = (data: unknown): data is Like =>
  isBatch(data) || data instanceof Variable || typeof data !== 'object' || data === null || Array.isArray(data);
/** The samples of a batch, of which labels may be a part. */
const samplesOf = (batch: unknown): Tensor =>
  asTensor((Array.isArray(batch) && isBatch(batch[0]) ? batch[0] : batch) as Like);

/** Goes through data; a promise where they come as an asynchronous stream. */
export function learn(who: Named, data: AdaptData, options: AdaptOptions, how: Learning): void | Promise<void> {
  const { steps = null } = optionsOf(`${who.className}.adapt`, adaptOptions, options);
  const given: unknown = typeof data === 'function' && !(data instanceof Tensor) ? (data as () => Batches)() : data;
  if (given === undefined || given === null) fail(who, 'adapt got no data', 'give arrays, or a stream of batches');
  how.begin();
  const batches = Array.isArray(given) && isBatch(given[0]) ? (given as Iterable<unknown>) : given;
  if (batches === given && isOne(given) && !(Array.isArray(given) && isBatch(given[0]))) {
    how.takeAll(asTensor(given));
    how.finish();
    return;
  }
  let taken = 0;
  const isEnough = (): boolean => steps !== null && taken >= steps;
  const take = (batch: unknown): void => {
    taken++;
    how.takeBatch(samplesOf(batch));
  };
  if (Symbol.asyncIterator in (batches as object)) {
    const all = async (): Promise<void> => {
      for await (const batch of batches as AsyncIterable<unknown>) {
        take(batch);
        if (isEnough()) break;
      }
      how.finish();
    };
    return all();
  }
  if (!(Symbol.iterator in (batches as object)))
    fail(who, 'adapt got something that is no array and no stream', 'give arrays, or a stream of batches');
  for (const batch of batches as Iterable<unknown>) {
    take(batch);
    if (isEnough()) break;
  }
  how.finish();
}

/** What a call of a layer on symbolic tensors gives, where the layer says it rather than being tried. */
export function announce(
  layer: object,
  args: readonly unknown[],
  { shape, dtype }: { readonly shape: SymbolicShape; readonly dtype: Tensor['dtype'] },
): { form: Tensor; avals: { shape: SymbolicShape; dtype: Tensor['dtype'] }[] } {
  ensureBuilt(layer as AnyLayer, args);
  return { form: new Tensor({ shape: [], dtype }), avals: [{ shape, dtype }] };
}
