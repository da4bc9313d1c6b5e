import { fail } from '../base/errors.ts';

/** A kind of file that is likely to be passed to the wrong function, or that only other programs read. */
interface ForeignFile {
  readonly is: string;
  /** How it is recognised: by its first bytes, or the beginning of its text. */
  matches(bytes: Uint8Array, start: string): boolean;
  readonly fix: string;
}
const isJson = (start: string): boolean => /^\s*[{[]/.test(start);
const foreign: readonly ForeignFile[] = [
  { is: 'an empty file', matches: (bytes) => bytes.length === 0, fix: 'check that it was written and copied whole' },
  {
    is: 'the model.json of TensorFlow.js',
    matches: (_, start) => isJson(start) && /"(modelTopology|weightsManifest)"/.test(start),
    fix: 'convert it in Python with tensorflowjs_converter --input_format=tfjs_layers_model --output_format=keras, and load the .h5 or .keras file',
  },
  {
    is: 'the list of shards of weights',
    matches: (_, start) => isJson(start) && /"weight_map"/.test(start),
    fix: 'give it to loadWeights of the model: model.loadWeights("x.weights.json"), by its path, so that the shards beside it are found',
  },
  {
    is: 'JSON text, which describes a model without its weights',
    matches: (_, start) => isJson(start),
    fix: 'pass the text to models.modelFromJson(text), and the file of weights to model.loadWeights(file)',
  },
  {
    is: 'YAML text, which Keras gave up in 2021',
    matches: (_, start) => /^(backend|class_name|config|keras_version)\s*:/m.test(start),
    fix: 'in the Python that wrote it turn it into JSON (json.dumps(yaml.safe_load(text))), and pass that to models.modelFromJson',
  },
  {
    is: 'a pickle, which is a program for Python',
    matches: (bytes) => bytes[0] === 0x80 && bytes[1] <= 5,
    fix: 'load it in Python and write the model with model.save("model.keras")',
  },
  {
    is: 'a model of TensorFlow Lite',
    matches: (_, start) => start.slice(4, 8) === 'TFL3',
    fix: 'save the Keras model from which it was made with model.save("model.keras")',
  },
  {
    is: 'a NumPy array',
    matches: (_, start) => start.slice(1, 6) === 'NUMPY',
    fix: 'read it with NumPy and give its values to layer.setWeights',
  },
];

/** Refuses a file that is not a model, saying what it is and which function reads it. */
export function refuseForeign(who: string, bytes: Uint8Array): void {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b;
  if (isZip) return;
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 65_536));
  const found = foreign.find((kind) => kind.matches(bytes, start));
  if (found) fail(who, `the file is ${found.is}`, found.fix);
}
