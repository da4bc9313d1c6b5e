import { optionFromDisk } from '../../src/base/case.ts';
import * as ops from '../../src/ops/index.ts';
import { readJson } from './op-values.ts';

/** Parameters of every public op, in Python's order; those with a default end in `?`. */
const parameters = readJson('names');
type Callable = (...args: unknown[]) => unknown;

/** The exported function behind `ops.abs`, `ops.image.resize`; undefined when it is not exported. */
export function exported(name: string): Callable | undefined {
  const path = name.split('.').slice(1).map(optionFromDisk);
  return path.reduce<unknown>((space, key) => (space as Record<string, unknown> | undefined)?.[key], ops) as
    | Callable
    | undefined;
}
const parametersOf = (name: string): { name: string; isRequired: boolean }[] => {
  const [last, space] = [name.split('.').at(-1)!, name.split('.').slice(0, -1).join('.')];
  const text = parameters[space]?.[last] ?? parameters.ops![last]!;
  return text
    .split(' ')
    .filter(Boolean)
    .map((p) => ({ name: p.replace('?', ''), isRequired: !p.endsWith('?') }));
};

/** Parameters that Python collects from any number of arguments. */
const variadic: Readonly<Record<string, string>> = {
  'ops.einsum': 'operands',
  'ops.meshgrid': 'x',
  'ops.switch': 'operands',
};
/** Defaulted parameters that are positional here. */
const positional: Readonly<Record<string, readonly string[]>> = {
  'ops.where': ['x1', 'x2'],
  'ops.arange': ['stop', 'step'],
};

/** A call with Python's arguments in our convention: what is required by position, the rest in one options object. */
export function callArguments(
  name: string,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
): unknown[] {
  const list = parametersOf(name);
  const known = new Map<string, unknown>(Object.entries(kwargs));
  const rest: unknown[] = [];
  args.forEach((value, k) => {
    const at = list[k] ?? list.at(-1)!;
    const isRest = variadic[name] === at.name || (k >= list.length && variadic[name] !== undefined) || rest.length > 0;
    if (isRest) rest.push(value);
    else known.set(at.name, value);
  });
  const result: unknown[] = [];
  const options: Record<string, unknown> = {};
  const names = list.map((p) => p.name);
  for (const { name: parameter, isRequired } of list) {
    if (variadic[name] === parameter) result.push(...rest);
    else if (isRequired || positional[name]?.includes(parameter)) {
      if (known.has(parameter)) result.push(known.get(parameter));
    } else if (known.has(parameter)) options[optionFromDisk(parameter)] = known.get(parameter);
  }
  // Free keywords, such as the axis lengths of `rearrange`.
  for (const [k, value] of known) if (!names.includes(k)) options[k] = value;
  return Object.keys(options).length > 0 ? [...result, options] : result;
}
