import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { buildExamplePage, buildLibrary } from '../../scripts/example-page.ts';
import { readSite, root, type Site } from '../content/site.ts';
import { draw } from './draw.ts';
import { Renderer } from './markdown.ts';
import { type Found, findable, indexScript } from './search.ts';
import { Shell } from './shell.ts';
import { sourcePage } from './source.ts';

/** Makes the whole site in a folder; `library` is the running library, of which the reference is made. */
export async function buildSite(folder: string, library: object, version: string): Promise<Site> {
  const site = readSite(library);
  const { broken, pictures } = site.links;
  if (broken.length > 0) throw new Error(`links that lead nowhere:\n${broken.join('\n')}`);
  await rm(folder, { recursive: true, force: true });
  const renderer = await Renderer.make();
  const found = await writePages(site, folder, renderer, version);
  await put(folder, 'assets/search-index.js', indexScript(found));
  for (const [from, to] of pictures) await copy(join(root, from), join(folder, to));
  for (const drawing of site.drawings) await put(folder, drawing.url, await draw(drawing, library));
  await buildLibrary(join(folder, 'live/hornbeam'));
  for (const name of site.links.live) {
    const foot = ` <a href="../../gallery/${name}.html">How it is made</a>`;
    await buildExamplePage(name, join(folder, 'live', name), { library: '../hornbeam', foot });
  }
  for (const file of site.links.sources)
    await put(folder, `source/${file}.html`, await sourcePage(root, file, renderer));
  await assets(folder);
  return site;
}

/** Writes the pages of a site, and gives what the search can find of them. */
export async function writePages(site: Site, folder: string, renderer: Renderer, version: string): Promise<Found[]> {
  const shell = new Shell(site.documents, site.pages, version);
  const found: Found[] = [];
  for (const page of site.pages) {
    const { html, headings } = renderer.body(page.body);
    await put(folder, page.url, shell.frame(page, html, headings));
    found.push(...findable(page, html, headings));
  }
  return found;
}

/** Makes the pages anew that are made of files; the reference stays as it was. */
export async function rewritePages(folder: string, { pages, ...before }: Site, version: string): Promise<void> {
  const { pages: fresh, links } = readSite();
  const reference = pages.filter(({ section }) => section === 'Reference');
  await writePages({ ...before, pages: [...fresh, ...reference] }, folder, await Renderer.make(), version);
  for (const [from, to] of links.pictures) await copy(join(root, from), join(folder, to));
  await assets(folder);
}

async function assets(folder: string): Promise<void> {
  for (const name of ['site.css', 'leaf.svg'])
    await copy(join(root, 'website/assets', name), join(folder, 'assets', name));
  const bundle = await rolldown({
    input: join(root, 'website/render/client.ts'),
    platform: 'browser',
    logLevel: 'warn',
  });
  await bundle.write({ file: join(folder, 'assets/site.js'), format: 'iife', minify: true });
  await bundle.close();
}
async function put(folder: string, path: string, text: string | Buffer): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}
export const readVersion = async (): Promise<string> =>
  (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }).version;
