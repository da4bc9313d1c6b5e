import type { Expression, Given } from './tree.ts';
import { Refused, type Value } from './values.ts';

/** A call of NumPy, if it only makes or changes arrays. */
export function numpyCall(
  name: string,
  given: readonly Given[],
  valueOf: (of: Expression) => Value,
  line: number,
): Value {
  const by = (position: number, ...names: readonly string[]): Value | undefined => {
    const found = given.find((each, k) => (each.name === undefined ? k === position : names.includes(each.name)));
    return found && valueOf(found.value);
  };
  const tensor = (code: string): Value => ({ code, kind: 'tensor' });
  const shapeOf = (value: Value | undefined): string =>
    value === undefined ? '[]' : value.kind === 'number' ? `[${value.code}]` : value.code;
  const known = (most: number, ...names: readonly string[]): void => {
    if (given.length > most || given.some((each) => each.name !== undefined && !names.includes(each.name)))
      throw new Refused(line, `an argument of \`np.${name}\` is not translated`);
  };
  const dtype = (): string => {
    const value = by(-1, 'dtype');
    return value ? `, { dtype: ${value.code} }` : '';
  };
  switch (name) {
    case 'zeros':
    case 'ones':
      known(2, 'shape', 'dtype');
      return tensor(`ops.${name}(${shapeOf(by(0, 'shape'))}${dtype()})`);
    case 'array':
    case 'asarray':
      known(2, 'dtype');
      return tensor(`ops.array(${by(0)?.code ?? ''}${dtype()})`);
    case 'random.random':
    case 'random.random_sample':
      known(1, 'size');
      return tensor(`keras.random.uniform(${shapeOf(by(0, 'size'))})`);
    case 'random.rand':
    case 'random.randn': {
      known(9);
      const sizes = given.map(({ value }) => valueOf(value).code).join(', ');
      return tensor(`keras.random.${name === 'random.rand' ? 'uniform' : 'normal'}([${sizes}])`);
    }
    case 'random.normal':
      known(3, 'loc', 'scale', 'size');
      return tensor(
        `keras.random.normal(${shapeOf(by(2, 'size'))}, { mean: ${by(0, 'loc')?.code ?? '0'}, stddev: ${by(1, 'scale')?.code ?? '1'} })`,
      );
    case 'random.randint': {
      known(3, 'low', 'high', 'size');
      const [low, high] = [by(0, 'low'), by(1, 'high')];
      const [from, to] = high ? [low?.code ?? '0', high.code] : ['0', low?.code ?? '2'];
      return tensor(`keras.random.randint(${shapeOf(by(2, 'size'))}, ${from}, ${to})`);
    }
    case 'expand_dims':
      known(2, 'axis');
      return tensor(`ops.expandDims(${by(0)!.code}, ${by(1, 'axis')?.code ?? '0'})`);
    case 'argmax':
    case 'mean':
    case 'sum':
    case 'max':
    case 'min':
    case 'std': {
      known(2, 'axis');
      const axis = by(1, 'axis');
      return tensor(`ops.${name}(${by(0)!.code}${axis ? `, { axis: ${axis.code} }` : ''})`);
    }
    case 'random.seed':
      known(1);
      return { code: `keras.utils.setRandomSeed(${by(0)?.code ?? '0'})`, kind: 'none' };
    default:
      throw new Refused(line, `\`np.${name}\` has no counterpart here`);
  }
}
