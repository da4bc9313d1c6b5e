import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { writeZip } from '../formats/zip.ts';
import { config, utils } from '../index.ts';

let server: Server;
let url: string;
let cacheDir: string;
/** What the server has, by path; what is asked of it; and how it answers. */
const files = new Map<string, Uint8Array>();
const asked: string[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;

beforeAll(async () => {
  config.disableInteractiveLogging();
  server = createServer((request, response) => {
    const { range } = request.headers;
    asked.push(`${request.url}${range ? ` ${range}` : ''}`);
    if (answer(request, response)) return;
    const bytes = files.get(request.url!);
    if (!bytes) return void response.writeHead(404).end();
    const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
    response
      .writeHead(range ? 206 : 200, {
        ETag: etag,
        'Content-Length': bytes.length - from,
        ...(range && { 'Content-Range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
      })
      .end(bytes.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  config.enableInteractiveLogging();
  server.close();
  server.closeAllConnections();
});
beforeEach(async () => {
  files.clear();
  asked.length = 0;
  answer = () => false;
  cacheDir = await mkdtemp(join(tmpdir(), 'hornbeam-cache-'));
  return () => rm(cacheDir, { recursive: true });
});
const text = (path: string): Promise<string> => readFile(path, 'utf8');
const bytesOf = (x: string): Uint8Array => new TextEncoder().encode(x);
const names = (): Promise<string[]> => readdir(join(cacheDir, 'datasets'));

test('a file is downloaded once, to where Keras has it', async () => {
  files.set('/a/words.txt', bytesOf('horn'));
  const options = { origin: `${url}/a/words.txt?version=2`, cacheDir } as const;
  answer = (request) => {
    request.url = '/a/words.txt';
    return false;
  };
  const path = await utils.getFile(options);
  expect(path).toBe(join(cacheDir, 'datasets/words.txt'));
  expect(await text(path)).toBe('horn');
  expect(await utils.getFile(options)).toBe(path);
  expect(asked).toHaveLength(1);
  await utils.getFile({ ...options, forceDownload: true });
  expect(asked).toHaveLength(2);
  const other = await utils.getFile({ ...options, fname: 'w.txt', cacheSubdir: 'texts' });
  expect(other).toBe(join(cacheDir, 'texts/w.txt'));
  expect(await utils.getFile({ ...options, cacheSubdir: join(cacheDir, 'own') })).toBe(join(cacheDir, 'own/words.txt'));
  expect(await names()).toEqual(['words.txt']);
  vi.stubEnv('KERAS_HOME', join(cacheDir, 'home'));
  expect(await utils.getFile({ origin: options.origin })).toBe(join(cacheDir, 'home/datasets/words.txt'));
  vi.unstubAllEnvs();
  await writeFile(join(cacheDir, 'here'), 'local');
  expect(await text(await utils.getFile({ origin: `file://${cacheDir}/here`, cacheDir }))).toBe('local');
});

test('a file has the hash that is asked for, or is not there', async () => {
  const bytes = bytesOf('horn');
  files.set('/f', bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const md5 = createHash('md5').update(bytes).digest('hex');
  const get = (options: object): Promise<string> => utils.getFile({ origin: `${url}/f`, cacheDir, ...options });
  await expect(get({ fileHash: md5.replace(/^./, (c) => (c === '0' ? '1' : '0')) })).rejects.toThrow(
    /\/f is incomplete or corrupted: its md5 hash is .*\n {2}Fix: .*put the right file at .*datasets\/f/,
  );
  expect(await names()).toEqual([]);
  for (const options of [{ fileHash: sha256 }, { md5Hash: md5 }, { fileHash: md5, hashAlgorithm: 'md5' }])
    await get(options);
  expect(asked).toHaveLength(2);
  await writeFile(join(cacheDir, 'datasets/f'), 'other');
  expect(await text(await get({ fileHash: sha256.toUpperCase() }))).toBe('horn');
  await expect(get({ fileHash: 'abc' })).rejects.toThrow(/"abc" is no hash/);
  await expect(get({ fileHash: md5, hashAlgorithm: 'sha1' })).rejects.toThrow(/"sha1" is not known/);
});

test('what breaks off is gone on with, now or later, as long as the file is the same', async () => {
  const bytes = bytesOf('0123456789'.repeat(20_000));
  files.set('/big', bytes);
  const origin = `${url}/big`;
  const cut: typeof answer = (request, response) => {
    if (request.headers.range) return false;
    response.writeHead(200, {
      ETag: `"${createHash('md5').update(bytes).digest('hex')}"`,
      'Content-Length': bytes.length,
    });
    response.write(bytes.subarray(0, 70_000), () => setTimeout(() => response.destroy(), 20));
    return true;
  };
  answer = cut;
  expect(await text(await utils.getFile({ origin, cacheDir }))).toBe(new TextDecoder().decode(bytes));
  expect(asked).toEqual(['/big', '/big bytes=70000-']);
  // The server goes away in the middle: a later call has what came before.
  const away: typeof answer = (request, response) => {
    if (!request.headers.range) return cut(request, response);
    response.destroy();
    return true;
  };
  answer = away;
  const again = { origin, cacheDir, forceDownload: true };
  await expect(utils.getFile(again)).rejects.toThrow(
    /\/big cannot be downloaded: .*\n {2}Fix: .*put it at .*datasets\/big/,
  );
  expect(await text(join(cacheDir, 'datasets/big'))).toHaveLength(bytes.length);
  expect(await names()).toHaveLength(2);
  asked.length = 0;
  answer = () => false;
  await utils.getFile(again);
  expect(asked).toEqual(['/big bytes=70000-']);
  // The file was changed meanwhile.
  answer = away;
  await expect(utils.getFile(again)).rejects.toThrow();
  files.set('/big', bytesOf('x'.repeat(100_000)));
  answer = () => false;
  expect(await text(await utils.getFile(again))).toBe('x'.repeat(100_000));
  expect(await names()).toEqual(['big']);
});

test('whoever asks at the same time gets the same download', async () => {
  files.set('/f', bytesOf('horn'));
  const get = (): Promise<string> => utils.getFile({ origin: `${url}/f`, cacheDir });
  await Promise.all([get(), get(), get()]);
  expect(asked).toHaveLength(1);
});

test('errors say what failed and what to do', async () => {
  const get = (options: object): Promise<string> => utils.getFile({ origin: `${url}/no`, cacheDir, ...options });
  await expect(get({})).rejects.toThrow(/no cannot be downloaded: the server answered 404/);
  await expect(get({ origin: 'http://127.0.0.1:9/f' })).rejects.toThrow(
    /127\.0\.0\.1:9\/f cannot be downloaded: .*\n {2}Fix: .*download http:\S+ in a browser, and put it at .*datasets\/f/,
  );
  await expect(get({ origin: '' })).rejects.toThrow(/there is no origin/);
  await expect(get({ origin: 'data.zip' })).rejects.toThrow(/"data.zip" is no address/);
  await expect(get({ origin: `${url}/` })).rejects.toThrow(/no name can be read/);
  await expect(get({ fname: '../f' })).rejects.toThrow(/"\.\.\/f" is a path/);
  await expect(get({ fname: '..' })).rejects.toThrow(/is a path/);
  await writeFile(join(cacheDir, 'file'), '');
  await expect(get({ cacheDir: join(cacheDir, 'file') })).rejects.toThrow(/cache .* cannot be written to/);
});

const tarOf = (...entries: TarEntry[]): Promise<Uint8Array> => packTar(entries);
const file = (name: string, body: string): TarEntry => ({ header: { name, size: body.length }, body });

/** A tar.bz2 of pets/cat.txt, by Python. */
const bzipped =
  'QlpoOTFBWSZTWbHb1BsAAHH7gMmAAAJAAf8ABABqIt7ACAggAFQyoyBk0BpoxHlBJRPUDQ0ABoH0oD0IPGQhEZYVGNldKBDgcQ7iwmcI0eRwwch8d7zN/kvarWdmCKyKfIuOxJA/F3JFOFCQsdvUGw==';

test('archives are extracted to the folders that Keras makes', async () => {
  const tar = await tarOf(
    { header: { name: 'pets/', size: 0, type: 'directory' } },
    file('pets/cat.txt', 'miaow'),
    file(`pets/${'long'.repeat(50)}`, 'pax'),
    { header: { name: 'pets/same', size: 0, type: 'symlink', linkname: 'cat.txt' } },
  );
  files.set('/pets.tar', tar).set('/pets.tar.gz', gzipSync(tar));
  files.set('/pets.tar.bz2', Buffer.from(bzipped, 'base64'));
  files.set('/pets.zip', await writeZip({ 'pets/cat.txt': bytesOf('miaow') }, { compress: true }));
  const get = (options: object): Promise<string> => utils.getFile({ origin: '', cacheDir, extract: true, ...options });
  for (const ending of ['tar', 'tar.gz', 'tar.bz2', 'zip']) {
    const folder = await get({ origin: `${url}/pets.${ending}` });
    expect(folder).toBe(join(cacheDir, `datasets/pets.${ending}`));
    expect(await text(join(folder, 'pets/cat.txt'))).toBe('miaow');
  }
  expect(await text(join(cacheDir, 'datasets/pets.tar/pets', 'long'.repeat(50)))).toBe('pax');
  expect(await text(join(cacheDir, 'datasets/pets.tar/pets/same'))).toBe('miaow');
  expect(await names()).toContain('pets.zip_archive');
  const named = { origin: `${url}/pets.tar` };
  expect(await get({ ...named, fname: 'animals' })).toBe(join(cacheDir, 'datasets/animals'));
  expect(await get({ ...named, fname: 'p.v1.tar', extract: false, untar: true })).toBe(
    join(cacheDir, 'datasets/p_extracted'),
  );
  expect((await names()).filter((name) => name.startsWith('p.') || name.startsWith('.'))).toEqual(['p.v1.tar']);
  // What is missing comes back, and only that.
  const folder = join(cacheDir, 'datasets/animals/pets');
  await rm(join(folder, 'cat.txt'));
  await writeFile(join(folder, 'long'.repeat(50)), 'own');
  await get({ ...named, fname: 'animals' });
  expect([await text(join(folder, 'cat.txt')), await text(join(folder, 'long'.repeat(50)))]).toEqual(['miaow', 'own']);
});

test('a zip archive larger than what can be read at once is unpacked', async () => {
  const bytes = await writeZip(
    { 'a.txt': bytesOf('first'), 'b/c.txt': bytesOf('miaow '.repeat(1000)) },
    { compress: true },
  );
  // The second file and the directory are moved behind a hole of 2.5 GB, which takes no room on the disk.
  const hole = 2_500_000_000;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = view.getUint32(bytes.length - 6, true);
  const second = start + 46 + 'a.txt'.length;
  const header = view.getUint32(second + 42, true);
  view.setUint32(second + 42, header + hole, true);
  view.setUint32(bytes.length - 6, start + hole, true);
  await mkdir(join(cacheDir, 'datasets'), { recursive: true });
  const archive = await open(join(cacheDir, 'datasets/large.zip_archive'), 'w');
  await archive.write(bytes, 0, header, 0);
  await archive.write(bytes, header, bytes.length - header, header + hole);
  await archive.close();
  const folder = await utils.getFile({ origin: `${url}/large.zip`, cacheDir, extract: true });
  expect(await text(join(folder, 'a.txt'))).toBe('first');
  expect(await text(join(folder, 'b/c.txt'))).toBe('miaow '.repeat(1000));
});

test('damaged zip archives are refused, and leave nothing', async () => {
  const good = await writeZip({ 'a.txt': bytesOf('a text of some length') });
  const damage = (change: (bytes: Uint8Array) => Uint8Array): Uint8Array => change(good.slice());
  const at = (bytes: Uint8Array, place: number, value: number): Uint8Array => {
    bytes[place] = value;
    return bytes;
  };
  const directory = new DataView(good.buffer, good.byteOffset).getUint32(good.length - 6, true);
  for (const [bytes, message] of [
    [damage((b) => at(b, 40, 1)), /does not match its checksum/],
    [damage((b) => at(b, directory + 24, 200)), /is not of the declared 200 bytes/],
    [damage((b) => at(b, directory + 10, 12)), /packed by method 12/],
    [damage((b) => at(b, directory + 20, 250)), /reaches past the end/],
    [damage((b) => at(b, directory + 42, 7)), /does not lie where the directory says/],
    [damage((b) => b.subarray(0, b.length - 8)), /is no zip archive, or is cut off/],
  ] as const) {
    files.set('/x.zip', bytes);
    const got = utils.getFile({ origin: `${url}/x.zip`, cacheDir, extract: true, forceDownload: true });
    await expect(got).rejects.toThrow(message);
    expect(await names()).not.toContain('x.zip');
  }
});

test('what is no archive, or leads out of its folder, is refused', async () => {
  const origin = `${url}/x`;
  const get = (bytes: Uint8Array, options: object = {}): Promise<string> => {
    files.set('/x', bytes);
    return utils.getFile({ origin, cacheDir, extract: true, forceDownload: true, ...options });
  };
  const link = (name: string, linkname: string, type: 'symlink' | 'link' = 'symlink'): TarEntry => ({
    header: { name, size: 0, type, linkname },
  });
  const outside = join(cacheDir, 'datasets');
  await expect(get(bytesOf('no archive'.repeat(100)))).rejects.toThrow(/cannot be unpacked/);
  await expect(get(gzipSync('no archive'.repeat(100)))).rejects.toThrow(/cannot be unpacked/);
  await expect(get(gzipSync(await tarOf(file('a', 'b'))).subarray(0, 40))).rejects.toThrow(/cannot be unpacked/);
  await expect(get(await tarOf(file('a', 'b')), { archiveFormat: 'zip' })).rejects.toThrow(
    /is no archive of the format zip/,
  );
  await expect(get(await tarOf(file('a', 'b')), { archiveFormat: null })).rejects.toThrow(/is no archive/);
  await expect(get(await tarOf(file('a', 'b')), { archiveFormat: 'rar' })).rejects.toThrow(/"rar" is not known/);
  await expect(get(bytesOf('\ufffd7zXZ'))).rejects.toThrow();
  for (const name of ['../out', '/etc/out', 'a/../../out'])
    await expect(get(await tarOf(file(name, 'b')))).rejects.toThrow(/no plain relative path/);
  for (const entries of [
    [link('a', '/etc/passwd')],
    [link('a', '../out')],
    [link('a', '../out', 'link')],
    [link('a', 'b'), link('b', '..')],
    [link('a', 'b'), link('b', 'a/../../out')],
  ])
    await expect(get(await tarOf(...entries))).rejects.toThrow(/leads out of its folder/);
  // A link that was there before the archive, and one to where the archive writes later.
  await mkdir(join(outside, 'x'));
  await symlink(cacheDir, join(outside, 'x/d'));
  await expect(get(await tarOf(file('d/out', 'b')))).rejects.toThrow(/leads out of its folder/);
  await writeFile(join(cacheDir, 'mine'), 'mine');
  await symlink(join(cacheDir, 'mine'), join(outside, 'x/f'));
  await get(await tarOf(file('f', 'theirs')));
  expect(await text(join(cacheDir, 'mine'))).toBe('mine');
  expect((await lstat(join(outside, 'x/f'))).isFile()).toBe(true);
});
