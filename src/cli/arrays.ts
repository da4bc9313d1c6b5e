import { readFile } from 'node:fs/promises';
import { fail } from '../base/errors.ts';
import { numeric } from '../datasets/source.ts';
import { readNpy, readNpz } from '../formats/npy.ts';
import type { Model } from '../models/index.ts';
import { expandDims, stack } from '../ops/index.ts';
import { asTensor, type KerasTensor, type Like, type Tensor, tensor } from '../tensor/index.ts';
import { imgToArray } from '../utils/images/arrays.ts';
import { loadImg } from '../utils/images/load-img.ts';
import { wrongUsage } from './usage.ts';

const images = /\.(png|jpe?g|webp|gif|bmp)$/i;

/** An array from a .npy file, from an .npz (the only one, or a named one), or from nested lists in JSON. */
export async function arrayIn(file: string, name?: string): Promise<Tensor> {
  if (file.endsWith('.json')) return tensorOf(await jsonIn(file));
  const bytes = new Uint8Array(await readFile(file));
  if (!file.endsWith('.npz')) return numeric(file, readNpy(bytes), 'the array');
  const arrays = await readNpz(bytes);
  const names = Object.keys(arrays);
  const key = name ?? (names.length === 1 ? names[0] : undefined);
  if (key === undefined || !Object.hasOwn(arrays, key))
    return fail(file, `it has the arrays ${names.join(', ')}`, 'name one: "FILE.npz:NAME"');
  return numeric(file, arrays[key], key);
}
async function jsonIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail(file, `it is no JSON: ${error.message}`, 'write nested lists: [[1, 2], [3, 4]]');
  }
}
function tensorOf(value: unknown): Tensor {
  const hasTexts = (x: unknown): boolean => (Array.isArray(x) ? x.some(hasTexts) : typeof x === 'string');
  return hasTexts(value) ? tensor(value as string[], { dtype: 'string' }) : asTensor(value as Like);
}

/** `FILE` or `FILE.npz:NAME` as an array. */
export const arrayOf = (text: string): Promise<Tensor> => {
  const [, file, name] = /^(.*\.npz):([^/\\]+)$/.exec(text) ?? [];
  return file ? arrayIn(file, name) : arrayIn(text);
};

/** The inputs of a model: a file for its only input, `NAME=FILE` for one of several, several images for a batch. */
export async function inputsOf(model: Model, given: readonly string[], scale: number): Promise<Tensor | Tensor[]> {
  if (given.length === 0) wrongUsage('--input is missing', 'give --input FILE');
  const inputs = (model.inputs ?? []) as readonly KerasTensor[];
  const named = given.map((text) => /^([\w.-]+)=(.+)$/.exec(text));
  if (inputs.length <= 1)
    return oneInput(
      given.map((text, k) => named[k]?.[2] ?? text),
      inputs[0],
      scale,
    );
  const names = inputs.map((input) => input.name);
  const byName = new Map<string, string[]>();
  for (const [k, match] of named.entries()) {
    if (!match || !names.includes(match[1]))
      return fail(
        model,
        `"${given[k]}" is for none of its inputs`,
        `give ${names.map((n) => `--input ${n}=FILE`).join(' ')}`,
      );
    byName.set(match[1], [...(byName.get(match[1]) ?? []), match[2]]);
  }
  return Promise.all(
    inputs.map((input) => {
      const files = byName.get(input.name);
      return files
        ? oneInput(files, input, scale)
        : fail(model, `its input "${input.name}" is missing`, `give --input ${input.name}=FILE`);
    }),
  );
}

async function oneInput(files: readonly string[], input: KerasTensor | undefined, scale: number): Promise<Tensor> {
  if (!files.some((file) => images.test(file))) {
    if (files.length > 1)
      wrongUsage(`there are ${files.length} files for one input`, 'give one array, or images alone');
    return arrayOf(files[0]);
  }
  // The size and colours that the model expects.
  const [, height = null, width = null, channels = 3] = input?.symbolicShape.length === 4 ? input.symbolicShape : [];
  const colorMode = channels === 1 ? 'grayscale' : channels === 4 ? 'rgba' : 'rgb';
  const targetSize = height === null || width === null ? null : ([height, width] as const);
  const arrays = await Promise.all(
    files.map(async (file) => imgToArray(await loadImg(file, { colorMode, targetSize, interpolation: 'bilinear' }))),
  );
  const batch = arrays.length === 1 ? expandDims(arrays[0], 0) : stack(arrays);
  return scale === 1 ? batch : batch.mul(scale);
}
