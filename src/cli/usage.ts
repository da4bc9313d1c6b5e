import { parseArgs } from 'node:util';
import { HornbeamError } from '../base/errors.ts';
import { closest } from '../base/spelling.ts';

/** A command line that makes no sense: exit code 2. */
export class UsageError extends HornbeamError {}

/** Refuses a command line. */
export function wrongUsage(problem: string, fix: string): never {
  throw new UsageError(`${problem}\n  Fix: ${fix}`);
}

/** An option of a command. */
export interface Option {
  /** A flag, or an option that takes a value. */
  readonly type: 'boolean' | 'string';
  /** The placeholder for the value in the help. */
  readonly value?: string;
  /** Whether it may be repeated. */
  readonly multiple?: true;
  readonly doc: string;
}
export type Options = Readonly<Record<string, Option>>;
type Value<O extends Option> = O['type'] extends 'boolean' ? boolean : O['multiple'] extends true ? string[] : string;
export type Values<O extends Options> = { readonly [N in keyof O]?: Value<O[N]> };

/** The options and the other words of a command line. */
export function parsed<O extends Options>(args: readonly string[], options: O): { values: Values<O>; words: string[] } {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: config,
      allowPositionals: true,
      strict: true,
    });
    return { values: values as Values<O>, words: positionals };
  } catch (error) {
    const [, name] = /Unknown option '--([^' ]+)/.exec((error as Error).message) ?? [];
    const guess = name && closest(name, Object.keys(options));
    const [problem] = (error as Error).message.split('. ');
    return wrongUsage(problem, guess ? `did you mean --${guess}?` : '--help lists the options');
  }
}

/** The number that an option gives. */
export function numberOf(name: string, text: string, least: number, isWhole = true): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const isRight = value >= least && Number.isFinite(value) && (!isWhole || Number.isInteger(value));
  return isRight
    ? value
    : wrongUsage(
        `--${name} is "${text}"`,
        `give a ${isWhole ? 'whole ' : ''}number${least > -1e300 ? ` of at least ${least}` : ''}`,
      );
}
/** One of several values. */
export function oneOf<const W extends string>(name: string, text: string, words: readonly W[]): W {
  return words.find((word) => word === text) ?? wrongUsage(`--${name} is "${text}"`, `use ${words.join(', ')}`);
}
/** All arguments of a command, as many as it takes. */
export function wordsOf(words: readonly string[], names: readonly string[]): string[] {
  if (words.length < names.length) wrongUsage(`${names[words.length]} is missing`, `give ${names.join(' ')}`);
  if (words.length > names.length)
    wrongUsage(`"${words[names.length]}" is one word too many`, `give ${names.join(' ')}`);
  return [...words];
}
