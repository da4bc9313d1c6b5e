import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail } from '../base/errors.ts';
import type { CustomObjects } from '../base/registry/serialize.ts';
import { loadModel, type Model, modelFromJson } from '../models/index.ts';
import type { Options } from './usage.ts';

/** The options of commands that load a model. */
export const modelOptions = {
  import: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    doc: 'a module with classes of your own: registered by it, or exported under their names',
  },
} as const satisfies Options;

/** Runs modules, and returns their exports by name. */
export async function customObjects(modules: readonly string[] = []): Promise<CustomObjects> {
  const found: CustomObjects = {};
  for (const module of modules)
    try {
      const exports = (await import(pathToFileURL(resolve(module)).href)) as Record<string, unknown>;
      for (const [name, value] of Object.entries(exports))
        if (typeof value === 'function') Object.assign(found, { [name]: value });
    } catch (error) {
      fail(
        `--import ${module}`,
        `it cannot be run: ${(error as Error).message}`,
        'give a module of JavaScript that imports "hornbeam"',
      );
    }
  return found;
}

/** The model in a file, or the model of a JSON config, with new weights. */
export async function modelIn(
  file: string,
  { modules, compile = false }: { modules?: readonly string[] | undefined; compile?: boolean } = {},
): Promise<Model> {
  const options = { customObjects: await customObjects(modules), compile };
  const config = file.endsWith('.json') ? await readFile(file, 'utf8') : undefined;
  // A model.json of TensorFlow.js refers to weights.
  return config === undefined || config.includes('"weightsManifest"')
    ? loadModel(file, options)
    : modelFromJson(config, options);
}
