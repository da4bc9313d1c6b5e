import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

/** The Declaration of Human Rights, its paragraphs by language. */
export function loadDeclaration(): Readonly<Record<string, readonly string[]>> {
  const file = new URL(
    import.meta.url.includes('/build/') ? '../../data/declaration.json.gz' : '../data/declaration.json.gz',
    import.meta.url,
  );
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as Readonly<Record<string, readonly string[]>>;
}

/** Cuts a text into pieces of a given number of words. */
export function pieces(text: string, words: number): string[] {
  const all = text.split(/\s+/);
  const count = Math.floor(all.length / words);
  return Array.from({ length: count }, (_, k) => all.slice(k * words, (k + 1) * words).join(' '));
}

/** Writes pieces of texts as files, a folder a language. */
export async function writeFolder(
  texts: Readonly<Record<string, readonly string[]>>,
  folder: string,
  words: number,
): Promise<void> {
  for (const [language, paragraphs] of Object.entries(texts)) {
    await mkdir(join(folder, language), { recursive: true });
    const all = paragraphs.flatMap((paragraph) => pieces(paragraph, words));
    for (const [n, text] of all.entries()) await writeFile(join(folder, language, `${n}.txt`), text);
  }
}

/** From strings to languages: classifies by the counts of sequences of up to three letters. */
export function makeModel(vectorize: layers.TextVectorization, languages: number): keras.Sequential {
  return new keras.Sequential([
    keras.Input({ shape: [], dtype: 'string' }),
    vectorize,
    new layers.Dropout({ rate: 0.5 }),
    new layers.Dense({ units: languages, activation: 'softmax' }),
  ]);
}
