import { part } from '../base/part.ts';
import { fontFiles, type Script } from '../formats/carried-files.ts';
import { packageFile } from '../formats/package-file.ts';
import { readWoff } from './woff.ts';

/** Scripts beside plain Latin, by the letters that need them. */
const needs: readonly (readonly [Script, RegExp])[] = [
  ['latin-ext', /[\u0100-\u024f\u1e00-\u1eff]/],
  ['greek', /[\u0370-\u03ff]/],
  ['cyrillic', /[\u0400-\u045f\u0490-\u0491]/],
];

const loaded = new Map<Script, Promise<Uint8Array[]>>();

/** The fonts that a text needs, regular and bold. */
export async function fontsFor(text: string): Promise<Uint8Array[]> {
  const scripts: Script[] = ['latin', ...needs.filter(([, letters]) => letters.test(text)).map(([script]) => script)];
  const fonts = scripts.map((script) => {
    const known = loaded.get(script);
    if (known) return known;
    const load = Promise.all(
      fontFiles(script).map(async (name) => readWoff(await part('font', () => packageFile(name)))),
    );
    loaded.set(script, load);
    load.catch(() => loaded.delete(script));
    return load;
  });
  return (await Promise.all(fonts)).flat();
}
