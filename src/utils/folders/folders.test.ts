import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Threads } from '../../data/pipeline/threads.ts';
import { config, type data, ops, preprocessing, Tensor, utils } from '../../index.ts';

interface Sample {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: string;
  readonly texts?: readonly string[];
}
interface Case {
  readonly kind: 'image' | 'text' | 'audio';
  /** The folder in that of the kind. */
  readonly below: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly sets: readonly {
    readonly classNames: readonly string[] | null;
    readonly filePaths: readonly string[];
    readonly batches: readonly (readonly Sample[])[] | null;
  }[];
}
const testData = fileURLToPath(new URL('../../../test/data', import.meta.url));
const { files, cases } = JSON.parse(gunzipSync(await readFile(join(testData, 'folders.json.gz'))).toString()) as {
  readonly files: Readonly<Record<'images' | 'texts' | 'sounds', Readonly<Record<string, string>>>>;
  readonly cases: readonly Case[];
};
const makers = {
  image: utils.imageDatasetFromDirectory,
  text: utils.textDatasetFromDirectory,
  audio: utils.audioDatasetFromDirectory,
} as const;
type Made = data.Dataset & { readonly classNames: readonly string[] | null; readonly filePaths: readonly string[] };

let folder: string;
const at = (...parts: readonly string[]): string => join(folder, ...parts);
async function put(place: string, bytes: string | Uint8Array): Promise<void> {
  await mkdir(dirname(at(place)), { recursive: true });
  await writeFile(at(place), bytes);
}
beforeAll(async () => {
  config.disableInteractiveLogging();
  folder = await mkdtemp(join(tmpdir(), 'hornbeam-folders-'));
  for (const [name, source] of Object.entries(files.images)) {
    await mkdir(dirname(at('images', name)), { recursive: true });
    await copyFile(join(testData, 'images', source), at('images', name));
  }
  for (const [name, text] of Object.entries(files.texts)) await put(join('texts', name), text);
  for (const [name, bytes] of Object.entries(files.sounds))
    await put(join('sounds', name), Buffer.from(bytes, 'base64'));
});
afterAll(async () => {
  config.enableInteractiveLogging();
  await rm(folder, { recursive: true });
});

const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
async function make(kind: keyof typeof makers, options: object, below = ''): Promise<Made[]> {
  const makeIt = makers[kind] as (directory: string, options: object) => Promise<unknown>;
  const made = await makeIt(at(`${kind === 'audio' ? 'sound' : kind}s${below}`), options);
  return [made].flat() as unknown as Made[];
}
const elements = async (made: AsyncIterable<unknown>): Promise<unknown[]> => {
  const all: unknown[] = [];
  for await (const element of made) all.push(element);
  return all;
};

describe('folders become what Keras makes of them', () => {
  test.each(cases.map((each, k) => ({ ...each, k })))('$kind $options ($k)', async ({ kind, below, options, sets }) => {
    const named = Object.entries(options).map(([key, x]) => [camelCase(key), x]);
    const found = await make(kind, Object.fromEntries(named), below);
    expect(found).toHaveLength(sets.length);
    for (const [k, made] of found.entries()) {
      const { classNames, filePaths, batches } = sets[k]!;
      expect(made.classNames).toEqual(classNames);
      if (kind === 'image') expect(made.filePaths.map((path) => relative(folder, path))).toEqual(filePaths);
      if (!batches) continue;
      const given = await elements(made);
      expect(made.cardinality()).toBe(batches.length);
      expect(given).toHaveLength(batches.length);
      for (const [n, batch] of batches.entries()) {
        const parts = [given[n]].flat() as Tensor[];
        expect(parts).toHaveLength(batch.length);
        // TensorFlow looks cubic weights up in a table.
        for (const [p, expected] of batch.entries())
          await compare(parts[p]!, expected, options['interpolation'] === 'bicubic' ? 0.08 : 0.02);
      }
    }
  });
});
async function compare(x: Tensor, { shape, dtype, data, texts }: Sample, most: number): Promise<void> {
  if (texts) return void expect([await x.array()].flat()).toEqual(texts);
  // TensorFlow leaves bytes as they are where pixels are only picked.
  expect([x.shape, x.dtype]).toEqual([shape, dtype.replace('uint8', 'float32')]);
  const expected = new Int16Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
  const values = await x.data();
  expected.forEach((v, k) => void expect(Math.abs(values[k]! - v / 64)).toBeLessThan(most));
}

