import { packageFile } from './package-file.ts';
import { readWoff } from './woff.ts';

/**
 * Arimo, whose letters are as wide as those of Helvetica and Arial, for which Graphviz lays out text. The addresses are written
 * out so that bundlers find the files.
 */
const files = {
  latin: {
    regular: [
      '@fontsource/arimo/files/arimo-latin-400-normal.woff',
      new URL('@fontsource/arimo/files/arimo-latin-400-normal.woff', import.meta.url),
    ],
    bold: [
      '@fontsource/arimo/files/arimo-latin-700-normal.woff',
      new URL('@fontsource/arimo/files/arimo-latin-700-normal.woff', import.meta.url),
    ],
  },
  latinExt: {
    regular: [
      '@fontsource/arimo/files/arimo-latin-ext-400-normal.woff',
      new URL('@fontsource/arimo/files/arimo-latin-ext-400-normal.woff', import.meta.url),
    ],
    bold: [
      '@fontsource/arimo/files/arimo-latin-ext-700-normal.woff',
      new URL('@fontsource/arimo/files/arimo-latin-ext-700-normal.woff', import.meta.url),
    ],
  },
  greek: {
    regular: [
      '@fontsource/arimo/files/arimo-greek-400-normal.woff',
      new URL('@fontsource/arimo/files/arimo-greek-400-normal.woff', import.meta.url),
    ],
    bold: [
      '@fontsource/arimo/files/arimo-greek-700-normal.woff',
      new URL('@fontsource/arimo/files/arimo-greek-700-normal.woff', import.meta.url),
    ],
  },
  cyrillic: {
    regular: [
      '@fontsource/arimo/files/arimo-cyrillic-400-normal.woff',
      new URL('@fontsource/arimo/files/arimo-cyrillic-400-normal.woff', import.meta.url),
    ],
    bold: [
      '@fontsource/arimo/files/arimo-cyrillic-700-normal.woff',
      new URL('@fontsource/arimo/files/arimo-cyrillic-700-normal.woff', import.meta.url),
    ],
  },
} as const;
type Script = keyof typeof files;

/** Scripts beside plain Latin, by the letters that need them. */
const needs: readonly (readonly [Script, RegExp])[] = [
  ['latinExt', /[\u0100-\u024f\u1e00-\u1eff]/],
  ['greek', /[\u0370-\u03ff]/],
  ['cyrillic', /[\u0400-\u045f\u0490-\u0491]/],
];

export const fontFamily = 'Arimo';
const loaded = new Map<Script, Promise<Uint8Array[]>>();

/** The fonts that a text needs, regular and bold. */
export async function fontsFor(text: string): Promise<Uint8Array[]> {
  const scripts: Script[] = ['latin', ...needs.filter(([, letters]) => letters.test(text)).map(([script]) => script)];
  const fonts = scripts.map((script) => {
    const known = loaded.get(script);
    if (known) return known;
    const { regular, bold } = files[script];
    const load = Promise.all([regular, bold].map(async ([name, url]) => readWoff(await packageFile(name, url))));
    loaded.set(script, load);
    return load;
  });
  return (await Promise.all(fonts)).flat();
}
