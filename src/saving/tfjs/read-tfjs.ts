import { fail } from '../../base/errors.ts';
import { JsonPlace } from '../../base/json-place.ts';
import { checkConfig } from '../../base/registry/check-config.ts';
import { type Config, customObjectScope, loadNamed } from '../../base/registry/serialize.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import { isPlainObject } from '../../base/tree.ts';
import { bytesOf, type Place } from '../../formats/file.ts';
import { h5Dataset, h5Group, setH5 } from '../../formats/hdf5.ts';
import { checkRelativePath } from '../../formats/relative-path.ts';
import { readWeightsManifest, type TfjsWeight } from '../../formats/tfjs/weights-manifest.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { upload } from '../../runtime/storage.ts';
import { withinRoom } from '../../tensor/index.ts';
import { type LoadModelOptions, modelFromConfig, roomFor, type SavedModel } from '../keras/keras-file.ts';
import { convertStored, weightsFromH5 } from '../keras/read-weights.ts';
import { isOldVersion } from '../legacy/described.ts';
import { upgradeModel } from '../legacy/upgrade.ts';
import type { Found } from '../model-format.ts';
import { parsePythonJson } from '../python-json.ts';
import { compileAsInTfjs } from './compile.ts';
import { matchWeights, targetsIn } from './match-weights.ts';
import { fromOwnConfig } from './own-config.ts';

const who = 'model.json';
const complete = 'give the model.json that tfjs or its converter wrote';

/** The layers model that a `model.json` of TensorFlow.js and the files beside it describe. */
export async function readTfjs(file: Found, options: LoadModelOptions): Promise<SavedModel> {
  const { json, weights, bytes } = await contentsOf(file);
  const { config, training, isOld, isOwn } = topologyOf(json);
  const { customObjects = {} } = options;
  if (isOwn && /"interpolation":"bilinear"/.test(JSON.stringify(config)))
    console.warn(
      'loadModel: UpSampling2D is bilinear: Keras places the corners of pictures otherwise than tfjs, so that numbers differ.',
    );
  const upgraded = customObjectScope(customObjects, () => upgradeModel(config, { isOld }));
  await loadNamed(upgraded);
  return customObjectScope(customObjects, () => {
    const model = withinRoom('the file', roomFor(bytes), () =>
      modelFromConfig(upgraded, { ...options, compile: false }),
    );
    assignWeights(model, weights);
    if (options.compile !== false && training) compileAsInTfjs(model, training);
    return model;
  });
}

/** Gives a model the weights of such files. */
export async function readTfjsWeights(file: Found, model: AnyLayer): Promise<void> {
  assignWeights(model, (await contentsOf(file)).weights);
}

interface Contents {
  readonly json: JsonPlace;
  readonly weights: ReadonlyMap<string, TfjsWeight>;
  /** Of all files. */
  readonly bytes: number;
}
async function contentsOf(file: Found): Promise<Contents> {
  const source = file.isFolder ? inFolder(file.place!, 'model.json') : file.place;
  const own = file.bytes ?? (await bytesOf(source!));
  const json = new JsonPlace(who, parsePythonJson(new TextDecoder().decode(own)));
  refuseGraphModels(json);
  const manifest = json.member('weightsManifest');
  if (!manifest.isPresent)
    json.refuse(
      'it lists no weights',
      'pass the text of its modelTopology to models.modelFromJson for a model with fresh ones',
    );
  let bytes = own.length;
  const weights = await readWeightsManifest(manifest, async (path) => {
    const part = await openBeside(file, source, path);
    bytes += part.length;
    return part;
  });
  for (const [name, { isOptimizers }] of weights) if (isOptimizers) weights.delete(name);
  return { json, weights, bytes };
}

const inFolder = (place: Place, name: string): Place =>
  place instanceof URL ? new URL(name, `${place.href.replace(/\/?$/, '/')}`) : `${place.replace(/[/\\]$/, '')}/${name}`;

