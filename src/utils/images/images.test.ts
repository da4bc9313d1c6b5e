import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ops, preprocessing, utils } from '../../index.ts';

const samples = fileURLToPath(new URL('../../../test/data/images', import.meta.url));
const at = (name: string): string => join(samples, name);
interface Case {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly mode: string;
  readonly size: readonly [width: number, height: number];
  readonly data: string;
}
const cases = JSON.parse(gunzipSync(await readFile(at('expected.json.gz'))).toString()) as Case[];
const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('images are what Keras loads, to the bit', () => {
  const names = [...new Set(cases.map(({ name }) => name))];
  test.each(names)('%s', async (name) => {
    for (const { options, mode, size, data } of cases.filter((each) => each.name === name)) {
      const found = await utils.loadImg(
        at(name),
        Object.fromEntries(Object.entries(options).map(([key, x]) => [camelCase(key), x])),
      );
      const where = JSON.stringify(options);
      expect([found.mode, found.width, found.height], where).toEqual([mode, ...size]);
      const { buffer, byteOffset, byteLength } = found.data;
      expect(Buffer.from(buffer, byteOffset, byteLength).toString('base64') === data, where).toBe(true);
    }
  });
});

test('grey of 16 bits keeps its upper half as a colour', async () => {
  const grey = await utils.loadImg(at('grey16.png'), { colorMode: 'grayscale' });
  const rgb = await utils.loadImg(at('grey16.png'));
  expect([...rgb.data.subarray(0, 3)]).toEqual(new Array(3).fill(grey.data[0]! >> 8));
});

