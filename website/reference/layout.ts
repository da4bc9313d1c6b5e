import { type Entry, nameOf, namespaceOf } from './entry.ts';

/** Where the pages of the reference are. */
export class Layout {
  readonly namespaces: ReadonlyMap<string, readonly Entry[]>;
  private readonly urls = new Map<string, string>();
  private readonly byName = new Map<string, Entry>();

  constructor(entries: readonly Entry[]) {
    const spaces = new Map<string, Entry[]>();
    for (const entry of entries) {
      const space = namespaceOf(entry.path);
      spaces.set(space, [...(spaces.get(space) ?? []), entry]);
      const name = nameOf(entry.path);
      const known = this.byName.get(name);
      if (!known || entry.path.length < known.path.length) this.byName.set(name, entry);
    }
    this.namespaces = new Map([...spaces].sort(([a], [b]) => (a < b ? -1 : 1)));
    for (const [space, all] of spaces)
      for (const entry of all) {
        const name = nameOf(entry.path);
        const alike = all.filter((other) => nameOf(other.path).toLowerCase() === name.toLowerCase());
        // `layers.Add` and `layers.add` would be one file on some systems.
        const file = alike.length > 1 && /^[a-z]/.test(name) ? `${name}-function` : name;
        this.urls.set(entry.path, `${folderOf(space)}${file}.html`);
      }
  }

  urlOf(entry: Entry): string {
    return this.urls.get(entry.path)!;
  }
  spaceUrl(space: string): string {
    return space === '' ? 'reference/keras.html' : `${folderOf(space)}index.html`;
  }
  /** What a type that is written somewhere speaks of. */
  named(name: string): Entry | undefined {
    const entry = this.byName.get(name);
    return entry && (entry.kind === 'class' || entry.kind === 'type') ? entry : undefined;
  }
}
const folderOf = (space: string): string =>
  space === '' ? 'reference/keras/' : `reference/${space.replaceAll('.', '/')}/`;

/** `keras.layers`, as a title. */
export const titleOf = (space: string): string => (space === '' ? 'keras' : `keras.${space}`);
