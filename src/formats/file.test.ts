import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile as readRaw, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bytesOf, isFolder, readFile, readFolder, writeFileAtomic, writeFolder } from './file.ts';
import { nodeModules } from './node-modules.ts';
import { temporaryBeside } from './temporary-file.ts';

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
  await expect(writeFileAtomic(join(folder, 'taken'), bytes(2))).rejects.toThrow('it is a folder');
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

test('what killed saves left is removed at the next save, and nothing else', async () => {
  const path = join(folder, 'a.bin');
  // A temporary file as a process that is gone left it: 2^22 is beyond all numbers of processes.
  const underWay = temporaryBeside(path, nodeModules('test', ''));
  const left = underWay.replace(`-${process.pid}-`, '-4194305-');
  expect(left).not.toBe(underWay);
  await writeFile(left, 'half');
  await writeFile(underWay, 'under way');
  await writeFileAtomic(join(folder, 'b.bin'), bytes(3));
  expect(await readdir(folder)).toHaveLength(3);
  await writeFileAtomic(path, bytes(4));
  expect((await readdir(folder)).sort()).toEqual([basename(underWay), 'a.bin', 'b.bin']);
});

test('names may have 255 bytes; links are followed, also to what is not there yet', async () => {
  const path = join(folder, `${'n'.repeat(249)}.keras`);
  await writeFileAtomic(path, bytes(1));
  await symlink('later.bin', join(folder, 'link'));
  await writeFileAtomic(join(folder, 'link'), bytes(2));
  expect(await readFile(join(folder, 'later.bin'))).toEqual(bytes(2));
  expect((await readdir(folder)).sort()).toEqual(['later.bin', 'link', basename(path)]);
  await symlink('loop', join(folder, 'loop'));
  await expect(writeFileAtomic(join(folder, 'loop'), bytes(1))).rejects.toThrow('too many links');
});

test.skipIf(process.platform === 'win32')('devices, pipes and folders are refused', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  for (const path of [join(folder, 'pipe'), '/dev/null']) {
    await expect(readFile(path)).rejects.toThrow('a device, a pipe or a socket');
    await expect(writeFileAtomic(path, bytes(1))).rejects.toThrow('a device, a pipe or a socket');
  }
  await expect(readFile(folder)).rejects.toThrow('it is a folder');
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
