import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { recordOf, recordsOf } from '../../src/formats/events/records.ts';
import { getH5Text, type H5Node, h5Text, isH5Dataset, readHdf5, writeHdf5 } from '../../src/formats/hdf5.ts';
import { readNpy, readNpz, writeNpy } from '../../src/formats/npy.ts';
import { type Message, protobuf, type Schema } from '../../src/formats/protobuf.ts';
import { readZip, writeZip } from '../../src/formats/zip.ts';
import * as keras from '../../src/index.ts';
import { modelSchema } from '../../src/saving/onnx/schema.ts';
import { weightsToSafetensors } from '../../src/saving/safetensors-weights.ts';
import { withinRoom } from '../../src/tensor/index.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson, mutateText } from './mutate-json.ts';
import type { Choices } from './random.ts';

/** One format: makes an input of random choices, and reads it. */
type Target = (random: Choices, data: Data) => Promise<unknown> | unknown;

/** Files to begin with, from the folder `test/data`, each read once. */
export class Data {
  readonly #folder: string;
  readonly #files = new Map<string, Uint8Array>();
  readonly #names = new Map<string, string[]>();

  constructor(folder: string) {
    this.#folder = folder;
  }
  read(path: string): Uint8Array {
    const bytes = this.#files.get(path) ?? new Uint8Array(readFileSync(`${this.#folder}/${path}`));
    const plain = path.endsWith('.gz') && !this.#files.has(path) ? new Uint8Array(gunzipSync(bytes)) : bytes;
    this.#files.set(path, plain);
    return plain;
  }
  /** A file of the models whose name ends so. */
  model(random: Choices, ending: string): Uint8Array {
    const names = this.#names.get(ending) ?? readdirSync(`${this.#folder}/models`).filter((n) => n.endsWith(ending));
    this.#names.set(ending, names);
    return this.read(`models/${random.of(names.filter((name) => !name.includes('.io.')))}`);
  }
}

const text = new TextEncoder();
const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
// What a model of JSON alone may take; one from a file takes what the file can hold.
const room = 2 ** 27;

async function keras3(random: Choices, data: Data): Promise<unknown> {
  const whole = data.model(random, '.keras.gz');
  const kind = random.below(5);
  if (kind === 0) return keras.models.loadModel(mutateBytes(random, whole));
  const files = await readZip(whole);
  if (kind === 1) files['model.weights.h5'] = mutateBytes(random, files['model.weights.h5']!);
  else if (kind === 2) files[random.of(Object.keys(files))] = text.encode('x'.repeat(random.below(99)));
  else files['config.json'] = text.encode(mutateText(random, parse(files['config.json']!)));
  const archive = await writeZip(files, { compress: random.chance(0.3) });
  if (kind === 2)
    // The directory, which says where and how large everything is, stands at the end.
    for (let n = random.below(3); n > 0; n--) archive[archive.length - 1 - random.below(300)] = random.below(256);
  return keras.models.loadModel(archive);
}

async function h5(random: Choices, data: Data): Promise<unknown> {
  const whole = data.model(random, '.h5.gz');
  if (random.chance(0.5)) return keras.models.loadModel(mutateBytes(random, whole));
  const tree = await readHdf5(whole);
  const key = random.of(['model_config', 'model_config', 'training_config', 'keras_version']);
  const value = getH5Text(tree, key);
  if (value !== undefined)
    tree.attributes[key] = h5Text(
      key === 'keras_version' ? random.of(['1.2', '2.9', '', 'x']) : mutateText(random, JSON.parse(value)),
    );
  return keras.models.loadModel(await writeHdf5(tree));
}

/** Models that have what some weights file holds, each made once. */
const models = new Map<string, keras.Model>();
async function weights(random: Choices, data: Data): Promise<unknown> {
  const name = random.of(['seq_mlp', 'fun_branches', 'rnn_mix', 'state_kinds', 'transformer']);
  const model = models.get(name) ?? (await keras.models.loadModel<keras.Model>(data.read(`models/${name}.keras.gz`)));
  models.set(name, model);
  return model.loadWeights(mutateBytes(random, data.read(`models/${name}.weights.h5.gz`)));
}

