import { fail } from './errors.ts';

/**
 * A value in a JSON file together with its location: `annotations[12].bbox`. Reading it as the wrong kind fails with
 * that location.
 */
export class JsonPlace {
  readonly value: unknown;
  readonly #file: string;
  readonly #parent: JsonPlace | undefined;
  readonly #step: string | number;

  constructor(file: string, value: unknown, parent?: JsonPlace, step: string | number = '') {
    this.#file = file;
    this.value = value;
    this.#parent = parent;
    this.#step = step;
  }

  /** The path from the top of the file, assembled only when something is wrong: files have millions of values. */
  get path(): string {
    const above = this.#parent?.path ?? '';
    if (typeof this.#step === 'number') return `${above}[${this.#step}]`;
    return above && this.#step ? `${above}.${this.#step}` : this.#step;
  }

  /** Fails with the location, what was expected there and what was found. */
  refuse(problem: string, fix: string): never {
    const holder = this.#holder();
    fail(this.#file, `${this.path || 'the whole file'}: ${problem}${holder && ` (in ${holder})`}`, fix);
  }
  /** The enclosing object of a model's config, by class and name. */
  #holder(): string {
    const { class_name: kind, name, config } = Object(this.value) as Record<string, unknown>;
    const own = name ?? (Object(config) as Record<string, unknown>)['name'];
    if (typeof kind === 'string' && typeof own === 'string') return `${kind} "${own}"`;
    return this.#parent ? this.#parent.#holder() : '';
  }

  /** Fails because the value is not of the expected kind. */
  kind(expected: string, fix: string): never {
    return this.refuse(`expected ${expected}, got ${describe(this.value)}`, fix);
  }

  get isPresent(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  member(name: string): JsonPlace {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.refuse(`expected an object, got ${describe(value)}`, `it should have a member '${name}'`);
    }
    return new JsonPlace(this.#file, (value as Record<string, unknown>)[name], this, name);
  }

  /** The list found here: its length and access to its elements. */
  list(fix: string): { readonly length: number; readonly at: (i: number) => JsonPlace } {
    const { value } = this;
    if (!Array.isArray(value)) this.refuse(`expected a list, got ${describe(value)}`, fix);
    return { length: value.length, at: (i) => new JsonPlace(this.#file, value[i], this, i) };
  }

  number(fix: string): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isFinite(value))
      this.refuse(`expected a number, got ${describe(value)}`, fix);
    return value;
  }

  integer(fix: string): number {
    const value = this.number(fix);
    if (!Number.isSafeInteger(value)) this.refuse(`expected an integer, got ${value}`, fix);
    return value;
  }

  text(fix: string): string {
    const { value } = this;
    if (typeof value !== 'string') this.refuse(`expected text, got ${describe(value)}`, fix);
    return value;
  }

  /** The numbers of a list, optionally of a given length. */
  numbers(fix: string, count?: number): readonly number[] {
    const { value } = this;
    const expected = count === undefined ? 'a list of numbers' : `${count} numbers`;
    if (!Array.isArray(value)) this.refuse(`expected ${expected}, got ${describe(value)}`, fix);
    if (count !== undefined && value.length !== count) this.refuse(`expected ${expected}, got ${value.length}`, fix);
    for (let i = 0; i < value.length; i++) {
      if (typeof value[i] !== 'number' || !Number.isFinite(value[i])) {
        new JsonPlace(this.#file, value[i], this, i).number(fix);
      }
    }
    return value;
  }
}

/** Parses text; anything else is taken to be parsed already. */
export function readJson(file: string, json: unknown): JsonPlace {
  if (typeof json !== 'string') return new JsonPlace(file, json);
  try {
    return new JsonPlace(file, JSON.parse(json));
  } catch (error) {
    fail(
      file,
      `this is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      'check that the file is complete',
    );
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `'${value.length > 40 ? `${value.slice(0, 40)}...` : value}'`;
  return typeof value === 'object' ? 'an object' : String(value);
}
