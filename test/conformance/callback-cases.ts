import type { Config } from '../../src/base/registry/serialize.ts';
import type { Stored } from './cases.ts';

/** Arguments of a callback as Python was given them. */
export type Kwargs = Readonly<Record<string, unknown>>;
/** Numbers as the cases store them: what JSON does not know is text. */
export type StoredLogs = Readonly<Record<string, unknown>>;
interface Named {
  readonly path: string;
  readonly value: Stored;
}
interface Moment {
  readonly logs: StoredLogs;
  readonly files_written?: readonly string[];
  readonly stop_training: boolean;
}
/** A callback whose methods are called one by one, with logs made up. */
export interface Script {
  readonly id: string;
  readonly kind: 'callback_script';
  readonly class_name: string;
  readonly kwargs: Kwargs;
  readonly model: Config;
  readonly initial_learning_rate: number;
  readonly epochs: readonly (Moment & {
    readonly epoch: number;
    readonly batches?: readonly (Moment & { readonly batch: number })[];
    readonly logs_after: StoredLogs;
    readonly learning_rate: number;
    readonly learning_rate_at_begin?: number;
    readonly state: Readonly<Record<string, number | null>>;
  })[];
  readonly schedule?: string;
  readonly error: { readonly epoch: number } | null;
  readonly weights_at_end: number;
  readonly files_at_end?: readonly string[];
  readonly texts?: Readonly<Record<string, string>>;
}
export interface Refused {
  readonly id: string;
  readonly kind: 'callback_error';
  readonly class_name: string;
  readonly kwargs: Kwargs;
  readonly error: string | null;
}
interface Trained {
  readonly id: string;
  readonly model: Config;
  readonly initial_weights: readonly Named[];
  readonly x: Stored;
  readonly y: Stored;
  readonly fit: Kwargs;
}
/** A whole fit with callbacks. */
export interface Run extends Trained {
  readonly kind: 'callback_run';
  readonly validation: { readonly x: Stored; readonly y: Stored } | null;
  readonly callbacks: readonly { readonly class_name: string; readonly kwargs: Kwargs }[];
  readonly epoch: readonly number[];
  readonly history: Readonly<Record<string, Stored>>;
  readonly final_weights: readonly Named[];
  readonly learning_rate: number;
  readonly files: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
}
/** A fit that is broken off, and one that goes on from its backup. */
export interface Backup extends Trained {
  readonly kind: 'callback_backup';
  readonly kwargs: Kwargs;
  readonly interrupt: { readonly epoch: number; readonly after_batch: number | null } | null;
  readonly metadata_during_first_run: readonly { readonly after: string; readonly metadata: object | null }[];
  readonly files_between: readonly string[];
  readonly second_run: Pick<Run, 'epoch' | 'history' | 'final_weights'> & { readonly iterations: number };
  readonly files_after: readonly string[];
}
/** The order in which the methods of a callback are called. */
export interface Order {
  readonly id: string;
  readonly kind: 'callback_order';
  readonly call: 'fit' | 'evaluate' | 'predict';
  readonly steps_per_execution: number;
  readonly samples: number;
  readonly validation_samples?: number | null;
  readonly fit: Kwargs;
  readonly events: readonly unknown[];
  readonly params: readonly { readonly hook: string; readonly params: object }[];
}
export interface CsvRuns {
  readonly id: string;
  readonly kind: 'callback_csv_runs';
  readonly kwargs: Kwargs;
  readonly runs: readonly (readonly StoredLogs[])[];
  readonly text: string;
}
export type CallbackCase = Script | Refused | Run | Backup | Order | CsvRuns;
