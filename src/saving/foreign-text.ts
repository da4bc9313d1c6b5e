import { fail } from '../base/errors.ts';

/** A kind of file that is likely to be passed to the wrong function, or that only other programs read. */
export interface ForeignFile {
  readonly is: string;
  /** How it is recognised: by its first bytes, or the beginning of its text. */
  matches(bytes: Uint8Array, start: string): boolean;
  readonly fix: string;
}
/** Texts that describe models, though not to `modelFromJson`. */
export const foreignTexts: readonly ForeignFile[] = [
  {
    is: 'the model.json of TensorFlow.js',
    matches: (_, start) => /"(modelTopology|weightsManifest)"/.test(start),
    fix: 'pass its path, or all its files, to loadModel, which reads its weights too',
  },
  {
    is: 'YAML text, which Keras gave up in 2021',
    matches: (_, start) => /^(backend|class_name|config|keras_version)\s*:/m.test(start),
    fix: 'in the Python that wrote it turn it into JSON (json.dumps(yaml.safe_load(text))), and pass that to models.modelFromJson',
  },
];

/** Refuses what is of one of these kinds, saying what it is and which function reads it. */
export function refuseKinds(
  who: string,
  what: 'file' | 'text',
  kinds: readonly ForeignFile[],
  bytes: Uint8Array,
  start: string,
): void {
  const found = kinds.find((kind) => kind.matches(bytes, start));
  if (found) fail(who, `the ${what} is ${found.is}`, found.fix);
}
