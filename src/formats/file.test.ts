import { mkdtemp, readdir, readFile as readRaw, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bytesOf, isFolder, readFile, readFolder, writeFileAtomic, writeFolder } from './file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hornbeam-file-'));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});
const bytes = (...values: number[]) => new Uint8Array(values);

test('a file is written and read by path and by URL, and nothing else stays behind', async () => {
  const path = join(folder, 'a.bin');
  await writeFileAtomic(path, bytes(1, 2));
  await writeFileAtomic(pathToFileURL(path), bytes(3));
  expect(await readFile(path)).toEqual(bytes(3));
  expect(await readFile(pathToFileURL(path))).toEqual(bytes(3));
  expect(await readFile(pathToFileURL(path).href)).toEqual(bytes(3));
  expect(await readdir(folder)).toEqual(['a.bin']);
});

test('a file that cannot be put in place leaves nothing behind', async () => {
  await writeFolder(join(folder, 'taken'), { x: bytes(1) });
  await expect(writeFileAtomic(join(folder, 'taken'), bytes(2))).rejects.toThrow('cannot be written');
  await expect(writeFileAtomic(join(folder, 'missing', 'x'), bytes(2))).rejects.toThrow('check that the folder exists');
  expect(await readdir(folder)).toEqual(['taken']);
});

test('permissions stay, and a link stays a link', async () => {
  const path = join(folder, 'a.bin');
  await writeFile(path, 'old', { mode: 0o600 });
  await symlink(path, join(folder, 'link'));
  await writeFileAtomic(join(folder, 'link'), bytes(7));
  expect([...(await readRaw(path))]).toEqual([7]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('folders are written, told apart and read with their subfolders', async () => {
  const root = join(folder, 'model');
  await writeFolder(root, { 'config.json': bytes(1), 'assets/layers/vocabulary.txt': bytes(2) });
  expect(await isFolder(root)).toBe(true);
  expect(await isFolder(join(root, 'config.json'))).toBe(false);
  await symlink(folder, join(root, 'loop'));
  expect(await readFolder(root)).toEqual({ 'config.json': bytes(1), 'assets/layers/vocabulary.txt': bytes(2) });
  await expect(writeFolder(root, { '../x': bytes(1) })).rejects.toThrow('no plain relative path');
});

test('a missing file is named', async () => {
  await expect(readFile(join(folder, 'none'))).rejects.toThrow(/none: cannot be read: ENOENT/);
});

test('data URLs are fetched', async () => {
  expect(await readFile('data:application/octet-stream;base64,AQID')).toEqual(bytes(1, 2, 3));
});

test('without a file system the error says what to do instead', async () => {
  vi.stubGlobal('process', undefined);
  await expect(readFile('model.keras')).rejects.toThrow('pass it (a File, Blob or Uint8Array)');
  await expect(writeFileAtomic('model.keras', bytes(1))).rejects.toThrow('"indexeddb://name"');
  expect(await isFolder('model')).toBe(false);
});

test('bytes are taken from whatever holds them', async () => {
  const path = join(folder, 'a.bin');
  await writeFile(path, bytes(1, 2));
  for (const source of [path, bytes(1, 2), bytes(1, 2).buffer, new Blob([bytes(1, 2)])])
    expect(await bytesOf(source)).toEqual(bytes(1, 2));
});

test('places that only browsers have are refused elsewhere, with what to do instead', async () => {
  await expect(readFile('indexeddb://a.keras')).rejects.toThrow('there is no IndexedDB here');
  await expect(writeFileAtomic('downloads://a.keras', bytes(1))).rejects.toThrow('only a page can offer a download');
  await expect(readFile('downloads://a.keras')).rejects.toThrow('let the user pick the file');
});