test('an image becomes a tensor and again an image', async () => {
  const img = await utils.loadImg(at('rgba.png'), { colorMode: 'rgba' });
  const x = utils.imgToArray(img);
  expect([x.shape, x.dtype]).toEqual([[19, 23, 4], 'float32']);
  expect(utils.imgToArray(img, { dataFormat: 'channels_first', dtype: 'uint8' }).shape).toEqual([4, 19, 23]);
  const again = await utils.arrayToImg(x, { scale: false });
  expect(Buffer.from(again.data as Uint8Array).equals(Buffer.from(img.data as Uint8Array))).toBe(true);
  // keras.utils.array_to_img([[[1.], [2.]], [[4.], [7.]]])
  expect(
    (
      await utils.arrayToImg([
        [[1], [2]],
        [[4], [7]],
      ])
    ).data,
  ).toEqual(Uint8Array.of(0, 42, 127, 255));
  expect((await utils.arrayToImg([[[300], [-2]]], { scale: false })).mode).toBe('I');
  expect((await utils.arrayToImg(ops.ones([3, 2, 5]), { dataFormat: 'channels_first' })).width).toBe(5);
  await expect(utils.arrayToImg(ops.ones([2, 2]))).rejects.toThrow(/shape \(2, 2\)/);
  await expect(utils.arrayToImg(ops.ones([2, 2, 2]))).rejects.toThrow(/has 2 channels/);
  expect(() => utils.imgToArray({ width: 3 } as never)).toThrow(/give an image as loadImg gives it/);
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'hornbeam-images-'))));
  afterAll(() => rm(folder, { recursive: true }));

  test('what is saved as PNG is loaded again', async () => {
    for (const name of ['rgb.png', 'rgba.png', 'grey.png']) {
      const colorMode = name.startsWith('grey') ? 'grayscale' : name.startsWith('rgba') ? 'rgba' : 'rgb';
      const img = await utils.loadImg(at(name), { colorMode });
      const bytes = await utils.saveImg(join(folder, name), utils.imgToArray(img), { scale: false });
      expect(Buffer.from(bytes).equals(await readFile(join(folder, name)))).toBe(true);
      expect(await utils.loadImg(join(folder, name), { colorMode })).toEqual(img);
    }
    const wide = await utils.saveImg(null, [[[300], [65535]]], { scale: false, fileFormat: 'png' });
    expect([...(await utils.loadImg(wide, { colorMode: 'grayscale' })).data]).toEqual([300, 65535]);
  });

  test('what is saved as JPEG is as near to the image as what PIL saves', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const rgb = await utils.loadImg(at('rgb.png'));
    const bytes = await utils.saveImg(join(folder, 'rgb.jpg'), utils.imgToArray(rgb), { scale: false, quality: 80 });
    const error = async (path: string): Promise<number> => {
      const { data } = await utils.loadImg(path);
      return [...data].reduce((sum, v, k) => sum + (v - rgb.data[k]!) ** 2, 0);
    };
    // By PIL with quality 80 and colours at half the resolution.
    expect(await error(join(folder, 'rgb.jpg'))).toBeLessThan(1.2 * (await error(at('s2.jpg'))));
    expect(bytes.length).toBeLessThan((await readFile(at('s2.jpg'))).length);
    const grey = await utils.loadImg(at('grey.png'), { colorMode: 'grayscale' });
    const saved = await utils.saveImg(null, utils.imgToArray(grey), { scale: false, fileFormat: 'jpg', quality: 100 });
    const again = await utils.loadImg(saved, { colorMode: 'grayscale' });
    expect(Math.max(...[...again.data].map((v, k) => Math.abs(v - grey.data[k]!)))).toBeLessThan(3);
    expect(warn).not.toHaveBeenCalled();
    await utils.saveImg(null, ops.ones([2, 2, 4]), { fileFormat: 'jpeg' });
    expect(warn.mock.calls.flat().join()).toMatch(/a JPEG has no opacity/);
    warn.mockRestore();
  });

  test('what cannot be read or written is named', async () => {
    const jpeg = await readFile(at('s2.jpg'));
    await expect(utils.loadImg(at('cmyk.jpg'))).rejects.toThrow(/loadImg .*cmyk\.jpg: .*CMYK/);
    await expect(utils.loadImg(jpeg.subarray(0, 400))).rejects.toThrow(/the JPEG ends in the middle/);
    const spoilt = Buffer.from(jpeg);
    // A table of codes, of which there are more than can be.
    spoilt.fill(0xff, spoilt.indexOf(Uint8Array.of(0xff, 0xc4)) + 5, spoilt.indexOf(Uint8Array.of(0xff, 0xc4)) + 12);
    await expect(utils.loadImg(spoilt)).rejects.toThrow(/the JPEG is damaged/);
    expect((await utils.loadImg(at('s2.jpg'))).width).toBe(23);
    for (const name of ['rgb.png', 'palette.gif', 'lossy.webp', 'rgb.bmp']) {
      const bytes = await readFile(at(name));
      await expect(utils.loadImg(bytes.subarray(0, 60)), name).rejects.toThrow(/damaged|ends in the middle/);
    }
    await expect(utils.loadImg(new Uint8Array())).rejects.toThrow(/the file is empty/);
    await expect(utils.loadImg(Uint8Array.of(1, 2, 3))).rejects.toThrow(/no image of a known format/);
    await expect(utils.loadImg(at('none.png'))).rejects.toThrow(/none\.png/);
    await expect(utils.loadImg(at('rgb.png'), { colorMode: 'cmyk' as never })).rejects.toThrow(/colorMode is "cmyk"/);
    await expect(utils.loadImg(at('rgb.png'), { targetSize: [0, 3] })).rejects.toThrow(/targetSize is \[0,3\]/);
    await expect(utils.loadImg(at('rgb.png'), { interpolation: 'area' as never })).rejects.toThrow(
      /use nearest, bilinear/,
    );
    await expect(utils.loadImg(at('rgb.png'), { decoder: 'sharp' })).rejects.toThrow(/npm install sharp/);
    await expect(utils.saveImg('x.tiff', ops.ones([1, 1, 1]))).rejects.toThrow(/"tiff" is no format that is written/);
    await expect(utils.saveImg(null, ops.ones([1, 1, 1]))).rejects.toThrow(/there is no format/);
    await expect(utils.saveImg('x.jpg', [[[300]]], { scale: false })).rejects.toThrow(/no values above 255/);
    await expect(utils.saveImg('x.jpg', [[[3]]], { quality: 0 })).rejects.toThrow(/quality is 0/);
  });
});

test('images are resized without stretching', async () => {
  const x = ops.reshape(ops.arange(24), [4, 6, 1]);
  // keras.preprocessing.image.smart_resize(np.arange(24.).reshape(4, 6, 1), (2, 2))
  expect(await preprocessing.image.smartResize(ops.cast(x, 'float32'), [2, 2]).array()).toEqual([
    [[4.5], [6.5]],
    [[16.5], [18.5]],
  ]);
  const first = ops.transpose(ops.stack([x, x]), { axes: [0, 3, 1, 2] });
  expect(preprocessing.image.smartResize(first, [3, 2], { dataFormat: 'channels_first' }).shape).toEqual([2, 1, 3, 2]);
  expect(() => preprocessing.image.smartResize(x, [2, 0])).toThrow(/the size is \[2,0\]/);
  expect(() => preprocessing.image.smartResize([1], [2, 2])).toThrow(/shape \(1,\)/);
});
