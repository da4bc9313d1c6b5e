import { print } from '../../base/config.ts';
import type { RealDType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { markingShared, serializeObject } from '../../base/registry/serialize.ts';
import { libraryVersion } from '../../base/version.ts';
import { isBrowserPlace } from '../../formats/browser-places.ts';
import { type Place, writeFileAtomic, writeFolder } from '../../formats/file.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { savedVariablesOf, valueInFiles } from '../../layers/layer/lora.ts';
import { sublayersOf } from '../../layers/layer/tracking.ts';
import { download } from '../../runtime/storage.ts';
import type { Variable } from '../../tensor/index.ts';
import type { SavedModel } from '../keras/keras-file.ts';
import { convertStored } from '../keras/read-weights.ts';
import type { Described } from '../legacy/described.ts';
import type { ExportOptions } from '../onnx/export-options.ts';
import { toTfjsConfig } from './topology.ts';

/** The size of a file of weights, that of tfjs's converter. */
const shardBytes = 2 ** 22;

/** Writes a layers model of TensorFlow.js: a folder with `model.json` and its weights; in a browser two files. */
export async function exportTfjs(
  model: SavedModel,
  place: Place,
  { format: _, verbose = false, ...others }: ExportOptions,
): Promise<void> {
  const [other] = Object.keys(others);
  if (other !== undefined) fail(model, `the format "tfjs" has no ${other}`, 'leave it out');
  const { json, weights } = await modelToTfjs(model);
  await writeFiles(place, json, weights);
  if (verbose) print(`Wrote ${weights.bytes.length} bytes of weights to ${String(place)}`);
}

async function writeFiles(place: Place, json: object, weights: Weights): Promise<void> {
  const inFiles = (paths: readonly string[]): Uint8Array =>
    new TextEncoder().encode(JSON.stringify({ ...json, weightsManifest: [{ paths, weights: weights.specs }] }));
  if (isBrowserPlace(place)) {
    const name = String(place).replace(/\.json$/, '');
    const file = `${name.split('/').at(-1)}.weights.bin`;
    await writeFileAtomic(`${name}.weights.bin`, weights.bytes);
    await writeFileAtomic(`${name}.json`, inFiles([file]));
    return;
  }
  const count = Math.max(1, Math.ceil(weights.bytes.length / shardBytes));
  const shards = Array.from({ length: count }, (_, k) => {
    const name = `group1-shard${k + 1}of${count}.bin`;
    return [name, weights.bytes.subarray(k * shardBytes, (k + 1) * shardBytes)] as const;
  });
  // The model.json comes last: where it stands, the weights do too.
  await writeFolder(place, { ...Object.fromEntries(shards), 'model.json': inFiles(shards.map(([name]) => name)) });
}

interface Weights {
  /** What the manifest says about them. */
  readonly specs: readonly object[];
  readonly bytes: Uint8Array;
}
/** What a model.json holds, but for the list of weights, and these. */
async function modelToTfjs(model: SavedModel): Promise<{ readonly json: object; readonly weights: Weights }> {
  if (!['Functional', 'Sequential'].includes(model.className) || !model.built)
    fail(
      model,
      'TensorFlow.js reads functional and Sequential models that are built',
      'make the model with new Model({ inputs, outputs }), or call it on data first',
    );
  const problems: string[] = [];
  const described = markingShared(() => serializeObject(model)) as Described;
  const hasMasks = /"mask_zero":true|"class_name":"Masking"/.test(JSON.stringify(described));
  const config = toTfjsConfig(described, { problems, hasMasks });
  const named = namedWeights(model, problems);
  if (problems.length > 0) {
    const all = [...new Set(problems)];
    fail(
      model,
      `TensorFlow.js cannot have this model:\n    ${all.slice(0, 40).join('\n    ')}${all.length > 40 ? `\n    and ${all.length - 40} more` : ''}`,
      'replace these layers or options; for GRU pass { resetAfter: false } and train again',
    );
  }
  // All are asked for before anything is awaited: they are of one moment.
  const asked = [...named].map(([name, v]) => [name, v, download(valueInFiles(v) ?? v.held)] as const);
  const specs: object[] = [];
  const parts: Uint8Array[] = [];
  for (const [name, { shape, dtype }, data] of asked) {
    const kept: RealDType = /^u?int/.test(dtype) ? 'int32' : 'float32';
    const { buffer, byteOffset, byteLength } = convertStored(await data, dtype, kept) as Float32Array<ArrayBuffer>;
    specs.push({ name, shape, dtype: kept });
    parts.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const json = {
    format: 'layers-model',
    generatedBy: `Hornbeam ${libraryVersion}`,
    convertedBy: null,
    modelTopology: { ...config, keras_version: '2.15.0', backend: 'tensorflow' },
  };
  return { json, weights: { specs, bytes } };
}

interface Holder extends AnyLayer {
  readonly layers?: readonly AnyLayer[];
  readonly layer?: AnyLayer;
  readonly cell?: AnyLayer & { readonly cells?: readonly AnyLayer[] };
  readonly forwardLayer?: AnyLayer;
  readonly backwardLayer?: AnyLayer;
}
/** All weights under the names that tfjs looks for: those of the layer in its model, without the models and cells around and within it. */
function namedWeights(model: AnyLayer, problems: string[]): ReadonlyMap<string, Variable> {
  const found = new Map<string, Variable>();
  const seen = new Set<AnyLayer>();
  const own = (layer: AnyLayer, prefix: string): void => {
    const wanted = new Set(layer.weights);
    const visit = (at: AnyLayer): void => {
      for (const v of savedVariablesOf(at)) {
        if (!wanted.has(v)) continue;
        const name = `${prefix}/${/^Depthwise/.test(at.className) && v.name === 'kernel' ? 'depthwise_kernel' : v.name}`;
        if (found.has(name))
          problems.push(`two weights are called "${name}" there, where names of layers within models count too`);
        else if (!/^[A-Za-z0-9][-A-Za-z0-9._/]*$/.test(name)) problems.push(`"${name}" is no name of a weight there`);
        found.set(name, v);
      }
      sublayersOf(at).forEach(visit);
    };
    visit(layer);
  };
  const visit = (layer: AnyLayer): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    const { layers, forwardLayer, backwardLayer, cell } = layer as Holder;
    if (layers && ['Functional', 'Sequential'].includes(layer.className)) layers.forEach(visit);
    else if (forwardLayer && backwardLayer) {
      const name = forwardLayer.name.replace(/^forward_/, '');
      own(forwardLayer, `${layer.name}/forward_${name}`);
      own(backwardLayer, `${layer.name}/backward_${name}`);
    } else if (cell?.cells) cell.cells.forEach((each, k) => own(each, `${layer.name}/RNNCell_${k}`));
    else own(layer, layer.name);
  };
  visit(model);
  return found;
}
