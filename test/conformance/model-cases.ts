import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as keras from '../../src/index.ts';
import { type Stored, withTensors } from './cases.ts';

const folder = new URL('../data/models/', import.meta.url);

/** One member of an HDF5 file as the cases describe it. */
export interface H5Entry {
  readonly path: string;
  readonly kind: 'group' | 'dataset';
  readonly attributes?: Readonly<Record<string, { readonly type: string; readonly value: unknown }>>;
  readonly shape?: readonly number[];
  readonly dtype?: string;
}
/** A model that Keras saved, with what it answers. */
export interface ModelCase {
  readonly id: string;
  readonly kind: 'model_file' | 'model_file_keras2' | 'model_assets' | 'model_folder' | 'model_shards';
  readonly files: readonly string[];
  readonly text_input?: boolean;
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly weights?: readonly { readonly name: string; readonly path: string; readonly value: Stored }[];
  readonly rtol?: number;
  readonly atol?: number;
  readonly h5_load_fails_in_keras?: boolean;
  readonly compiled?: boolean;
  readonly optimizer_state?: boolean;
  readonly optimizer_variables?: readonly { readonly name: string; readonly path: string; readonly value: Stored }[];
  readonly next_step?: { readonly y: unknown; readonly logs: Record<string, Stored>; readonly weights: Stored[] };
  readonly layout?: Readonly<Record<string, unknown>>;
  /** Files beside the weights, by name. */
  readonly assets?: Readonly<Record<string, string>>;
  readonly model?: keras.saving.Config;
  readonly weights_only?: unknown;
  readonly loads_in_keras3?: boolean;
}

/** The bytes of a file of the cases. */
export const fileOf = (name: string): Uint8Array =>
  new Uint8Array(gunzipSync(readFileSync(new URL(`${name}.gz`, folder))));
export const textOf = (name: string): string => new TextDecoder().decode(fileOf(name));

export const modelCases: readonly ModelCase[] = readdirSync(folder)
  .filter((name) => name.endsWith('.io.json.gz'))
  .flatMap((name) => (JSON.parse(textOf(name.slice(0, -3))) as { cases: ModelCase[] }).cases);

export const inputsOf = ({ text_input, inputs }: ModelCase): unknown => (text_input ? inputs : withTensors(inputs));

/** Classes that a config mentions and this library does not have. */
export function missingLayers(config: unknown): string[] {
  const missing = new Set<string>();
  const visit = (x: unknown): void => {
    if (typeof x !== 'object' || x === null) return;
    const { module, class_name } = x as { module?: unknown; class_name?: unknown };
    if (module === 'keras.layers' && typeof class_name === 'string' && !(class_name in keras.layers))
      missing.add(class_name);
    Object.values(x).forEach(visit);
  };
  visit(config);
  return [...missing];
}
