import { asDType, type DType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { show } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import { isPlainObject, refuseDepth } from '../../base/tree.ts';
import { asHostTensor, type Like, stringTensor, Tensor } from '../../tensor/index.ts';
import { at } from './element.ts';

/** The form of one part of an element. */
export interface TensorSpec {
  /** Null for unknown sizes. */
  readonly shape: readonly (number | null)[];
  /** The dtype of the part; undefined where it is not declared. */
  readonly dtype?: DType | undefined;
}
/** The form of an element, part by part. */
export type Signature = TensorSpec | readonly Signature[] | { readonly [name: string]: Signature };
type Path = readonly (string | number)[];

const who = 'Dataset.fromGenerator';
const isSpec = (x: unknown): x is TensorSpec => isPlainObject(x) && Array.isArray(x.shape);

/** Checks a signature, which must have shapes. */
export function checkSignature(given: Signature, path: Path = []): Signature {
  refuseDepth(path.length);
  if (isSpec(given)) {
    if (given.dtype !== undefined && given.dtype !== 'string') asDType(given.dtype, who);
    const odd = given.shape.find((n) => n !== null && !(Number.isInteger(n) && n >= 0));
    return odd === undefined
      ? given
      : fail(who, `the signature has a size of ${show(odd)}${at(path)}`, 'give whole numbers, or null');
  }
  if (Array.isArray(given)) return given.map((part: Signature, k) => checkSignature(part, [...path, k]));
  if (isPlainObject(given))
    return Object.fromEntries(
      Object.entries(given).map(([key, part]) => [key, checkSignature(part as Signature, [...path, key])]),
    );
  return fail(
    who,
    `outputSignature holds ${show(given)}${at(path)}`,
    'give { shape: [null, 3], dtype: "float32" }, or lists and objects of these',
  );
}

/** Converts the k-th value of a generator to an element of a signature. */
export function conforming(given: unknown, signature: Signature, k: number, path: Path = []): unknown {
  const refuse = (problem: string): never =>
    fail(
      who,
      `element ${k} ${problem}${at(path)}, which outputSignature says otherwise`,
      'mend the generator or the signature',
    );
  if (!isSpec(signature)) {
    if (Array.isArray(signature)) {
      if (!Array.isArray(given) || given.length !== signature.length) refuse(`is no list of ${signature.length}`);
      return signature.map((part: Signature, n) => conforming((given as unknown[])[n], part, k, [...path, n]));
    }
    const parts = Object.entries(signature as Readonly<Record<string, Signature>>);
    if (!isPlainObject(given) || Object.keys(given).length !== parts.length)
      refuse(`has other parts than ${parts.map(([key]) => key).join(', ')}`);
    return Object.fromEntries(
      parts.map(([key, part]) => [
        key,
        conforming((given as Readonly<Record<string, unknown>>)[key], part, k, [...path, key]),
      ]),
    );
  }
  const { shape, dtype = 'float32' } = signature;
  const made = given instanceof Tensor ? given : tensorOf(given, dtype, refuse);
  if (made.dtype !== dtype) refuse(`is ${made.dtype} instead of ${dtype}`);
  if (made.shape.length !== shape.length || shape.some((n, d) => n !== null && n !== made.shape[d]))
    refuse(`has the shape ${showShape(made.shape)} instead of (${shape.map((n) => n ?? 'null').join(', ')})`);
  return made;
}
function tensorOf(given: unknown, dtype: DType, refuse: (problem: string) => never): Tensor {
  if (given === undefined || given === null) refuse('is missing');
  if (dtype === 'string' && typeof given === 'string') return stringTensor([given], []);
  return asHostTensor(given as Like, dtype);
}
