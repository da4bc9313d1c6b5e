import { fail } from '../base/errors.ts';
import { show } from '../base/options.ts';
import { sameShape, showShape } from '../base/shape.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../formats/safetensors.ts';
import { inner } from '../layers/layer/inner.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { loraOf, valueInFiles } from '../layers/layer/lora.ts';
import { zeros } from '../ops/index.ts';
import { download, upload } from '../runtime/storage.ts';
import type { Variable } from '../tensor/index.ts';
import { convertStored } from './keras/read-weights.ts';
import { placeSaveables } from './keras/saveables.ts';
import type { LoadWeightsOptions } from './keras/weights.ts';
import type { SaveWeightsOptions } from './model-format.ts';

/**
 * The weights of a model by the names that they have in a file: the place of the layer, as `.weights.h5` files have it, and the
 * name of the weight. Those for which `rename` gives null are left out.
 */
function named(model: AnyLayer, rename: (path: string) => string | null): Map<string, Variable> {
  const found = new Map<string, Variable>();
  const paths = new Set<string>();
  for (const { path, object, variables } of placeSaveables(model)) {
    if (!(inner in object)) continue;
    for (const variable of variables) {
      const plain = path === '' ? variable.name : `${path}/${variable.name}`;
      let own = plain;
      for (let k = 1; paths.has(own); k++) own = `${plain}_${k}`;
      paths.add(own);
      const name = rename(own);
      if (name === null) continue;
      if (typeof name !== 'string' || name === '__metadata__')
        fail(model, `rename gave ${show(name)} for "${own}"`, 'give a name, or null to leave it out');
      if (found.has(name)) fail(model, `rename gave "${name}" to two weights`, 'give each a name of its own');
      found.set(name, variable);
    }
  }
  return found;
}
const asIs = (path: string): string => path;

/** All weights of a model by their names, as bytes. */
export async function weightsToSafetensors(
  model: AnyLayer,
  { rename = asIs }: SaveWeightsOptions,
): Promise<Uint8Array> {
  const variables = [...named(model, rename)];
  // All are asked for before anything is awaited: they are of one moment.
  const asked = variables.map(([name, v]) => [name, v, download(valueInFiles(v) ?? v.held)] as const);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape }, data] of asked) tensors.set(name, { dtype, shape, data: await data });
  return writeSafetensors(tensors, { format: 'keras' });
}

/** Gives a model the weights of a file; all that fit, or none. */
export function weightsFromSafetensors(
  model: AnyLayer,
  bytes: Uint8Array,
  { rename = asIs, skipMismatch = false }: LoadWeightsOptions,
): void {
  const stored = readSafetensors(bytes);
  const wanted = named(model, rename);
  const problems: string[] = [];
  const fitting: (() => void)[] = [];
  for (const [name, variable] of wanted) {
    const tensor = stored.get(name);
    if (!tensor) problems.push(`it has no "${name}"`);
    else if (!sameShape(tensor.shape, variable.shape))
      problems.push(`"${name}" has shape ${showShape(tensor.shape)}, the weight ${showShape(variable.shape)}`);
    else
      fitting.push(() => {
        variable.assign(upload(convertStored(tensor.data, tensor.dtype, variable.dtype), variable));
        // A correction of low rank is in the weight already.
        const lora = loraOf(variable);
        if (lora) lora.b.assign(zeros(lora.b.shape, { dtype: lora.b.dtype }));
      });
  }
  const unused = [...stored.keys()].filter((name) => !wanted.has(name));
  if (unused.length > 0) problems.push(`the model has no weight for ${unused.map((name) => `"${name}"`).join(', ')}`);
  const shown =
    problems.slice(0, 20).join('\n    ') + (problems.length > 20 ? `\n    and ${problems.length - 20} more` : '');
  if (problems.length > 0 && !skipMismatch)
    fail(
      model,
      `the weights of the safetensors file do not fit:\n    ${shown}`,
      'give { rename: (path) => the name in the file }, or { skipMismatch: true }',
    );
  if (problems.length > 0) console.warn(`loadWeights: what does not fit was left as it is:\n    ${shown}`);
  for (const assign of fitting) assign();
}
