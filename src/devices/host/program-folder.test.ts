import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProgramFolder } from './program-folder.ts';

const all: string[] = [];
let path = '';
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'hornbeam-programs-'));
  all.push(path);
});
afterAll(() => {
  for (const each of all) rmSync(each, { recursive: true, force: true });
});

const packed = {
  json: '{"kernels":["ä"]}',
  blocks: [Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(77).fill(9)],
};
const file = (): string => join(path, readdirSync(path)[0]!);
const withUsers = process.getuid !== undefined;

describe('programs in a folder', () => {
  it('are read as they were written, under their key alone', () => {
    new ProgramFolder(path).write('a', packed);
    const other = new ProgramFolder(path);
    expect(other.read('a')).toEqual(packed);
    expect(other.read('b')).toBeUndefined();
    expect(readdirSync(path).length).toBe(1);
    if (withUsers) expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('are as good as none when any byte is damaged or missing, and are written again', () => {
    const folder = new ProgramFolder(path);
    folder.write('a', packed);
    const whole = readFileSync(file());
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1;
      writeFileSync(file(), damaged);
      expect(folder.read('a'), `byte ${at}`).toBeUndefined();
      writeFileSync(file(), whole.subarray(0, at));
      expect(folder.read('a'), `the first ${at} bytes`).toBeUndefined();
    }
    writeFileSync(file(), 'something else');
    folder.write('a', packed);
    expect(folder.read('a')).toEqual(packed);
  });

  it('are not taken for another program under its name', () => {
    const folder = new ProgramFolder(path);
    folder.write('a', packed);
    const own = file();
    folder.write('b', packed);
    const other = readdirSync(path).find((name) => !own.endsWith(name))!;
    renameSync(own, join(path, other));
    expect(folder.read('b')).toBeUndefined();
  });

  it('leave other files alone, and clear up what nobody finished', () => {
    writeFileSync(join(path, 'notes.txt'), 'mine');
    const part = `${'0'.repeat(64)}.123.part`;
    writeFileSync(join(path, part), '');
    utimesSync(join(path, part), 1, 1);
    new ProgramFolder(path).write('a', packed);
    expect(readdirSync(path)).toContain('notes.txt');
    expect(readdirSync(path)).not.toContain(part);
  });

  it('stay within a bound: those that were used longest ago go first', () => {
    const big = { json: '{}', blocks: [new Uint8Array(1000)] };
    const folder = new ProgramFolder(path, 8000);
    const names: string[] = [];
    for (let k = 0; k < 6; k++) {
      folder.write(`${k}`, big);
      names.push(readdirSync(path).find((name) => !names.includes(name))!);
      utimesSync(join(path, names[k]!), 1000 + k, 1000 + k);
    }
    // Reading it makes it the latest.
    expect(folder.read('0')).toBeDefined();
    for (let k = 6; k < 9; k++) folder.write(`${k}`, big);
    expect(folder.read('0')).toBeDefined();
    expect(folder.read('1')).toBeUndefined();
    expect(folder.read('8')).toBeDefined();
    const bytes = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(8000);
    // A single one that would take most of it is not kept.
    folder.write('huge', { json: '{}', blocks: [new Uint8Array(4000)] });
    expect(folder.read('huge')).toBeUndefined();
  });

  it('are made in a new folder, that only its owner can write to', () => {
    const inner = join(path, 'a', 'b');
    new ProgramFolder(inner).write('a', packed);
    expect(new ProgramFolder(inner).read('a')).toEqual(packed);
    if (withUsers) expect(statSync(inner).mode & 0o777).toBe(0o700);
  });

  it('are refused in words where there can be no folder', () => {
    writeFileSync(join(path, 'file'), '');
    expect(() => new ProgramFolder(join(path, 'file'))).toThrow(/^HORNBEAM_CACHE: ".*file" cannot be a folder/);
  });

  it('say once that they cannot be kept', () => {
    const folder = new ProgramFolder(path);
    rmSync(path, { recursive: true });
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    folder.write('a', packed);
    folder.write('b', packed);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^HORNBEAM_CACHE: programs are not kept \(ENOENT/)]]);
    expect(folder.read('a')).toBeUndefined();
    warn.mockRestore();
  });
});

describe.skipIf(!withUsers)('what others could have written is not run', () => {
  it.each([0o720, 0o702])('a folder of mode %o is refused', (mode) => {
    chmodSync(path, mode);
    expect(() => new ProgramFolder(path)).toThrow(
      `HORNBEAM_CACHE: "${path}" can be written by others, and what stands there is run\n  Fix: name a folder of your own (chmod go-w "${path}"), or unset HORNBEAM_CACHE`,
    );
  });

  it('a folder within one that others can write to is refused', () => {
    mkdirSync(join(path, 'inner'), { mode: 0o700 });
    chmodSync(path, 0o777);
    expect(() => new ProgramFolder(join(path, 'inner'))).toThrow(/in which ".*inner" stands, can be written by others/);
    // With the sticky bit others cannot move what is not theirs.
    chmodSync(path, 0o1777);
    expect(() => new ProgramFolder(join(path, 'inner'))).not.toThrow();
  });

  it('a file that others can write to, or that is a link, is none', () => {
    const folder = new ProgramFolder(path);
    folder.write('a', packed);
    const own = file();
    chmodSync(own, 0o622);
    expect(folder.read('a')).toBeUndefined();
    chmodSync(own, 0o600);
    expect(folder.read('a')).toEqual(packed);
    renameSync(own, join(path, 'moved'));
    symlinkSync(join(path, 'moved'), own);
    expect(folder.read('a')).toBeUndefined();
    folder.write('a', packed);
    expect(folder.read('a')).toEqual(packed);
  });

  it.skipIf(process.getuid?.() !== 0)('a folder or a file of another user is refused', () => {
    const folder = new ProgramFolder(path);
    folder.write('a', packed);
    chownSync(file(), 1, 1);
    expect(folder.read('a')).toBeUndefined();
    chownSync(path, 1, 1);
    expect(() => new ProgramFolder(path)).toThrow(`"${path}" belongs to user 1, not to 0 who runs this`);
  });
});
