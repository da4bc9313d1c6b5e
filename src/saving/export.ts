import { fail } from '../base/errors.ts';
import { optionsOf, show } from '../base/options.ts';
import { part } from '../base/part.ts';
import { table } from '../base/table.ts';
import type { Place } from '../formats/file.ts';
import type { SavedModel } from './keras/keras-file.ts';
import { type ExportOptions, exportOptions, type OnnxModel } from './onnx/export-options.ts';

export type ExportedModel = SavedModel & OnnxModel;

/** A way of writing what a model computes for others that run it. */
interface ExportFormat {
  /** The ending of names that mean it. */
  readonly ending?: string;
  write(model: ExportedModel, place: Place, options: ExportOptions): Promise<void>;
}
const formats: Readonly<Record<string, ExportFormat>> = table({
  onnx: {
    ending: '.onnx',
    write: async (model, place, options) =>
      (await part('saving', () => import('./onnx/export-model.ts'))).exportModel(model, place, options),
  },
  tfjs: {
    write: async (model, place, options) =>
      (await part('saving', () => import('./tfjs/write-tfjs.ts'))).exportTfjs(model, place, options),
  },
});

/** Writes what a model computes in the format that the options or the name ask for. */
export async function exportModel(model: ExportedModel, filepath: Place, options: ExportOptions): Promise<void> {
  const { format } = optionsOf(model, exportOptions, options);
  const known =
    format === undefined
      ? Object.values(formats).find(({ ending }) => ending && String(filepath).endsWith(ending))
      : formats[format];
  if (!known)
    return fail(
      model,
      `cannot export to "${String(filepath)}"${format === undefined ? '' : ` as ${show(format)}`}`,
      'give a name that ends with ".onnx", or { format: "onnx" or "tfjs" }; model.save writes .keras and .h5',
    );
  await known.write(model, filepath, options);
}