test('images are resized as the op resizes them', async () => {
  const [made] = await make('image', {
    labels: null,
    imageSize: [13, 8],
    interpolation: 'bicubic',
    shuffle: false,
    batchSize: 1,
  });
  const [first] = (await elements(made!)) as [Tensor];
  const image = utils.imgToArray(await utils.loadImg(made!.filePaths[0]!));
  const resized = ops.image.resize(image, [13, 8], { interpolation: 'bicubic' });
  expect(await ops.max(ops.abs(ops.subtract(resized, first))).item()).toBeLessThan(1e-3);
});

test('each round has another order, which a seed repeats; labels stay with their files', async () => {
  const options = { batchSize: null, seed: 3 } as const;
  const made = await utils.textDatasetFromDirectory(at('texts'), options);
  const round = async (): Promise<string[]> => {
    const all: string[] = [];
    for await (const [text, label] of made) all.push(`${await text.array()} ${await label.item()}`);
    return all;
  };
  const first = await round();
  expect([...first].sort()).toEqual([' 0', 'awful\nfilm 0', 'bad 0', 'fine 1', 'good é 1']);
  const rounds = [first, await round(), await round(), await round()];
  expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
  const again = await utils.textDatasetFromDirectory(at('texts'), options);
  expect(again.filePaths).toEqual(made.filePaths);
  expect(String(await elements(again.map((text, _) => text)))).toEqual(
    String(await elements((await utils.textDatasetFromDirectory(at('texts'), options)).map((text, _) => text))),
  );
});

test('images are decoded in other threads, with the same pixels in the same order as in this one', async () => {
  const calls = vi.spyOn(Threads.prototype, 'call');
  const read = async (workers: number, batchSize: number | null): Promise<unknown[]> => {
    const made = await utils.imageDatasetFromDirectory(at('images'), { imageSize: 5, batchSize, seed: 3, workers });
    const all = (await elements(made)) as [Tensor, Tensor][];
    return Promise.all(all.map(async ([x, y]) => [await x.array(), await y.array()]));
  };
  for (const batchSize of [3, null]) {
    calls.mockClear();
    const here = await read(0, batchSize);
    expect(calls).not.toHaveBeenCalled();
    expect(await read(2, batchSize)).toEqual(here);
    expect(calls).toHaveBeenCalledTimes(7);
  }
  calls.mockRestore();
});

test('a file that cannot be read is named, or left out with a warning', async () => {
  await put('spoilt/a/1.png', await readFile(join(testData, 'images/rgb.png')));
  await put('spoilt/a/2.png', 'no image');
  await put('spoilt/b/3.jpg', (await readFile(join(testData, 'images/s0.jpg'))).subarray(0, 300));
  const options = { imageSize: 4, shuffle: false, batchSize: 2 } as const;
  await expect(elements(await utils.imageDatasetFromDirectory(at('spoilt'), options))).rejects.toThrow(
    /imageDatasetFromDirectory .*spoilt\/a\/2\.png: the file is no image/,
  );
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const kept = await utils.imageDatasetFromDirectory(at('spoilt'), { ...options, corruptFiles: 'skip' });
  const batches = (await elements(kept)) as [Tensor, Tensor][];
  expect(batches.map(([x, y]) => [x.shape, y.shape])).toEqual([[[1, 4, 4, 3], [1]]]);
  // Whichever thread was done first.
  expect(warn.mock.calls.flat().sort()).toEqual([
    expect.stringMatching(/2\.png: the file is no image of a known format; it is left out/),
    expect.stringMatching(/3\.jpg: the JPEG ends in the middle; it is left out/),
  ]);
  warn.mockRestore();
});

