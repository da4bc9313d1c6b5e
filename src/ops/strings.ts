import { fail } from '../base/errors.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import { Tensor } from '../ir/tensor.ts';
import { upload } from '../runtime/storage.ts';
import { inFrame, Trace } from '../tensor/frames.ts';
import { onHost } from '../tensor/host.ts';
import { mapTensors, tensorsIn } from '../tensor/leaves.ts';

/** Whether strings are among an op's arguments. */
export const meetsStrings = (args: readonly unknown[]): boolean =>
  args.some(
    (x) =>
      (x instanceof Tensor && x.dtype === 'string') ||
      (Array.isArray(x) && x.some((y) => y instanceof Tensor && y.dtype === 'string')),
  );

/** Ops that only move elements and return one tensor. */
const moving: ReadonlySet<string> = new Set([
  'concatenate',
  'expandDims',
  'flip',
  'getItem',
  'moveaxis',
  'ravel',
  'repeat',
  'reshape',
  'squeeze',
  'stack',
  'swapaxes',
  'take',
  'tile',
  'transpose',
]);

/** Ops that return their argument, perhaps in another dtype. */
const keeping: ReadonlySet<string> = new Set(['array', 'convertToTensor', 'copy']);

type Call = (...args: unknown[]) => unknown;
/** Runs an op that moves elements on strings: it moves their positions instead, and the strings follow. */
export function onStrings(name: string, call: Call, args: readonly unknown[]): Tensor {
  if (keeping.has(name)) {
    const dtype = (args[1] as { readonly dtype?: unknown } | undefined)?.dtype ?? 'string';
    if (dtype === 'string') return args[0] as Tensor;
  }
  if (!moving.has(name))
    return fail(
      name,
      'a tensor of strings came where numbers are wanted',
      'look strings up first, with StringLookup, TextVectorization or Hashing; ops that only move elements take them',
    );
  const strings = tensorsIn(args).filter((t) => t.dtype === 'string');
  /** The op with other tensors in place of the strings. */
  const moved = (others: readonly Tensor[]): Tensor => {
    let at = 0;
    return call(...(mapTensors(args, (t) => (t.dtype === 'string' ? others[at++] : t)) as unknown[])) as Tensor;
  };
  const shapeOf = (): Shape => {
    const inputs = strings.map(({ shape }) => new Tensor({ shape, dtype: 'int32' }));
    return inFrame(new Trace(), () => moved(inputs)).shape;
  };
  return onHost(
    strings,
    (values) => {
      const all = values.flatMap(({ data }) => data as readonly string[]);
      if (keepsOrder(name, args)) return { shape: shapeOf(), dtype: 'string', data: all };
      let first = 0;
      const positions = values.map(({ shape }) => {
        const numbers = Int32Array.from({ length: sizeOf(shape) }, (_, k) => first + k);
        first += numbers.length;
        return upload(numbers, { shape, dtype: 'int32' });
      });
      const found = moved(positions);
      return { shape: found.shape, dtype: 'string', data: Array.from(found.dataSync(), (k) => all[k]) };
    },
    'string',
    shapeOf,
  );
}
/** Whether the order of elements stays the same, so that no device needs to move any. */
const keepsOrder = (name: string, [, options]: readonly unknown[]): boolean =>
  ['reshape', 'expandDims', 'squeeze', 'ravel'].includes(name) ||
  (name === 'concatenate' && (options as { readonly axis?: number } | undefined)?.axis === 0);
