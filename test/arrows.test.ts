import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../src', import.meta.url));

/** Folders from the ground up: a file imports from its own folder and from lower ranks. */
const ranks: readonly (readonly string[])[] = [
  ['base'],
  ['formats', 'ir', 'tree'],
  ['algebra'],
  ['primitives'],
  ['autodiff', 'compiler'],
  ['codegen'],
  ['devices'],
  ['runtime'],
  ['tensor'],
  ['ops', 'random'],
  ['coco'],
  ['activations', 'initializers', 'regularizers', 'constraints', 'losses', 'metrics', 'optimizers', 'quantizers'],
  ['layers'],
  ['data'],
  ['training'],
  ['saving'],
  ['models'],
  ['distillation', 'distribution', 'export', 'studio', 'visualize', 'utils'],
  ['datasets', 'applications', 'tuning'],
  ['public', 'cli'],
];
const rankOf = (folder: string): number => ranks.findIndex((names) => names.includes(folder));
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);
const folderOf = (file: string): string => file.split('/')[0]!;

test('every folder of src has a rank', () => {
  const folders = new Set(files.filter((file) => file.includes('/')).map(folderOf));
  expect([...folders].filter((folder) => rankOf(folder) < 0)).toEqual([]);
});

test('imports point to the own folder or to a lower rank', () => {
  const wrong: string[] = [];
  for (const file of files) {
    if (!file.includes('/')) continue; // the public entry
    const from = folderOf(file);
    for (const [, target] of readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
      const to = folderOf(relative(root, resolve(root, dirname(file), target!)));
      if (to !== from && !(rankOf(to) < rankOf(from)) && !isSibling(from, to)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** Ranks whose folders are one floor: they may know each other, as long as no circle arises. */
const floor = [
  'activations',
  'initializers',
  'regularizers',
  'constraints',
  'losses',
  'metrics',
  'optimizers',
  'ops',
  'random',
  'studio',
  'visualize',
  'utils',
];
const isSibling = (from: string, to: string): boolean =>
  rankOf(from) === rankOf(to) && floor.includes(from) && floor.includes(to);

/** Classes that the functions which they are made of take as parameters: these may name them, as types. */
const named = ['layers/layer/layer.ts', 'tensor/variable.ts'];

test('no two files import each other, directly or around, as types neither', () => {
  const graph = new Map(
    files.map((file) => [
      file,
      [...readFileSync(join(root, file), 'utf8').matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+'(\.[^']+)'/gm)]
        .map(([, type, target]) => ({ type, to: relative(root, resolve(root, dirname(file), target!)) }))
        .filter(({ type, to }) => !type || !named.includes(to))
        .map(({ to }) => to),
    ]),
  );
  const circles: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    state.set(file, 'open');
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});
