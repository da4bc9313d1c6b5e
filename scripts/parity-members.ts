import { memberReasons } from './member-reasons.ts';
import type { Parameters, PublicClass } from './public-members.ts';

/** Public members of Keras's classes, each at the class that introduces it, with the names of its parameters. */
export interface KerasMembers {
  readonly owners: Readonly<Record<string, Readonly<Record<string, readonly string[] | null>>>>;
  readonly classes: Readonly<
    Record<
      string,
      { readonly made: readonly string[]; readonly owners: readonly string[]; readonly lacks?: readonly string[] }
    >
  >;
}
/** What a class of Keras has and the one here has not: a member (`Adam.beta_1`) or a parameter (`Model.fit(x)`). */
export interface Absent {
  readonly what: string;
  /** The classes that are concerned. */
  readonly classes: readonly string[];
  /** Why, where that is no oversight. */
  readonly reason: string | undefined;
}
export interface MemberCount {
  readonly classes: number;
  readonly members: number;
  readonly parameters: number;
  readonly absent: readonly Absent[];
}

const camelCase = (name: string): string => name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
/** Where a class of Keras is here. */
const placeOf = (path: string): string => path.split('.').slice(1).map(camelCase).join('.');

/** `*args` and `**kwargs` are no names. */
const named = (parameters: readonly string[]): string[] => parameters.filter((name) => !name.startsWith('*'));
const isTaken = (name: string, k: number, { positional, options, isOpen }: Parameters): boolean =>
  isOpen || k < positional.length || options.includes(camelCase(name)) || positional.includes(camelCase(name));

/** Compares members and parameters of all classes that are here; classes that are absent are told with the names. */
export function compareMembers(keras: KerasMembers, here: ReadonlyMap<string, PublicClass>): MemberCount {
  const absent = new Map<string, string[]>();
  const seen = { members: new Set<string>(), parameters: new Set<string>() };
  const note = (kind: keyof typeof seen, what: string, path: string, isPresent: boolean): void => {
    seen[kind].add(what);
    if (!isPresent) absent.set(what, [...(absent.get(what) ?? []), path.slice('keras.'.length)]);
  };
  for (const [path, { made, owners, lacks = [] }] of Object.entries(keras.classes)) {
    const found = here.get(placeOf(path));
    if (!found) continue;
    const { name } = /(?<name>\w+)$/.exec(path)!.groups!;
    named(made).forEach((p, k) => note('parameters', `${name}(${p})`, path, isTaken(p, k, found.made)));
    for (const owner of owners)
      for (const [member, parameters] of Object.entries(keras.owners[owner]!)) {
        if (lacks.includes(member)) continue;
        const key = camelCase(member);
        note('members', `${owner}.${member}`, path, found.members.has(key));
        const taken = found.members.get(key);
        if (taken)
          named(parameters ?? []).forEach((p, k) =>
            note('parameters', `${owner}.${member}(${p})`, path, isTaken(p, k, taken)),
          );
      }
  }
  return {
    classes: Object.keys(keras.classes).filter((path) => here.has(placeOf(path))).length,
    members: seen.members.size,
    parameters: seen.parameters.size,
    absent: [...absent]
      .sort()
      .map(([what, classes]) => ({ what, classes, reason: memberReasons.find(([rule]) => rule.test(what))?.[1] })),
  };
}

/** The part of docs/parity.md about members. */
export function membersSection({ classes, members, parameters, absent }: MemberCount): string {
  const why = ({ reason }: Absent): string => reason ?? 'not made yet';
  const rows = [...new Set(absent.map(why))].map((reason) => {
    const concerned = absent.filter((each) => why(each) === reason);
    return `| ${reason} | ${concerned.map(({ what }) => `\`${what}\``).join(', ')} |`;
  });
  const count = absent.filter(({ what }) => !what.endsWith(')')).length;
  return `## Members

The classes that are here (${classes}) have ${members - count} of the ${members} public members that Keras's have, each counted at the class that introduces it, and their constructors and methods ${parameters - absent.length + count} of ${parameters} parameters. What is absent, by Keras's names:

| why | what |
|---|---|
${rows.join('\n')}
`;
}