/** Weights of safetensors: damaged as a whole, or with a header that says something else. */
async function safetensors(random: Choices, data: Data): Promise<unknown> {
  const name = random.of(['seq_mlp', 'fun_branches', 'rnn_mix', 'state_kinds']);
  const model = models.get(name) ?? (await keras.models.loadModel<keras.Model>(data.read(`models/${name}.keras.gz`)));
  models.set(name, model);
  const whole = tensorFiles.get(name) ?? (await weightsToSafetensors(model as never, {}));
  tensorFiles.set(name, whole);
  if (random.chance(0.3)) return model.loadWeights(mutateBytes(random, whole));
  const end = 8 + Number(new DataView(whole.buffer).getBigUint64(0, true));
  const header = text.encode(mutateText(random, parse(whole.subarray(8, end))));
  const bytes = new Uint8Array(8 + header.length + whole.length - end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  bytes.set(whole.subarray(end), 8 + header.length);
  return model.loadWeights(bytes, { skipMismatch: random.chance(0.5) });
}
const tensorFiles = new Map<string, Uint8Array>();

/** Reads all that is in an HDF5 file. */
async function hdf5(random: Choices, data: Data): Promise<unknown> {
  const names = ['kinds.h5', 'newest.h5.gz', 'lattice.h5.gz', 'long_names.h5.gz', 'cycle.h5', 'seq_mlp.h5'];
  const tree = await readHdf5(mutateBytes(random, data.read(`formats/${random.of(names)}`)));
  const left: H5Node[] = [tree];
  const seen = new Set<H5Node>();
  for (let node = left.pop(); node; node = left.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const { data: values } of Object.values(node.attributes)) void values.length;
    if (isH5Dataset(node)) void node.data.length;
    else left.push(...Object.values(node.children));
  }
  return seen.size;
}

function json(random: Choices, data: Data): unknown {
  const described = mutateText(random, parse(data.model(random, '.json.gz')));
  return withinRoom('this test', room, () => keras.models.modelFromJson(described));
}

const arrays = [
  writeNpy({ shape: [2, 3], dtype: 'float32', data: new Float32Array(6) }),
  writeNpy({ shape: [], dtype: 'int64', data: new BigInt64Array(1) }),
  writeNpy({ shape: [4], dtype: 'bool', data: new Uint8Array(4) }),
];
function npy(random: Choices, data: Data): unknown {
  return random.chance(0.7)
    ? readNpy(mutateBytes(random, random.of(arrays)))
    : readNpz(mutateBytes(random, data.read(`formats/${random.of(['arrays.npz', 'arrays_deflated.npz'])}`)));
}

const annotations = {
  images: [
    { id: 1, width: 60, height: 40, file_name: 'a' },
    { id: 2, width: 60, height: 40 },
  ],
  categories: [{ id: 1, name: 'a' }, { id: 3 }],
  annotations: [
    { id: 1, image_id: 1, category_id: 1, area: 9, iscrowd: 0, bbox: [0, 0, 3, 3], segmentation: [[0, 0, 3, 0, 3, 3]] },
    {
      id: 2,
      image_id: 2,
      category_id: 3,
      area: 9,
      iscrowd: 1,
      bbox: [0, 0, 3, 3],
      segmentation: { size: [40, 60], counts: [0, 9, 2391] },
    },
  ],
};
const detections = [
  { image_id: 1, category_id: 1, score: 0.5, bbox: [0, 0, 3, 3], segmentation: { size: [40, 60], counts: 'PPm2' } },
  { image_id: 2, category_id: 3, score: 0.25, bbox: [1, 0, 3, 3], segmentation: [[0, 0, 3, 0, 3, 3]] },
];
function coco(random: Choices): unknown {
  const { loadAnnotations, loadDetections } = keras.coco;
  const options = { iouType: random.of(['bbox', 'segm'] as const) };
  const damaged = random.below(3);
  const truths = loadAnnotations(
    damaged === 0 ? mutateText(random, annotations) : damaged === 1 ? mutateJson(random, annotations) : annotations,
    options,
  );
  return loadDetections(damaged === 2 ? mutateText(random, detections) : detections, truths, options);
}