/** The bytes of a file that the manifest names, which lies beside the model.json, or was given with it. */
async function openBeside({ files }: Found, place: Place | undefined, path: string): Promise<Uint8Array> {
  checkRelativePath(who, path);
  if (files) {
    const found = files.find(({ name }) => name === path) ?? files.find(({ name }) => name === path.split('/').at(-1));
    if (found) return bytesOf(found);
    return fail(
      who,
      `its weights are in "${path}", which is not among the files given (${files.map(({ name }) => name).join(', ')})`,
      'give them all',
    );
  }
  if (place === undefined)
    return fail(
      who,
      `its weights are in "${path}", which bytes alone do not lead to`,
      'give its path or URL, or all its files in a list: loadModel([...input.files])',
    );
  if (place instanceof URL || /^[a-z][a-z0-9+.-]+:\/\//i.test(place)) {
    const base = new URL(place);
    const there = new URL(path, base);
    // What a signed address says after `?` counts for the files beside it too.
    there.search = base.search;
    return bytesOf(there.href.startsWith('indexeddb:') ? there.href : there);
  }
  return bytesOf(place.replace(/[^/\\]*$/, () => path));
}

/** Graphs of TensorFlow have no layers: their nodes are no model that could be seen or trained here. */
function refuseGraphModels(json: JsonPlace): void {
  const { value: topology } = json.member('modelTopology');
  const isGraph = isPlainObject(topology) && ('node' in topology || 'library' in topology || 'versions' in topology);
  if (json.member('format').value === 'graph-model' || isGraph)
    fail(
      'loadModel',
      'the model.json is a graph model: nodes of TensorFlow without layers or names of weights by layer',
      'load the Keras model from which it was converted (.keras or .h5), or convert that with --output_format=tfjs_layers_model',
    );
}

interface Topology {
  readonly config: unknown;
  readonly training: Config | undefined;
  /** Whether it is in the notation of Keras 2, which tfjs shares. */
  readonly isOld: boolean;
  /** Whether tfjs itself made the model. */
  readonly isOwn: boolean;
}
/** The config of a model and its compile settings, in the form of tfjs or in that of the converter. */
function topologyOf(json: JsonPlace): Topology {
  const given = json.member('modelTopology');
  const { value } = given;
  // Early versions wrote the topology as text.
  const topology = typeof value === 'string' ? new JsonPlace(who, parsePythonJson(value)) : given;
  if (!isPlainObject(topology.value)) topology.kind('the description of a model', complete);
  const within = topology.member('model_config');
  const config = (within.isPresent ? within : topology).value;
  checkConfig(config, `${who}, modelTopology`, { isRaw: true });
  const { class_name, config: own } = config as Config;
  const training = [topology.member('training_config'), json.member('trainingConfig')].find(({ value }) =>
    isPlainObject(value),
  );
  const { value: version } = topology.member('keras_version');
  const isOwn = typeof version !== 'string' || version.startsWith('tfjs');
  const model = { class_name, config: own };
  return {
    config: isOwn ? fromOwnConfig(model) : model,
    training: training?.value as Config | undefined,
    isOld: isOwn || isOldVersion(version),
    isOwn,
  };
}

/** Gives all variables of a model their values, or none. */
function assignWeights(model: AnyLayer, weights: ReadonlyMap<string, TfjsWeight>): void {
  const names = [...weights.keys()];
  if (names.length > 0 && names.every((name) => /(^|\/)vars\/\d+$/.test(name))) {
    // The converter keeps the paths of Keras 3's weight files.
    const file = h5Group();
    for (const [name, { shape, dtype, data }] of weights) {
      checkRelativePath(who, name);
      setH5(file, name, h5Dataset(shape, dtype as 'float32', data as Float32Array));
    }
    weightsFromH5(model, file);
    return;
  }
  const targets = targetsIn(model);
  const matched = matchWeights(targets, weights);
  const problems: string[] = [];
  const used = new Set(matched.values());
  for (const { variable, names } of targets) {
    const name = matched.get(variable);
    const found = name === undefined ? undefined : weights.get(name)!;
    if (!found) problems.push(`nothing for "${names.join('/')}"`);
    else if (!sameShape(found.shape, variable.shape))
      problems.push(`"${name}" has shape ${showShape(found.shape)}, the weight ${showShape(variable.shape)}`);
  }
  for (const name of names) if (!used.has(name)) problems.push(`no weight of the model is "${name.slice(0, 100)}"`);
  if (problems.length > 0)
    fail(
      model,
      `the weights of the model.json do not fit:\n    ${problems.slice(0, 20).join('\n    ')}${problems.length > 20 ? `\n    and ${problems.length - 20} more` : ''}`,
      'load into the same architecture; weights of the trainable layers alone (trainableOnly) are not enough',
    );
  const values = targets.map(({ variable }) => {
    const { data, dtype } = weights.get(matched.get(variable)!)!;
    return { variable, value: convertStored(data, dtype, variable.dtype) };
  });
  for (const { variable, value } of values) variable.assign(upload(value, variable));
}
