import { range } from '../../../base/shape.ts';
import { type ElementType, elementType } from '../element-types.ts';
import { plainly, type Rule } from './layers.ts';
import { checkSize, dtypeOf, isInts, ops, plain } from './value.ts';

const shape: Rule = (c) => {
  const sizes = c.shape(0);
  const from = c.number('start', 0);
  const to = c.number('end', sizes.length);
  return { ints: sizes.slice(from, to === sizes.length ? undefined : to), isScalar: false };
};
const constant: Rule = (c) => {
  const list = c.list('value_ints') ?? c.list('value_floats');
  if (list && c.list('value_ints')) return { ints: list, isScalar: false };
  if (list) return plainly(ops['convertToTensor'](list, { dtype: 'float32' }));
  const { attributes } = c.node;
  if (attributes.has('value_int')) return { ints: [c.number('value_int', 0)], isScalar: true };
  if (attributes.has('value_float'))
    return plainly(ops['convertToTensor'](c.number('value_float', 0), { dtype: 'float32' }));
  return c.refuse('has no value');
};
const constantOfShape: Rule = (c) => {
  const given = c.value(0);
  const sizes = isInts(given) ? given.ints : c.refuse('computes its shape');
  checkSize(c.node.name, sizes);
  const value = c.array('value');
  const type = value ? dtypeOf(value.type) : 'float32';
  const first = value?.data[0] ?? 0;
  if (type === 'int32' && sizes.length === 1 && sizes[0] !== null)
    return { ints: range(Math.min(sizes[0], 4096)).map(() => first), isScalar: false };
  if (sizes.includes(null)) {
    const zeros = c.zeros(sizes, type);
    return plainly(first === 0 ? zeros : ops['add'](zeros, first));
  }
  return plainly(ops['full'](sizes, value?.data[0] ?? 0, { dtype: type }));
};
const rangeOf: Rule = (c) => {
  const numbers = [0, 1, 2].map((k) => {
    const value = c.value(k);
    const list = isInts(value) ? value.ints : c.refuse('counts in what is no whole number, or computed');
    return list[0] ?? c.refuse('counts to an open size');
  });
  const [from, to, step] = numbers;
  const count = Math.max(0, Math.ceil((to - from) / step));
  if (!(count <= 2 ** 20)) return c.refuse(`counts to ${count}`);
  return plainly(ops['arange'](from, to, step, { dtype: 'int32' }));
};
const cast: Rule = (c) => {
  const value = c.value(0);
  const to = c.number('to', 1);
  const type = (Object.keys(elementType) as ElementType[]).find((name) => elementType[name] === to);
  if (!type || type === 'string') return c.refuse(`casts to type ${to}`);
  if (isInts(value) && (type === 'int64' || type === 'int32')) return value;
  const dtype = dtypeOf(type);
  return isInts(value) ? plainly(ops['cast'](plain(value), dtype)) : { ...value, t: ops['cast'](value.t, dtype) };
};

/** Operators on sizes: integers, some of which may be unknown. */
export const onInts =
  (f: (a: number, b: number) => number, other: Rule): Rule =>
  (c) => {
    const [a, b] = [c.value(0), c.value(1)];
    if (!isInts(a) || !isInts(b)) return other(c);
    const count = a.ints.length === 1 ? b.ints.length : a.ints.length;
    const pick = (list: readonly (number | null)[], k: number): number | null =>
      list[list.length === 1 ? 0 : k] ?? null;
    const ints = range(count).map((k) => {
      const [x, y] = [pick(a.ints, k), pick(b.ints, k)];
      return x === null || y === null ? null : f(x, y);
    });
    return { ints, isScalar: a.isScalar && b.isScalar };
  };

/** Whether sizes equal numbers; an unknown size is at least not negative. */
export const equal =
  (other: Rule): Rule =>
  (c) => {
    const [a, b] = [c.value(0), c.value(1)];
    if (!isInts(a) || !isInts(b) || a.ints.length !== b.ints.length) return other(c);
    const ints = a.ints.map((x, k) => {
      const y = b.ints[k];
      if (x === null || y === null) return (x ?? y ?? 0) < 0 ? 0 : null;
      return x === y ? 1 : 0;
    });
    return { ints, isScalar: a.isScalar };
  };

/** Operators on what is known: constants, sizes, types. */
export const knownRules: Readonly<Record<string, Rule>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: rangeOf,
  Shape: shape,
  Cast: cast,
};