/** Logs for TensorBoard: damaged as a whole, or with records that are damaged and have the right checksums. */
async function events(random: Choices, data: Data): Promise<unknown> {
  const whole = data.read(`events/${random.of(['keras-train', 'tensorflow', 'hparams', 'torch'])}.tfevents`);
  const parts: Uint8Array[] = [];
  if (random.chance(0.3)) parts.push(mutateBytes(random, whole));
  else
    for await (const record of recordsOf('events', [whole]))
      parts.push(recordOf(random.chance(0.3) ? mutateBytes(random, record) : record));
  let count = 0;
  for await (const { tag } of keras.utils.readEvents(new Uint8Array(Buffer.concat(parts)))) count += tag.length;
  return count;
}

/** Models of TensorFlow.js: a damaged model.json, or a file of weights that is cut off. */
async function tfjs(random: Choices, data: Data): Promise<unknown> {
  const name = random.of(['cnn', 'text', 'graph', 'sequence', 'quantized']);
  const { model, weights } = parse(data.read(`tfjs/${name}.json.gz`)) as { model: object; weights: string };
  const bytes = new Uint8Array(Buffer.from(weights, 'base64'));
  const files = [
    new File([random.chance(0.9) ? mutateText(random, model) : JSON.stringify(model)], 'model.json'),
    new File([bytes.slice(0, bytes.length - (random.chance(0.2) ? random.below(99) : 0))], 'weights.bin'),
  ];
  return keras.models.loadModel(files);
}

/** Models of ONNX: damaged bytes, or a message in which something else is said. */
async function onnx(random: Choices, data: Data): Promise<unknown> {
  const name = random.of(onnxFiles);
  const bytes = data.read(`onnx/${name}.onnx.gz`);
  if (random.chance(0.3)) return keras.models.loadModel(mutateBytes(random, bytes));
  const { decode, encode } = await protobuf();
  // Long arrays are left as they are: their names stand for them.
  const arrays: Uint8Array[] = [];
  const plain: unknown = JSON.parse(
    JSON.stringify(decode('fuzz', modelSchema, bytes), (_, x) =>
      x instanceof Uint8Array ? `bytes ${arrays.push(x) - 1}` : x,
    ),
  );
  return keras.models.loadModel(encode(modelSchema, fitting(modelSchema, mutateJson(random, plain), arrays)));
}
const onnxFiles = [
  'bert',
  'mobilenet',
  'resnet',
  'sequence',
  'text',
  'unet',
  'vit',
  'branches',
  'counted',
  'grown',
].concat(['moved', 'rounds', 'scan_lstm', 'vit_dynamo', 'while_rnn']);
/** What of a value a message can hold. */
function fitting(schema: Schema, value: unknown, arrays: readonly Uint8Array[]): Message<Schema> {
  const one = (kind: Schema[string]['kind'], x: unknown): unknown => {
    if (typeof kind === 'object') return typeof x === 'object' && x ? fitting(kind, x, arrays) : undefined;
    if (kind === 'bytes') return typeof x === 'string' ? arrays[Number(/^bytes (\d+)$/.exec(x)?.[1])] : undefined;
    if (kind === 'string') return typeof x === 'string' ? x : undefined;
    if (typeof x !== 'number') return undefined;
    if (kind === 'float') return Math.max(-3e38, Math.min(x, 3e38));
    if (kind === 'double') return x;
    const whole = Math.trunc(Math.max(-(2 ** 62), Math.min(x, 2 ** 62)));
    return kind === 'int32' ? whole | 0 : kind === 'uint32' || kind === 'uint64' ? Math.abs(whole | 0) : BigInt(whole);
  };
  const found = Object.entries(schema).flatMap(([name, { kind, isList }]) => {
    const given = (Object(value) as Record<string, unknown>)[name];
    if (isList && Array.isArray(given)) return [[name, given.map((x) => one(kind, x)).filter((x) => x !== undefined)]];
    const x = isList ? undefined : one(kind, given);
    return x === undefined ? [] : [[name, x]];
  });
  return Object.fromEntries(found);
}

/** What reads files, by format. */
export const targets: Readonly<Record<string, Target>> = {
  keras: keras3,
  h5,
  weights,
  safetensors,
  hdf5,
  json,
  npy,
  coco,
  events,
  tfjs,
  onnx,
};
