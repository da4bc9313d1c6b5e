import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Place, readFile, writeFileAtomic } from '../../formats/file.ts';
import { readHdf5, writeHdf5 } from '../../formats/hdf5.ts';
import { openZip } from '../../formats/zip.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { asTensor, type Like } from '../../tensor/index.ts';
import { parsePythonJson } from '../python-json.ts';
import {
  isWeight,
  type StoredObject,
  type StoredWeight,
  shapeOf,
  storedIn,
  storedOf,
  treeText,
  writeStored,
} from './stored-objects.ts';

/** The result of `compare`. */
export interface Comparison {
  /** `success` if the file fits the model, otherwise `error`. */
  readonly status: 'success' | 'error';
  /** Objects that exist on one side only, and weights that do so or differ in shape. */
  readonly errorCount: number;
  /** Weights that exist on both sides with the same shape. */
  readonly matchCount: number;
}

/** How an editor prints. */
export interface PrintOptions {
  /** Called with each line; `console.log` by default. */
  readonly printFn?: ((text: string) => void) | undefined;
}
const printOptions: OptionNames<PrintOptions> = { printFn: true };

/** The contents of a file. */
interface OpenedFile {
  readonly weights: StoredObject;
  readonly names: Readonly<Record<string, { readonly name: string }>>;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly config: Readonly<Record<string, unknown>> | null;
}

/** The largest allowed member of an archive, in bytes. */
const limit = 2 ** 32;

/**
 * Inspects and edits a weights file, or the weights in a `.keras` file, for example so that old weights can be loaded
 * after a layer was renamed, added or removed. Objects (layers, the optimizer) are named by their paths in the file
 * (`"layers/dense_2"`), or by the last part if it is unique; weights by their numbers (`"0"`).
 * @example
 * const editor = await keras.saving.KerasFileEditor.open('old.weights.h5');
 * editor.renameObject('layers/dense', 'einsum_dense');
 * await editor.save('new.weights.h5');
 * @see https://keras.io/api/models/model_saving_apis/
 */
export class KerasFileEditor {
  /** Where the file was opened from. */
  readonly filepath: Place;
  /** `metadata.json` of a `.keras` file: the version that saved it, and when. */
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** The config of the model in a `.keras` file. */
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The objects in the file by name, each with its weights and nested objects. */
  readonly weightsDict: StoredObject;
  /** The names that objects have in the model, by path. */
  readonly objectMetadata: Readonly<Record<string, { readonly name: string }>>;

  /** Reading is asynchronous: open files with `await KerasFileEditor.open(filepath)`. */
  constructor(filepath: Place, opened?: OpenedFile) {
    if (!opened) fail('KerasFileEditor', 'it was made with new', 'await KerasFileEditor.open(filepath)');
    const { weights, names, metadata, config } = opened as OpenedFile;
    this.filepath = filepath;
    this.metadata = metadata;
    this.config = config;
    this.weightsDict = weights;
    this.objectMetadata = names;
  }

  /** Reads a `.keras` or `.weights.h5` file. */
  static async open(filepath: Place): Promise<KerasFileEditor> {
    const name = String(filepath);
    if (!/\.(keras|weights\.h5)$/.test(name))
      fail('KerasFileEditor', `"${name}" ends neither in .keras nor in .weights.h5`, 'give such a file');
    const bytes = await readFile(filepath);
    if (name.endsWith('.h5'))
      return new KerasFileEditor(filepath, { ...storedIn(await readHdf5(bytes)), metadata: null, config: null });
    const zip = openZip(bytes);
    const member = async (path: string): Promise<Uint8Array> =>
      (await zip.read(path, limit)) ??
      fail('KerasFileEditor', `"${name}" holds no ${path}`, 'check that the file is whole');
    const json = async (path: string): Promise<Record<string, unknown>> =>
      parsePythonJson(new TextDecoder().decode(await member(path))) as Record<string, unknown>;
    const [metadata, config] = [await json('metadata.json'), await json('config.json')];
    const stored = storedIn(await readHdf5(await member('model.weights.h5')));
    return new KerasFileEditor(filepath, { ...stored, metadata, config });
  }

