import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const licences = new URL('./licences/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, licences), 'utf8').trim();

/** Packages that come without the text of their licence, or carry the work of others; and the long licences they refer to. */
const supplied: Readonly<Record<string, { readonly words: string; readonly long: readonly string[] }>> = {
  '@bufbuild/protobuf': { words: 'bufbuild-protobuf.txt', long: ['Apache-2.0'] },
  '@jsquash/jpeg': { words: 'jsquash-jpeg.txt', long: ['Apache-2.0'] },
  '@jsquash/webp': { words: 'jsquash-webp.txt', long: ['Apache-2.0'] },
  '@resvg/resvg-wasm': { words: 'resvg.txt', long: ['MPL-2.0'] },
  '@viz-js/viz': { words: 'viz.txt', long: ['EPL-1.0'] },
  omggif: { words: 'omggif.txt', long: [] },
};

/** The name of the package that a file belongs to, if it belongs to one. */
export const packageOf = (file: string): string | undefined =>
  /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll('\\', '/'))?.[1];

/** What users of a bundle must be told of the packages in it: names, versions, licences with their texts. */
export function notices(packages: Iterable<string>): string {
  const names = [...new Set(packages)].sort();
  const long = new Set(names.flatMap((name) => supplied[name]?.long ?? []));
  return [
    'Hornbeam carries these packages, which are the work of others. They load when what needs them is first used.',
    ...names.map(notice),
    ...[...long].sort().map((name) => `${name}\n\n${text(`${name}.txt`)}`),
  ].join(`\n\n${'='.repeat(100)}\n\n`);
}

function notice(name: string): string {
  const folder = join('node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version} (${license})\n\n${licenceText(name, folder)}`;
}

function licenceText(name: string, folder: string): string {
  if (supplied[name]) return text(supplied[name].words);
  const file = existsSync(folder) && readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
  if (!file)
    throw new Error(`${name} carries no licence text: put it into scripts/licences/ and name it in third-party.ts`);
  return readFileSync(join(folder, file), 'utf8').trim();
}
