import { type ForeignFile, foreignTexts, refuseKinds } from './foreign-text.ts';

const isJson = (start: string): boolean => /^\s*[{[]/.test(start);
const foreign: readonly ForeignFile[] = [
  ...foreignTexts,
  { is: 'an empty file', matches: (bytes) => bytes.length === 0, fix: 'check that it was written and copied whole' },
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
  refuseKinds(who, 'file', foreign, bytes, start);
}