  /** Prints the objects in the file and the shapes of their weights. */
  summary(options: PrintOptions = {}): void {
    const { printFn = console.log } = optionsOf('KerasFileEditor.summary', printOptions, options);
    const { metadata } = this;
    printFn(
      [
        `Keras model file '${String(this.filepath)}'`,
        ...(metadata ? [`Saved with Keras ${metadata['keras_version']} - date: ${metadata['date_saved']}`] : []),
        'Weights structure',
        ...treeText(this.weightsDict, (path) => this.objectMetadata[path]?.name),
      ].join('\n'),
    );
  }

  /** Prints how the file differs from what a model of this architecture would save, and returns the counts. */
  compare(referenceModel: AnyLayer, options: PrintOptions = {}): Comparison {
    const { printFn = console.log } = optionsOf('KerasFileEditor.compare', printOptions, options);
    const wanted = storedOf(referenceModel);
    let [errorCount, matchCount] = [0, 0];
    const missing = (
      path: string,
      thing: StoredObject | StoredWeight,
      [there, absent]: readonly [string, string],
    ): void => {
      errorCount++;
      printFn(`...${isWeight(thing) ? 'Weight' : 'Object'} ${path} present in ${there}, missing from ${absent}`);
      if (!isWeight(thing))
        printFn(`    In ${there}, ${path} contains the following keys: ${Object.keys(thing).join(', ')}`);
    };
    const sides = ['reference model', 'saved file'] as const;
    const visit = (model: StoredObject, file: StoredObject, around: string): void => {
      for (const [key, one] of Object.entries(model)) {
        const [path, other] = [`${around}/${key}`, Object.hasOwn(file, key) ? file[key] : undefined];
        if (other === undefined || isWeight(one) !== isWeight(other)) missing(path, one, sides);
        else if (!isWeight(one)) visit(one, other as StoredObject, path);
        else if (sameShape(shapeOf(one), shapeOf(other as StoredWeight))) matchCount++;
        else {
          errorCount++;
          printFn(
            `...Weight shape mismatch for ${path}\n    In reference model: shape=${showShape(shapeOf(one))}\n    In saved file: shape=${showShape(shapeOf(other as StoredWeight))}`,
          );
        }
      }
      for (const [key, one] of Object.entries(file))
        if (!Object.hasOwn(model, key)) missing(`${around}/${key}`, one, [sides[1], sides[0]]);
    };
    printFn('Running comparison');
    visit(wanted, this.weightsDict, '');
    const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
    printFn(
      errorCount === 0
        ? `Comparison successful: saved file is compatible with the reference model\n    Found ${plural(matchCount, 'matching weight')}`
        : `Found ${plural(errorCount, 'error')}: saved file is not compatible with the reference model`,
    );
    return { status: errorCount === 0 ? 'success' : 'error', errorCount, matchCount };
  }

