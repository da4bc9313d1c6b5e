import { reasons } from './parity-reasons.ts';

/** Keras's public names, namespace by namespace (`keras` is the root). */
export interface KerasNames {
  readonly keras: string;
  readonly namespaces: Readonly<
    Record<string, { readonly functions: readonly string[]; readonly classes: readonly string[] }>
  >;
}
export interface Entry {
  /** As in Keras, within its namespace. */
  readonly name: string;
  /** What it is called here. */
  readonly here: string;
  readonly isPresent: boolean;
  /** Why it is absent, where that is no oversight. */
  readonly reason: string | undefined;
}

const camelCase = (name: string): string =>
  /^[a-z]/.test(name) ? name.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase()) : name;
const pascalCase = (name: string): string => camelCase(`_${name}`).replace(/^./, (letter) => letter.toUpperCase());
const spaceOf = (namespace: string, exports: object): Record<string, unknown> =>
  (namespace === 'keras' ? [] : namespace.split('.')).reduce<Record<string, unknown>>(
    (space, key) => (space[camelCase(key)] ?? {}) as Record<string, unknown>,
    exports as Record<string, unknown>,
  );

/** Every public name of a namespace of Keras, and whether it is exported here. */
export function entriesOf(namespace: string, names: KerasNames, exports: object): Entry[] {
  const { functions, classes } = names.namespaces[namespace]!;
  const space = spaceOf(namespace, exports);
  const full = (name: string): string => (namespace === 'keras' ? `keras.${name}` : `keras.${namespace}.${name}`);
  return [...functions, ...classes].sort().map((name) => {
    const here = camelCase(name);
    const isPresent = space[here] !== undefined;
    const original = classes.includes(name)
      ? classes.find((other) => other !== name && other.toLowerCase() === pascalCase(name).toLowerCase())
      : undefined;
    const alias = original && space[original] !== undefined ? `another name of \`${original}\`` : undefined;
    return {
      name,
      here,
      isPresent,
      reason: isPresent ? undefined : (alias ?? reasons.find(([rule]) => rule.test(full(name)))?.[1]),
    };
  });
}

const titleOf = (namespace: string): string => (namespace === 'keras' ? 'keras' : `keras.${namespace}`);
const code = (text: string): string => `\`${text}\``;
const sorted = (names: KerasNames): string[] =>
  Object.keys(names.namespaces)
    .filter((n) => n !== 'datasets')
    .sort();

/** The part of the page about one namespace. */
export function sectionOf(namespace: string, names: KerasNames, exports: object): string {
  const entries = entriesOf(namespace, names, exports);
  const absent = entries.filter((e) => !e.isPresent);
  const present = entries.filter((e) => e.isPresent).map((e) => code(e.here));
  const lines = [`## ${titleOf(namespace)}`, ''];
  if (present.length > 0) lines.push(`Present (${present.length} of ${entries.length}): ${present.join(', ')}.`, '');
  if (absent.length > 0)
    lines.push(
      '| absent | why |',
      '|---|---|',
      ...absent.map(({ name, reason }) => `| ${code(name)} | ${reason ?? 'not made yet'} |`),
      '',
    );
  return lines.join('\n');
}

/** The whole page in Markdown. */
export function pageOf(names: KerasNames, exports: object): string {
  const namespaces = sorted(names);
  const rows = namespaces.map((namespace) => {
    const entries = entriesOf(namespace, names, exports);
    const count = (test: (e: Entry) => boolean): number => entries.filter(test).length;
    return `| ${titleOf(namespace)} | ${entries.length} | ${count((e) => e.isPresent)} | ${count((e) => e.reason !== undefined)} | ${count((e) => !e.isPresent && e.reason === undefined)} |`;
  });
  return `# Keras's names

What is public in Keras ${names.keras}, and whether it is here. Made by \`npm run parity\` from the exports; functions are in camelCase.

| namespace | names | present | absent for a reason | not made yet |
|---|---:|---:|---:|---:|
${rows.join('\n')}

${conventions}
${namespaces.map((namespace) => sectionOf(namespace, names, exports)).join('\n')}`;
}

const conventions = `## What differs

**Complex numbers** have no dtype: where Keras gives a \`complex64\` tensor, ops give a pair \`[real, imaginary]\` of float tensors of one shape, and where Keras takes one, they take such a pair.

| op | takes | gives |
|---|---|---|
| \`fft\`, \`fft2\`, \`ifft2\` | a pair (in Keras too) | a pair (in Keras too) |
| \`rfft\`, \`stft\` | a real tensor | a pair (in Keras too) |
| \`irfft\`, \`istft\` | a pair (in Keras too) | a real tensor |
| \`viewAsComplex\`, \`polar\` | real tensors | a pair instead of a complex tensor |
| \`viewAsReal\` | a pair instead of a complex tensor | a real tensor |
| \`eig\` | a real tensor | values and vectors, each a pair instead of a complex tensor |
| \`abs\`, \`absolute\`, \`angle\`, \`conj\`, \`conjugate\`, \`real\`, \`imag\`, \`isreal\` | real tensors only | as Keras does for real tensors |

Every other op takes real tensors only; \`tensor\`, \`cast\` and layers refuse the dtype \`complex64\`. Of a pair \`[re, im]\`, the absolute value is \`hypot(re, im)\`, the angle \`arctan2(im, re)\`, the conjugate \`[re, negative(im)]\`.

**Sparse and ragged tensors** of Keras's backends do not exist here: where an op has the option \`sparse\`, it is refused when set.
`;
