/** One option of a class, as data: what it accepts, what it is turned into, how it is written to disk. */
export interface Field<In, Out, Required extends boolean = boolean> {
  readonly required: Required;
  /** The default, in the form a user would give it; parsed for each object. */
  readonly initial: In | undefined;
  /** The name on disk, if it is not the option in snake_case. */
  readonly key: string | undefined;
  /**
   * Whether it holds Python floats: whole numbers are then written with a decimal point, because Keras refuses `0` for
   * `0.0`.
   */
  readonly isFloat?: boolean | undefined;
  readonly expects: string;
  check(value: unknown): value is In;
  parse(value: In): Out;
  /** The value as it appears in a config. */
  toDisk(value: Out): unknown;
}
type AnyField = Field<any, any, boolean>;
export type Fields = Readonly<Record<string, AnyField>>;
type In<F> = F extends Field<infer I, any, any> ? I : never;
type Out<F> = F extends Field<any, infer O, any> ? O : never;
type IsRequired<F> = F extends Field<any, any, true> ? true : false;
/** The options object of a class with these fields; each option carries the documentation of its field. */
export type Options<S extends Fields> = {
  readonly [K in keyof S as IsRequired<S[K]> extends true ? K : never]: In<S[K]>;
} & {
  readonly [K in keyof S as IsRequired<S[K]> extends true ? never : K]?: In<S[K]> | undefined;
};
/** The options as stored in the object. */
export type Resolved<S extends Fields> = { readonly [K in keyof S]: Out<S[K]> };

interface Custom<I, O> {
  readonly expects: string;
  check(value: unknown): value is I;
  parse(value: I): O;
  toDisk?(value: O): unknown;
  readonly key?: string;
  readonly isFloat?: boolean;
}
const same = (value: unknown): unknown => value;

/** A field of any kind; required unless `initial` is given. */
function custom<I, O>(rule: Custom<I, O> & { readonly initial: I }): Field<I, O, false>;
function custom<I, O>(rule: Custom<I, O>): Field<I, O, true>;
function custom<I, O>(rule: Custom<I, O> & { readonly initial?: I }): Field<I, O> {
  return { key: undefined, initial: undefined, toDisk: same, ...rule, required: !('initial' in rule) };
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly key?: string;
  /** False where Keras uses whole numbers (steps). */
  readonly isFloat?: boolean;
}
const within = (v: unknown, { min = -Infinity, max = Infinity }: Bounds): v is number =>
  typeof v === 'number' && v >= min && v <= max;
const bounded = (what: string, { min, max }: Bounds): string =>
  what +
  (min !== undefined ? ` >= ${min}` : '') +
  (max !== undefined ? `${min !== undefined ? ' and' : ''} <= ${max}` : '');

/** An integer. */
function int(rule: Bounds & { readonly initial: number }): Field<number, number, false>;
function int(rule?: Bounds): Field<number, number, true>;
function int(rule: Bounds & { readonly initial?: number } = {}): Field<number, number> {
  return custom<number, number>({
    expects: bounded('an integer', rule),
    check: (v): v is number => Number.isInteger(v) && within(v, rule),
    parse: (v) => v,
    ...rule,
  });
}
/** A number. */
function number(rule: Bounds & { readonly initial: number }): Field<number, number, false>;
function number(rule?: Bounds): Field<number, number, true>;
function number(rule: Bounds & { readonly initial?: number } = {}): Field<number, number> {
  return custom<number, number>({
    expects: bounded('a number', rule),
    check: (v): v is number => within(v, rule),
    parse: (v) => v,
    isFloat: true,
    ...rule,
  });
}
/** A boolean. */
const bool = (initial: boolean, { key }: { key?: string } = {}): Field<boolean, boolean, false> =>
  custom<boolean, boolean>({
    expects: 'true or false',
    check: (v): v is boolean => typeof v === 'boolean',
    parse: (v) => v,
    initial,
    ...(key && { key }),
  });
/** Text. */
function string(rule: { readonly initial: string }): Field<string, string, false>;
function string(rule?: {}): Field<string, string, true>;
function string(rule: { readonly initial?: string } = {}): Field<string, string> {
  return custom<string, string>({
    expects: 'a string',
    check: (v): v is string => typeof v === 'string',
    parse: (v) => v,
    ...rule,
  });
}
/** One of some strings. */
function oneOf<const T extends readonly string[]>(values: T, initial: T[number]): Field<T[number], T[number], false> {
  return custom<T[number], T[number]>({
    expects: `one of ${values.map((v) => `"${v}"`).join(', ')}`,
    check: (v): v is T[number] => values.includes(v as string),
    parse: (v) => v,
    initial,
  });
}
/** `rank` integers, or one for all. */
type Sizes = number | readonly number[];
function sizes(rank: number, initial: Sizes, bounds?: Bounds): Field<Sizes, readonly number[], false>;
function sizes(rank: number, initial?: undefined, bounds?: Bounds): Field<Sizes, readonly number[], true>;
function sizes(rank: number, initial?: Sizes, bounds: Bounds = { min: 1 }): Field<Sizes, readonly number[]> {
  const isSize = (v: unknown): boolean => Number.isInteger(v) && within(v, bounds);
  return custom<Sizes, readonly number[]>({
    expects: `${bounded('an integer', bounds)}${rank > 1 ? ` or ${rank} of them` : ''}`,
    check: (v): v is Sizes => (Array.isArray(v) ? v.length === rank && v.every(isSize) : isSize(v)),
    parse: (v) => (typeof v === 'number' ? new Array<number>(rank).fill(v) : [...v]),
    ...(initial !== undefined && { initial }),
  });
}
/** An array of integers of any length. */
function ints(rule: {
  readonly initial: readonly number[];
  key?: string;
}): Field<readonly number[], readonly number[], false>;
function ints(rule?: { key?: string }): Field<readonly number[], readonly number[], true>;
function ints(
  rule: { readonly initial?: readonly number[]; key?: string } = {},
): Field<readonly number[], readonly number[]> {
  return custom<readonly number[], readonly number[]>({
    expects: 'an array of integers',
    check: (v): v is readonly number[] => Array.isArray(v) && v.every(Number.isInteger),
    parse: (v) => [...v],
    ...rule,
  });
}
/** An array of numbers of any length. */
const numbers = (): Field<readonly number[], readonly number[], true> =>
  custom<readonly number[], readonly number[]>({
    expects: 'an array of numbers',
    check: (v): v is readonly number[] => Array.isArray(v) && v.every((x) => typeof x === 'number' && !Number.isNaN(x)),
    parse: (v) => [...v],
    isFloat: true,
  });
/** A field that may also be null, its default. */
function nullable<I, O>(field: Field<I, O, boolean>): Field<I | null, O | null, false>;
function nullable<I, O>(field: Field<I, O, boolean>, initial: I): Field<I | null, O | null, false>;
function nullable<I, O>(field: Field<I, O, boolean>, initial: I | null = null): Field<I | null, O | null, false> {
  return {
    required: false,
    initial,
    key: field.key,
    isFloat: field.isFloat,
    expects: `${field.expects}, or null`,
    check: (v): v is I | null => v === null || field.check(v),
    parse: (v) => (v === null ? null : field.parse(v)),
    toDisk: (v) => (v === null ? null : field.toDisk(v)),
  };
}
/** Any value, kept as it is. */
const any = (initial: unknown): Field<unknown, unknown, false> =>
  custom<unknown, unknown>({ expects: 'any value', check: (_): _ is unknown => true, parse: (v) => v, initial });

export const f = { custom, int, number, bool, string, oneOf, sizes, ints, numbers, nullable, any };
