import { fail, type Named } from '../base/errors.ts';
import { isPlainObject, mapTree, type Tree } from '../base/tree.ts';
import { Tensor } from '../tensor/index.ts';

type Path = readonly (string | number)[];

/** One output of a model. */
export interface Output {
  /** Its place in the model's outputs. */
  readonly path: Path;
  /** Its name; outputs that a subclassed model returns in a list have none. */
  readonly name: string | undefined;
}

/** How options or data for outputs are interpreted. */
interface Reading {
  /** What is being read, for messages: "loss", "labels (y)". */
  readonly what: string;
  /** Whether something is an entry for a single output rather than a list or object of entries. */
  readonly isEntry: (x: unknown) => boolean;
  /** Whether a single entry applies to all outputs. */
  readonly isForAll?: boolean;
  /** Whether an output may have a list of entries. */
  readonly takesLists?: boolean;
  /** The outputs that need an entry, if a list may omit entries for the others. */
  readonly wanted?: readonly number[];
  /** Whether entries without an output are allowed: labels for a metric that takes all of them. */
  readonly mayHoldMore?: boolean;
}

/** The structure of a model's outputs, and the names by which options and data refer to them. */
export class Outputs {
  readonly all: readonly Output[];
  private readonly owner: Named;
  private readonly form: Tree<number>;

  /** `names` are those of a functional model's outputs, in their order. */
  constructor(owner: Named, outputs: unknown, names: readonly string[] | undefined) {
    const paths: Path[] = [];
    this.form = mapTree(outputs as Tree<Tensor>, (_, path) => paths.push(path) - 1);
    const isFlatObject = isPlainObject(outputs) && paths.every((path) => path.length === 1);
    const known = names?.length === paths.length && new Set(names).size === paths.length ? names : undefined;
    this.owner = owner;
    this.all = paths.map((path, k) => ({ path, name: isFlatObject ? String(path[0]) : known?.[k] }));
  }
  get count(): number {
    return this.all.length;
  }
  /** An output's name in messages. */
  label(k: number): string {
    const { name, path } = this.all[k];
    return JSON.stringify(name ?? path.join('/'));
  }
  private get names(): string {
    return this.all.map((_, k) => this.label(k)).join(', ');
  }

  /** The leaves of the model's result, in the order of the outputs. */
  leaves(outputs: unknown): Tensor[] {
    return this.read<Tensor>(outputs, { what: 'outputs', isEntry: isTensor }) as Tensor[];
  }
  /** Labels, in the order of the outputs; undefined for outputs without. `wanted`: the outputs that need some. */
  labels(given: unknown, wanted: readonly number[]): (Tensor | undefined)[] {
    return this.read<Tensor>(given, { what: 'y', isEntry: isTensor, wanted, mayHoldMore: true });
  }
  /** Sample weights, in the order of the outputs; a single array applies to all. */
  weights(given: unknown, wanted: readonly number[]): (Tensor | undefined)[] {
    return this.read<Tensor>(given, { what: 'sampleWeight', isEntry: isTensor, wanted, isForAll: true });
  }

  /** An entry for each output, from one entry, a list, an object by name, or a nest in the form of the outputs. */
  read<T>(given: unknown, reading: Reading): (T | undefined)[] {
    const found = new Array<T | undefined>(this.count).fill(undefined);
    for (const [k, x] of this.entries<T>(given, reading)) found[k] = x;
    return found;
  }
  /** The same as pairs of an output and its entry, in the given order. */
  entries<T>(given: unknown, reading: Reading): (readonly [output: number, entry: T])[] {
    const found: [number, T][] = [];
    this.walk(this.form, given, reading, (k, x) => found.push([k, x as T]));
    return found;
  }
  private walk(form: Tree<number>, x: unknown, reading: Reading, take: (k: number, x: unknown) => unknown): void {
    if (x === undefined || x === null) return;
    const { isEntry, isForAll = false, takesLists = false, mayHoldMore = false, what, wanted } = reading;
    if (typeof form === 'number' && (isEntry(x) || (takesLists && Array.isArray(x)))) {
      take(form, x);
      return;
    }
    const own = numbersIn(form);
    if (isEntry(x)) {
      const isOnlyOne = own.length === this.count && wanted?.length === 1;
      if (!isForAll && !isOnlyOne)
        fail(this.owner, `${what} is given once, but the model has ${this.count} outputs: ${this.names}`, cure(what));
      for (const k of isOnlyOne ? wanted : own) take(k, x);
      return;
    }
    if (Array.isArray(x)) {
      this.walkList(form, x, reading, take);
      return;
    }
    if (!isPlainObject(x)) fail(this.owner, `${what} holds ${describe(x)}`, cure(what));
    if (isPlainObject(form)) {
      if (!mayHoldMore) this.checkKeys(x, Object.keys(form), what);
      for (const [key, entry] of Object.entries(x))
        if (Object.hasOwn(form, key)) this.walk((form as Record<string, Tree<number>>)[key], entry, reading, take);
      return;
    }
    const named = own.map((k) => [this.all[k].name ?? String(k), k] as const);
    if (!mayHoldMore)
      this.checkKeys(
        x,
        named.map(([name]) => name),
        what,
      );
    for (const [name, k] of named) if (Object.hasOwn(x, name)) this.walk(k, x[name], reading, take);
  }
  private walkList(
    form: Tree<number>,
    list: readonly unknown[],
    reading: Reading,
    take: (k: number, x: unknown) => unknown,
  ): void {
    const own = numbersIn(form);
    const { wanted, what } = reading;
    if (Array.isArray(form) && form.length === list.length)
      form.forEach((part, k) => this.walk(part as Tree<number>, list[k], reading, take));
    else if (typeof form === 'number' && list.length === 1) this.walk(form, list[0], reading, take);
    else if (own.length === list.length) own.forEach((k, at) => this.walk(k, list[at], reading, take));
    else if (own.length === this.count && wanted?.length === list.length)
      wanted.forEach((k, at) => this.walk(k, list[at], reading, take));
    else
      fail(
        this.owner,
        `${what} has ${list.length} ${list.length === 1 ? 'entry' : 'entries'}, but the model has ${this.count} output${this.count === 1 ? '' : 's'}: ${this.names}`,
        cure(what),
      );
  }
  private checkKeys(given: object, known: readonly string[], what: string): void {
    const unknown = Object.keys(given).find((key) => !known.includes(key));
    if (unknown !== undefined)
      fail(
        this.owner,
        `${what} names the output "${unknown}", which the model does not have`,
        `its outputs are ${known.map((key) => JSON.stringify(key)).join(', ')}`,
      );
  }
}

const cure = (what: string): string =>
  `give ${what} as a list with an entry for each output (null for none), or as an object by the names of the outputs`;
const isTensor = (x: unknown): boolean => x instanceof Tensor;
const describe = (x: unknown): string =>
  typeof x === 'object' ? (x?.constructor?.name ?? 'an object') : `${JSON.stringify(x) ?? String(x)}`;
const numbersIn = (form: Tree<number>): number[] => {
  const found: number[] = [];
  mapTree(form, (k: number) => found.push(k));
  return found;
};
