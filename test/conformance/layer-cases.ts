import * as layers from '../../src/public/layers.ts';
import { casesOf, type Stored } from './cases.ts';

export type Nest<T> = T | null | readonly Nest<T>[] | { readonly [key: string]: Nest<T> };
export interface Named {
  readonly path: string;
  readonly value: Stored;
}
export interface LayerCall {
  readonly inputs: Nest<Stored>;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly input_mask?: Nest<Stored>;
  readonly continues?: boolean;
  readonly outputs: Nest<Stored>;
  readonly output_mask?: Nest<Stored>;
  readonly losses?: readonly Stored[];
  readonly non_trainable_after?: readonly Named[];
  readonly trainable_after?: readonly Named[];
  readonly states_after?: readonly Stored[];
  readonly cotangents?: Nest<Stored>;
  readonly grads_inputs?: Nest<Stored>;
  readonly grads_kwargs?: Readonly<Record<string, Nest<Stored>>>;
  readonly grads_weights?: readonly Named[];
  readonly tolerance?: { readonly rtol: number; readonly atol: number };
}
interface Weight {
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly trainable: boolean;
  readonly value: Stored;
  readonly initial?: Stored;
}
interface Common {
  readonly id: string;
  readonly class_name: string;
}
export interface LayerCase extends Common {
  readonly kind: 'layer';
  readonly config: { readonly class_name: string; readonly config: Record<string, unknown> };
  readonly config_round_trips?: boolean;
  readonly inputs_as?: 'arguments';
  readonly input_shapes: unknown;
  readonly compute_output_shape: unknown;
  readonly symbolic_outputs?: Nest<{ readonly shape: readonly (number | null)[]; readonly dtype: string }>;
  readonly supports_masking: boolean;
  readonly count_params: number;
  readonly weights: readonly Weight[];
  readonly adapt?: Nest<Stored>;
  readonly state?: Readonly<Record<string, unknown>>;
  readonly tolerance?: { readonly rtol: number; readonly atol: number };
  readonly calls: readonly LayerCall[];
}
export interface RandomCase extends Common {
  readonly kind: 'layer_random';
  readonly config: LayerCase['config'];
  readonly weights?: readonly Weight[];
  readonly inputs: Nest<Stored>;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly expectations: readonly {
    readonly statistic: string;
    readonly expected: number;
    readonly atol: number;
    readonly ratio?: number;
    readonly axes?: readonly number[];
  }[];
}
export interface ErrorCase extends Common {
  readonly kind: 'layer_error';
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly stage: 'constructor' | 'build' | 'call';
  readonly input_shape?: unknown;
  readonly inputs?: Nest<Stored>;
  readonly call_kwargs?: Readonly<Record<string, unknown>>;
  readonly offending: readonly string[];
}
export type AnyCase = LayerCase | RandomCase | ErrorCase;

const families = ['core', 'conv', 'pooling', 'norm', 'attention', 'rnn', 'reshape_merge', 'preprocessing', 'errors'];

/** The exported class of a name. */
export const classOf = (name: string): (new (...args: never[]) => layers.Layer) & typeof layers.Layer =>
  (layers as unknown as Record<string, never>)[name]!;
const isExported = (name: string): boolean => name in layers;
/** Every class that a config mentions. */
const mentioned = (x: unknown): string[] =>
  typeof x !== 'object' || x === null
    ? []
    : [
        ...('module' in x && x.module === 'keras.layers' && 'class_name' in x ? [String(x.class_name)] : []),
        ...Object.values(x).flatMap(mentioned),
      ];

/** Cases of all layers that are exported, by family. */
const runs = (c: AnyCase): boolean =>
  [c.class_name, ...mentioned('config' in c ? c.config : c.kwargs)].every(isExported);
export const casesByFamily = (): { family: string; cases: AnyCase[]; left: string[] }[] =>
  families.map((family) => {
    const all = casesOf<AnyCase>(`layers/${family}`);
    return { family, cases: all.filter(runs), left: all.filter((c) => !runs(c)).map(({ id }) => id) };
  });
