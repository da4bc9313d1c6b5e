import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { KerasMembers } from '../../scripts/parity-members.ts';
import { entriesOf, type KerasNames } from '../../scripts/parity-page.ts';

const camelCase = (name: string): string => name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
const data = (file: string): unknown =>
  JSON.parse(gunzipSync(readFileSync(new URL(`../../test/data/${file}`, import.meta.url))).toString());

/** What Keras calls what is here. */
export interface KerasSide {
  /** Keras's names of a path of ours. */
  namesOf(path: string): readonly string[];
  /** What Keras calls an option or member of a class, where it has it. */
  memberOf(kerasClass: string, name: string): string | undefined;
}

/** Keras's names beside ours, from the tables by which docs/parity.md is made. */
export function kerasSide(library: object): KerasSide {
  const names = data('names.json.gz') as KerasNames;
  const { classes, owners } = data('members.json.gz') as KerasMembers;
  const byPath = new Map<string, string[]>();
  for (const namespace of Object.keys(names.namespaces))
    for (const { name, here, isPresent } of entriesOf(namespace, names, library)) {
      if (!isPresent) continue;
      const isRoot = namespace === 'keras';
      const path = isRoot ? here : `${camelCase(namespace)}.${here}`;
      byPath.set(path, [...(byPath.get(path) ?? []), isRoot ? `keras.${name}` : `keras.${namespace}.${name}`]);
    }
  const members = new Map(
    Object.entries(classes).map(([path, each]) => {
      const all = [
        ...each.made,
        ...each.owners.flatMap((owner) =>
          Object.entries(owners[owner] ?? {}).flatMap(([name, parameters]) => [name, ...(parameters ?? [])]),
        ),
      ];
      return [path, new Map(all.map((name) => [camelCase(name), name]))];
    }),
  );
  return {
    namesOf: (path) => byPath.get(path) ?? [],
    memberOf: (kerasClass, name) => members.get(kerasClass)?.get(name),
  };
}
