import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeHtml, wayTo } from '../content/page.ts';
import type { Renderer } from './markdown.ts';

/** The page of a file's text with numbered lines, or of a folder's files. */
export async function sourcePage(root: string, file: string, renderer: Renderer): Promise<string> {
  const url = `source/${file}.html`;
  const isFolder = file.endsWith('/');
  const body = isFolder
    ? `<ul>${(await readdir(join(root, file))).map((name) => `<li>${escapeHtml(name)}</li>`).join('')}</ul>`
    : renderer.lines(await readFile(join(root, file), 'utf8'), file);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(file)} · Hornbeam</title><meta name="color-scheme" content="light dark"><link rel="icon" href="${wayTo('assets/leaf.svg', url)}"><link rel="stylesheet" href="${wayTo('assets/site.css', url)}">
<script>document.documentElement.dataset.theme=(()=>{try{return localStorage.getItem('theme')||'auto'}catch{return 'auto'}})()</script>
</head><body class="source"><main><p><a href="${wayTo('index.html', url)}">Hornbeam</a></p><h1>${escapeHtml(file)}</h1>${body}</main></body></html>
`;
}
