import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openZip, readZip, writeZip } from './zip.ts';

const load = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../test/data/formats/${name}`, import.meta.url)));
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const bytes = (value: string) => new TextEncoder().encode(value);

/** A copy with the four bytes at `at` replaced. */
function with32(archive: Uint8Array, at: number, value: number): Uint8Array {
  const copy = archive.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}
const directoryOf = (archive: Uint8Array) => new DataView(archive.buffer).getUint32(archive.length - 6, true);

test('an archive that Keras wrote opens', async () => {
  const files = await readZip(load('adapted_text.keras'));
  expect(Object.keys(files)).toEqual(expect.arrayContaining(['metadata.json', 'config.json', 'model.weights.h5']));
  expect(JSON.parse(text(files['metadata.json'])).keras_version).toBe('3.15.1');
  expect(Object.keys(files).some((name) => name.startsWith('assets/'))).toBe(true);
});

test('deflated files and folders, as Python writes them, open', async () => {
  const files = await readZip(load('deflated.zip'));
  expect(Object.keys(files)).toEqual(['config.json', 'assets/v.txt']);
  expect(text(files['config.json'])).toBe('{"name": "é"}'.repeat(50));
});

test('what is written reads back, and equal files give equal bytes', async () => {
  const files = { 'metadata.json': bytes('{}'), 'assets/ä/1': bytes('x'.repeat(1000)), empty: new Uint8Array(0) };
  for (const compress of [false, true]) {
    const archive = await writeZip(files, { compress });
    expect(Object.entries(await readZip(archive))).toEqual(Object.entries(files));
    expect(await writeZip(files, { compress })).toEqual(archive);
    // The date: 1980-01-01, midnight.
    expect([...archive.slice(10, 14)]).toEqual([0, 0, 33, 0]);
  }
  expect((await writeZip(files, { compress: true })).length).toBeLessThan((await writeZip(files)).length);
});

test('names that lead out of the archive are refused both ways', async () => {
  for (const name of ['../x', '/x', 'a/../../x', 'C:x', 'a\\x', 'a//b', './x', '__proto__', 'a\0b']) {
    const files = Object.fromEntries([[name, bytes('x')]]);
    await expect(writeZip(files), name).rejects.toThrow('no plain relative path');
  }
  const archive = await writeZip({ aaaa: bytes('x') });
  const evil = with32(archive, directoryOf(archive) + 46, 0x2f2e2e2f); // "/../"
  await expect(readZip(evil)).rejects.toThrow('no plain relative path');
});

test('damage is noticed and named', async () => {
  const archive = await writeZip({ a: bytes('hello'), b: bytes('z'.repeat(500)) }, { compress: true });
  const directory = directoryOf(archive);
  await expect(readZip(archive.subarray(0, 50))).rejects.toThrow('is no zip archive, or is cut off');
  await expect(readZip(with32(archive, directory + 16, 7))).rejects.toThrow('"a": does not match its checksum');
  await expect(readZip(with32(archive, directory + 24, 6))).rejects.toThrow('not of the declared 6 bytes');
  await expect(readZip(with32(archive, directory + 24, 4))).rejects.toThrow('not of the declared 4 bytes');
  await expect(readZip(with32(archive, directory + 20, 9999))).rejects.toThrow('past the end');
  await expect(readZip(with32(archive, directory + 42, 3))).rejects.toThrow('does not lie where');
  await expect(readZip(with32(archive, directory, 3))).rejects.toThrow('has no entry 0');
});

test('sizes and counts are bounded', async () => {
  const archive = await writeZip({ a: bytes('hello'), b: bytes('hello') });
  await expect(readZip(archive, { maxEntries: 1 })).rejects.toThrow('holds 2 files, more than 1');
  await expect(readZip(archive, { maxBytes: 9 })).rejects.toThrow('unpacks to 10 bytes, more than 9');
  const bomb = with32(archive, directoryOf(archive) + 24, 2 ** 31);
  await expect(readZip(bomb)).rejects.toThrow('cannot unpack to');
});

test('a file is unpacked when it is asked for, within the bytes it may have', async () => {
  const archive = await writeZip({ small: bytes('hello'), bomb: new Uint8Array(5_000_000) }, { compress: true });
  const broken = archive.slice();
  broken.fill(0x55, 80, 90); // within the data of the second file
  const zip = openZip(broken);
  expect(zip.names).toEqual(['small', 'bomb']);
  expect(text(await zip.read('small', 5))).toBe('hello');
  expect(await zip.read('toString', 5)).toBeUndefined();
  await expect(zip.read('bomb', 1000)).rejects.toThrow('unpacks to 5000000 bytes, more than 1000');
});

test('two files of one name are refused', async () => {
  const archive = await writeZip({ aaaa: bytes('x'), bbbb: bytes('y') });
  const second = directoryOf(archive) + 46 + 4;
  await expect(readZip(with32(archive, second + 46, 0x61616161))).rejects.toThrow('two files called "aaaa"');
});
