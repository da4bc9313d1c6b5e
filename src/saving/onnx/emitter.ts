import { type DType, dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { toFloat16 } from '../../base/half-floats.ts';
import { type Shape, sizeOf } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { type ElementType, elementType } from './element-types.ts';
import { isKnown, type Layout, type Size, sameSize } from './layout.ts';
import type { AttributeMessage, GraphMessage, NodeMessage, TensorMessage } from './schema.ts';

/** An array stored under a name of the graph. */
export interface Form {
  readonly name: string;
  readonly layout: Layout;
  readonly scope: Scope;
}
/** What is known of an array. */
export interface Value {
  readonly dtype: DType;
  readonly sizes: readonly Size[];
  readonly forms: Form[];
  /** Its elements, if it is a weight or computed from weights, and their layout. */
  readonly constant?: Constant | undefined;
  /** Its value, if all elements are equal. */
  readonly fill?: number | undefined;
  /** The value that it broadcasts: axis d of that is its axis `axes[d]`. */
  readonly spread?: { readonly source: Value; readonly axes: readonly number[] } | undefined;
}
export interface Constant {
  readonly name: string;
  readonly data: () => TypedArray;
  readonly layout: Layout;
  /** Its names in the file, by layout; views share them. */
  readonly made: Map<string, string>;
}
/** A graph being written: the model's, or one within a node, which can see the outer graph's values. */
export interface Scope {
  readonly nodes: NodeMessage[];
  readonly values: Map<Tensor, Value>;
  /** A stored array from which a size that depends on unknown ones can be read. */
  readonly sizes: Map<string, { readonly name: string; readonly axis: number }>;
  readonly cache: Map<string, string>;
  readonly outer: Scope | undefined;
}

/** A constant of the model. */
export interface Initializer extends Pick<Required<TensorMessage>, 'name' | 'dims' | 'dataType'> {
  /** Its elements, when all are known. */
  readonly bytes: () => Uint8Array;
}

/** What cannot be exported; writing continues, so that all problems are reported at once. */
export class Refusal {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}
export const refuse = (problem: string): never => {
  throw new Refusal(problem);
};

export type Attribute =
  | number
  | readonly number[]
  | string
  | readonly string[]
  | GraphMessage
  | { readonly float: number }
  | { readonly floats: readonly number[] };

/** Writes nodes and constants. */
export class Emitter {
  readonly opset: number;
  readonly recordings: number;
  readonly initializers: Initializer[] = [];
  /** Names of the layers that nodes are written for. */
  path: readonly string[] = [];
  scope: Scope;
  readonly #names = new Set<string>();

  constructor(opset: number, recordings: number) {
    this.opset = opset;
    this.recordings = recordings;
    this.scope = this.newScope(undefined);
  }
  newScope(outer: Scope | undefined): Scope {
    return { nodes: [], values: new Map(), sizes: new Map(), cache: new Map(), outer };
  }
  /** Runs `f` on a graph within the current one. */
  within<R>(f: () => R): { readonly nodes: readonly NodeMessage[]; readonly result: R } {
    const outer = this.scope;
    this.scope = this.newScope(outer);
    try {
      const result = f();
      return { nodes: this.scope.nodes, result };
    } finally {
      this.scope = outer;
    }
  }
  /** Looks a value up in the current graph and the enclosing ones. */
  found<T>(look: (scope: Scope) => T | undefined): T | undefined {
    for (let scope: Scope | undefined = this.scope; scope; scope = scope.outer) {
      const known = look(scope);
      if (known !== undefined) return known;
    }
    return undefined;
  }
  isKnownHere({ scope }: Form): boolean {
    return this.found((s) => (s === scope ? true : undefined)) ?? false;
  }
  /** A fresh name. */
  named(wanted: string): string {
    let name = wanted;
    for (let k = 1; this.#names.has(name); k++) name = `${wanted}_${k}`;
    this.#names.add(name);
    return name;
  }

  /** Writes a node; returns the names of its results. */
  nodes(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, Attribute | undefined>> = {},
    results = 1,
  ): string[] {
    const name = this.named([...this.path, opType].join('/'));
    const output = Array.from({ length: results }, (_, k) =>
      this.named(k === 0 ? `${name}_output` : `${name}_output_${k}`),
    );
    const attribute = Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [attributeOf(key, value)],
    );
    this.scope.nodes.push({ input, output, name, opType, attribute });
    return output;
  }
  /** Writes a node with one result. */
  node(opType: string, input: readonly string[], attributes?: Readonly<Record<string, Attribute | undefined>>): string {
    return this.nodes(opType, input, attributes)[0];
  }
  /** Writes a node unless an identical one exists; for cheap and frequent ones. */
  once(key: string, write: () => string): string {
    const known = this.found(({ cache }) => cache.get(key));
    if (known !== undefined) return known;
    const name = write();
    this.scope.cache.set(key, name);
    return name;
  }

  /** A constant of the whole model. */
  initializer(wanted: string, type: ElementType, dims: Shape, bytes: () => Uint8Array): string {
    const name = this.named(wanted);
    this.initializers.push({ name, dims, dataType: elementType[type], bytes });
    return name;
  }
  /** A constant array whose elements become known later. */
  array(wanted: string, dtype: DType, dims: Shape, data: () => TypedArray): string {
    return this.initializer(wanted, dtype, dims, () => {
      const { buffer, byteOffset, byteLength } = data();
      return new Uint8Array(buffer, byteOffset, byteLength);
    });
  }
  #shared(key: string, write: () => string): string {
    const outermost = (scope: Scope): Scope => (scope.outer ? outermost(scope.outer) : scope);
    const { cache } = outermost(this.scope);
    const known = cache.get(key) ?? write();
    cache.set(key, known);
    return known;
  }
  /** A vector of integers: axes, sizes, steps. */
  ints(list: readonly number[]): string {
    return this.#shared(`ints ${list.join()}`, () =>
      this.initializer(
        `ints_${list.map((n) => (n < 0 ? `m${-n}` : n)).join('_')}`.slice(0, 60),
        'int64',
        [list.length],
        () => new Uint8Array(new BigInt64Array(list.map((n) => BigInt(n))).buffer),
      ),
    );
  }
  /** One number. */
  scalar(value: number, type: ElementType, dims: readonly 1[] = []): string {
    const shown = `${value}`.replace('-', 'm').replace('.', '_').replace('+', '');
    return this.#shared(`${type} ${Object.is(value, -0) ? '-0' : value} ${dims.length}`, () =>
      this.initializer(`${type}_${shown}`, type, dims, () => bytesOf(value, type)),
    );
  }
  /** An array of one number. */
  filled(value: number, type: DType, dims: Shape): string {
    return this.#shared(`filled ${type} ${Object.is(value, -0) ? '-0' : value} ${dims.join()}`, () =>
      this.initializer(`${type}_${dims.join('x')}`, type, dims, () => {
        const one = bytesOf(value, type);
        const bytes = new Uint8Array(one.length * sizeOf(dims));
        for (let at = 0; at < bytes.length; at += one.length) bytes.set(one, at);
        return bytes;
      }),
    );
  }
  cast(name: string, type: ElementType): string {
    return this.node('Cast', [name], { to: elementType[type] });
  }

  /** Sizes as an array of int64. */
  shape(sizes: readonly Size[]): string {
    if (sizes.every(isKnown)) return this.ints(sizes.map((size) => size[0]));
    return this.once(`shape ${sizes.map((size) => size.join()).join(';')}`, () =>
      sizes.length === 1
        ? this.size(sizes[0])
        : this.node(
            'Concat',
            sizes.map((size) => this.size(size)),
            { axis: 0 },
          ),
    );
  }
  /** One size as an array of one int64. */
  size(size: Size): string {
    if (isKnown(size)) return this.ints([size[0]]);
    const key = size.join();
    return this.once(`size ${key}`, () => {
      const place = this.found(({ sizes }) => sizes.get(key));
      return place ? this.#read(place) : this.#computed(size);
    });
  }
  #read({ name, axis }: { readonly name: string; readonly axis: number }): string {
    if (this.opset >= 15) return this.node('Shape', [name], { start: axis, end: axis + 1 });
    return this.node('Gather', [this.once(`Shape ${name}`, () => this.node('Shape', [name])), this.ints([axis])]);
  }
  /** A size that no array has, derived from one that an array has. */
  #computed(size: Size): string {
    const known: Size[] = [];
    for (let scope: Scope | undefined = this.scope; scope; scope = scope.outer)
      for (const key of [...scope.sizes.keys()].reverse()) known.unshift(key.split(',').map(Number));
    const of = (op: string, k: Size, n: number): string => this.node(op, [this.size(k), this.ints([n])]);
    const constant = (f: (n: number, r: number) => number): number | undefined => {
      const first = f(size[0], 0);
      return Number.isInteger(first) && size.every((n, r) => f(n, r) === first) ? first : undefined;
    };
    for (const k of known) {
      const factor = constant((n, r) => n / k[r]);
      if (factor !== undefined) return of('Mul', k, factor);
      const more = constant((n, r) => n - k[r]);
      if (more !== undefined) return of('Add', k, more);
    }
    for (const k of known)
      for (let n = 2; n <= 64; n++) {
        if (size.every((m, r) => m === Math.floor(k[r] / n))) return of('Div', k, n);
        if (size.every((m, r) => m === Math.ceil(k[r] / n)))
          return this.node('Div', [of('Add', k, n - 1), this.ints([n])]);
        const more = constant((m, r) => m - k[r] * n);
        if (more !== undefined) return this.node('Add', [of('Mul', k, n), this.ints([more])]);
      }
    for (const k of known) {
      const rest = size.map((n, r) => n / k[r]);
      if (known.some((other) => sameSize(other, rest))) return this.node('Mul', [this.size(k), this.size(rest)]);
    }
    return refuse('a size depends on open sizes in a way that cannot be written');
  }
  /** Records that sizes can be read from a stored array. */
  noteSizes(name: string, sizes: readonly Size[]): void {
    sizes.forEach((size, axis) => {
      const key = size.join();
      if (!isKnown(size) && !this.found((scope) => scope.sizes.get(key))) this.scope.sizes.set(key, { name, axis });
    });
  }
}

const isList = (value: Attribute): value is readonly number[] | readonly string[] => Array.isArray(value);
function attributeOf(name: string, value: Attribute): AttributeMessage {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) };
  if (isList(value)) {
    if (value.length > 0 && typeof value[0] === 'string')
      return { name, type: 8, strings: value.map((text) => new TextEncoder().encode(text as string)) };
    return { name, type: 7, ints: value as readonly number[] };
  }
  if ('float' in value) return { name, type: 1, f: value.float };
  if ('floats' in value) return { name, type: 6, floats: value.floats };
  return { name, type: 5, g: value as GraphMessage };
}
function bytesOf(value: number, type: ElementType): Uint8Array {
  if (type === 'int64') return new Uint8Array(new BigInt64Array([BigInt(value)]).buffer);
  if (type === 'uint64') return new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
  if (type === 'float16') return new Uint8Array(new Uint16Array([toFloat16(value)]).buffer);
  const data = new dtypeInfo[type === 'bfloat16' ? 'float32' : type].array(1);
  data[0] = value;
  return new Uint8Array(data.buffer);
}