test('sounds may differ in length and rate', async () => {
  const ragged = await utils.audioDatasetFromDirectory(at('sounds'), { ragged: true, shuffle: false });
  for await (const [sounds] of ragged)
    expect(sounds.map(({ shape }) => shape)).toEqual([
      [7, 2],
      [4, 2],
      [9, 2],
    ]);
  const wave = (rate: number, seconds: number): Uint8Array => {
    const bytes = new DataView(new ArrayBuffer(44 + 4 * rate * seconds));
    [...'RIFF....WAVEfmt '].forEach((c, k) => void bytes.setUint8(k, c.charCodeAt(0)));
    [...'data'].forEach((c, k) => void bytes.setUint8(36 + k, c.charCodeAt(0)));
    bytes.setUint32(16, 16, true);
    bytes.setUint16(20, 3, true);
    bytes.setUint16(22, 1, true);
    bytes.setUint32(24, rate, true);
    bytes.setUint16(34, 32, true);
    bytes.setUint32(40, 4 * rate * seconds, true);
    for (let k = 0; k < rate * seconds; k++)
      bytes.setFloat32(44 + 4 * k, Math.sin((2 * Math.PI * 100 * k) / rate), true);
    return new Uint8Array(bytes.buffer);
  };
  await put('tones/a.wav', wave(3000, 1));
  const tones = await utils.audioDatasetFromDirectory(at('tones'), { labels: null, samplingRate: 1000 });
  for await (const sound of tones) {
    expect(sound.shape).toEqual([1, 1000, 1]);
    const values = await sound.data();
    // In the middle, where nothing is missing on either side.
    for (let k = 100; k < 900; k++) {
      const t = (k + 0.5) / 1000 - 0.5 / 3000;
      expect(Math.abs(values[k]! - Math.sin(2 * Math.PI * 100 * t))).toBeLessThan(0.01);
    }
  }
  const here = await utils.audioDatasetFromDirectory(at('tones'), { labels: null, samplingRate: 1000, workers: 0 });
  const other = await utils.audioDatasetFromDirectory(at('tones'), { labels: null, samplingRate: 1000, workers: 2 });
  const calls = vi.spyOn(Threads.prototype, 'call');
  const inThisThread = await ((await elements(here)) as Tensor[])[0]!.data();
  expect(calls).not.toHaveBeenCalled();
  expect(await ((await elements(other)) as Tensor[])[0]!.data()).toEqual(inThisThread);
  expect(calls).toHaveBeenCalledTimes(1);
  calls.mockRestore();
  await put('tones/b.wav', 'RIFF');
  await expect(elements(await utils.audioDatasetFromDirectory(at('tones'), { labels: null }))).rejects.toThrow(
    /b\.wav: the file is no WAV/,
  );
});

test('links are followed where that is asked for', async () => {
  await put('linked/a/1.txt', 'one');
  await put('elsewhere/2.txt', 'two');
  await symlink(at('elsewhere'), at('linked/a/more'));
  const paths = async (options: object): Promise<string[]> =>
    (await utils.textDatasetFromDirectory(at('linked'), { shuffle: false, ...options })).filePaths.map((path) =>
      relative(at('linked'), path),
    );
  expect(await paths({})).toEqual(['a/1.txt']);
  expect(await paths({ followLinks: true })).toEqual(['a/1.txt', 'a/more/2.txt']);
  await symlink(at('linked'), at('elsewhere/round'));
  await expect(paths({ followLinks: true })).rejects.toThrow(/round\S* leads to a folder around it/);
});

test('mistakes are named', async () => {
  const make = (options: object): Promise<unknown> => utils.imageDatasetFromDirectory(at('images'), options);
  for (const [options, message] of [
    [{ labels: 'none' }, /labels is "none"/],
    [{ labels: [1, 2] }, /there are 2 labels for 8 files/],
    [{ labels: null, classNames: ['a'] }, /classNames was given beside labels/],
    [{ classNames: ['a', 'x'] }, /no folder "x" in .*\n.*a, b, c-3/],
    [{ labelMode: 'binary' }, /there are 3 classes/],
    [{ labelMode: 'x' }, /labelMode is "x"/],
    [{ batchSize: 0 }, /batchSize is 0/],
    [{ imageSize: [3] }, /imageSize is \[3\]/],
    [{ interpolation: 'x' }, /interpolation is "x"/],
    [{ cropToAspectRatio: true, padToAspectRatio: true }, /are both set/],
    [{ validationSplit: 0.5 }, /only one of validationSplit and subset/],
    [{ subset: 'training' }, /only one of validationSplit and subset/],
    [{ validationSplit: 2, subset: 'both' }, /validationSplit is 2/],
    [{ validationSplit: 0.5, subset: 'both' }, /without a seed/],
    [{ validationSplit: 0.01, subset: 'both', seed: 1 }, /leaves none/],
    [{ corruptFiles: 'x' }, /corruptFiles is "x"/],
    [{ seed: -1 }, /the seed is -1/],
    [{ workers: -1 }, /workers is -1/],
  ] as const)
    await expect(make(options), JSON.stringify(options)).rejects.toThrow(message);
  await expect(utils.imageDatasetFromDirectory(at('texts'))).rejects.toThrow(/there are no files ending with \.bmp/);
  await expect(utils.imageDatasetFromDirectory(at('nowhere'))).rejects.toThrow(/nowhere cannot be read/);
  await expect(utils.audioDatasetFromDirectory(at('sounds'), { samplingRate: 0.5 })).rejects.toThrow(
    /samplingRate is 0.5/,
  );
  await expect(utils.textDatasetFromDirectory(at('texts'), { maxLength: 0 })).rejects.toThrow(/maxLength is 0/);
  expect(preprocessing.imageDatasetFromDirectory).toBe(utils.imageDatasetFromDirectory);
  expect(preprocessing.textDatasetFromDirectory).toBe(utils.textDatasetFromDirectory);
});