  /** Renames an object in place. */
  renameObject(objectName: string, newName: string): void {
    if (typeof newName !== 'string' || newName === '' || newName.includes('/'))
      fail('renameObject', `the new name is ${show(newName)}`, 'give the last part of the path alone, without "/"');
    const { parent, key } = this.#find('renameObject', objectName);
    if (newName !== key && Object.hasOwn(parent, newName))
      fail('renameObject', `there is an object "${newName}" already`, 'delete or rename it first');
    const entries = Object.entries(parent).map(([k, v]) => [k === key ? newName : k, v] as const);
    for (const [k] of Object.entries(parent)) delete parent[k];
    for (const [k, v] of entries) put(parent, k, v);
  }
  /** Deletes an object and everything in it. */
  deleteObject(objectName: string): void {
    const { parent, key } = this.#find('deleteObject', objectName);
    delete parent[key];
  }
  /** Adds an object at a path whose parent exists: `addObject('layers/dense_2', { 0: kernel, 1: bias })`. */
  addObject(objectPath: string, weights: Readonly<Record<string, Like>>): void {
    const parts = objectPath.split('/').filter(Boolean);
    const name = parts.pop() ?? fail('addObject', 'the path is empty', 'e.g. "layers/dense_2"');
    put(this.#at('addObject', parts, objectPath), name, weightsFrom('addObject', weights));
  }
  /** Deletes a weight of an object. */
  deleteWeight(objectName: string, weightName: string | number): void {
    const object = this.#object('deleteWeight', objectName);
    if (!Object.hasOwn(object, weightName) || !isWeight(object[weightName]))
      fail('deleteWeight', `"${objectName}" has no weight "${weightName}"`, `it has ${Object.keys(object).join(', ')}`);
    delete object[weightName];
  }
  /** Adds weights to an object, replacing those of the same names. */
  addWeights(objectName: string, weights: Readonly<Record<string, Like>>): void {
    const object = this.#object('addWeights', objectName);
    for (const [key, value] of Object.entries(weightsFrom('addWeights', weights))) put(object, key, value);
  }
  /** Writes the current contents to a `.weights.h5` file. */
  async save(filepath: Place): Promise<void> {
    if (!String(filepath).endsWith('.weights.h5'))
      fail('KerasFileEditor', `it was to save "${String(filepath)}"`, 'give a name that ends in .weights.h5');
    const file = await writeStored(this.weightsDict, this.objectMetadata);
    await writeFileAtomic(filepath, await writeHdf5(file));
  }
  /** The same as `save`. */
  resaveWeights(filepath: Place): Promise<void> {
    return this.save(filepath);
  }

  #object(who: string, name: string): StoredObject {
    const { parent, key } = this.#find(who, name);
    const found = parent[key];
    return isWeight(found) ? fail(who, `"${name}" is a weight`, 'name the object that has it') : found;
  }
  /** The object at the path of these parts. */
  #at(who: string, parts: readonly string[], path: string): StoredObject {
    let at = this.weightsDict;
    for (const part of parts) {
      const next = Object.hasOwn(at, part) ? at[part] : undefined;
      if (next === undefined || isWeight(next))
        return fail(who, `the file has no object "${path}"`, 'summary() lists all');
      at = next;
    }
    return at;
  }
  #find(who: string, name: string): { parent: StoredObject; key: string } {
    const parts = name.split('/').filter(Boolean);
    const key = parts.pop() ?? fail(who, 'the name is empty', 'summary() lists all objects');
    if (parts.length > 0) {
      const parent = this.#at(who, parts, name);
      if (!Object.hasOwn(parent, key)) fail(who, `the file has no object "${name}"`, 'summary() lists all');
      return { parent, key };
    }
    const found: StoredObject[] = [];
    const visit = (object: StoredObject): void => {
      if (Object.hasOwn(object, key)) found.push(object);
      for (const within of Object.values(object)) if (!isWeight(within)) visit(within);
    };
    visit(this.weightsDict);
    if (found.length === 0) fail(who, `the file has no object "${name}"`, 'summary() lists all');
    if (found.length > 1) fail(who, `"${name}" stands in the file ${found.length} times`, 'give its whole path');
    return { parent: found[0], key };
  }

  static {
    exactMethods<KerasFileEditor>(this, { summary: 1, compare: 2 });
  }
}

function weightsFrom(who: string, weights: unknown): StoredObject {
  if (!isPlainObject(weights))
    fail(who, `its weights are ${show(weights)}`, 'give them by their names in the file: { 0: kernel, 1: bias }');
  return Object.fromEntries(Object.entries(weights as Record<string, Like>).map(([key, x]) => [key, asTensor(x)]));
}

/** An assignment to `__proto__` would set the prototype. */
const put = (object: StoredObject, key: string, value: StoredObject | StoredWeight): void =>
  void Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
