import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { HornbeamError } from '../base/errors.ts';
import { config, datasets, Tensor } from '../index.ts';
import { getFile } from '../utils/get-file.ts';

// The files of the tests have the form of Keras's, and other hashes.
let isHashed = false;
vi.mock('../utils/get-file.ts', { spy: true });

const folder = fileURLToPath(new URL('../../test/data/datasets', import.meta.url));
interface Case {
  readonly dataset: Exclude<keyof typeof datasets, 'default'>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly result: unknown;
}
const cases = JSON.parse(gunzipSync(await readFile(join(folder, 'expected.json.gz'))).toString()) as Case[];
const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

let server: Server;
let mirror: string;
let home: string;
const asked: string[] = [];
beforeAll(async () => {
  config.disableInteractiveLogging();
  home = await mkdtemp(join(tmpdir(), 'hornbeam-datasets-'));
  vi.stubEnv('KERAS_HOME', home);
  server = createServer(async (request, response) => {
    asked.push(request.url!);
    const bytes = await readFile(join(folder, basename(request.url!))).catch(() => undefined);
    if (bytes) response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`;
  const { getFile: whole } = await vi.importActual<{ getFile: typeof getFile }>('../utils/get-file.ts');
  vi.mocked(getFile).mockImplementation((options) => whole(isHashed ? options : { ...options, fileHash: undefined }));
});
afterAll(async () => {
  config.enableInteractiveLogging();
  server.close();
  server.closeAllConnections();
  await rm(home, { recursive: true });
});

const plain = async (x: unknown): Promise<unknown> =>
  x instanceof Tensor ? x.array() : Array.isArray(x) ? Promise.all(x.map(plain)) : x;
const load = (dataset: Case['dataset'], options: object): Promise<unknown> =>
  (datasets[dataset].loadData as (options: object) => Promise<unknown>)(options);

test.each(cases.map((each, k) => ({ ...each, k })))(
  '$dataset $options is what Keras makes of it ($k)',
  async (each) => {
    const options = Object.fromEntries(Object.entries(each.options).map(([name, x]) => [camelCase(name), x]));
    const found = await load(each.dataset, { mirror, ...options });
    const isFloat = each.dataset.endsWith('Housing');
    if (isFloat) expect(JSON.stringify(await plain(found))).toBe(JSON.stringify(each.result));
    else expect(await plain(found)).toEqual(each.result);
  },
);

test('each file is downloaded once, to where Keras keeps it', async () => {
  expect(new Set(asked).size).toBe(asked.length);
  expect(asked).toContain('/data/train-images-idx3-ubyte.gz');
  for (const file of ['mnist.npz', 'fashion-mnist/t10k-labels-idx1-ubyte.gz', 'cifar-10-batches-py-target_archive'])
    expect((await readFile(join(home, 'datasets', file))).length).toBeGreaterThan(0);
});

test('words have their numbers, topics their names', async () => {
  vi.stubEnv('HORNBEAM_DATASETS_MIRROR', mirror);
  expect(await datasets.imdb.getWordIndex()).toEqual({ the: 1, fawn: 34701, café: 2 });
  expect(await datasets.reuters.getWordIndex({ path: 'words.json' })).toEqual({ the: 1, fawn: 34701, café: 2 });
  expect(datasets.reuters.getLabelNames()).toHaveLength(46);
  vi.stubEnv('HORNBEAM_DATASETS_MIRROR', undefined);
});

test('files of one’s own are read where they are', async () => {
  const [[x]] = await datasets.mnist.loadData({ path: join(folder, 'mnist.npz') });
  expect([x.shape, x.dtype]).toEqual([[5, 28, 28], 'uint8']);
  expect((await datasets.fashionMnist.loadData({ path: folder }))[1][0].shape).toEqual([2, 28, 28]);
  const path = join(home, 'datasets/cifar-100-python-target');
  config.setImageDataFormat('channels_first');
  const [[images, labels]] = await datasets.cifar100.loadData({ path });
  config.setImageDataFormat('channels_last');
  expect([images.shape, labels.shape, labels.dtype]).toEqual([[2, 3, 32, 32], [2, 1], 'uint8']);
});

test('a file must have the hash of Keras’s, and errors say where it belongs', async () => {
  isHashed = true;
  await cp(join(folder, 'boston_housing.npz'), join(home, 'datasets/boston.npz'));
  const options = { path: 'boston.npz', mirror };
  await expect(datasets.bostonHousing.loadData(options)).rejects.toThrow(
    /boston_housing\.npz is incomplete or corrupted[\s\S]*put the right file at .*datasets\/boston\.npz by hand/,
  );
  await expect(datasets.mnist.loadData({ mirror: 'http://127.0.0.1:9', path: 'new.npz' })).rejects.toThrow(
    /http:\/\/127\.0\.0\.1:9\/mnist\.npz cannot be downloaded[\s\S]*put it at .*datasets\/new\.npz/,
  );
  isHashed = false;
  await expect(datasets.mnist.loadData({ mirror: 'somewhere' })).rejects.toThrow(/mirror somewhere\/ is no address/);
  await expect(datasets.imdb.loadData({ mirror, maxlen: 2 })).rejects.toThrow(/no review is shorter than maxlen 2/);
  await expect(datasets.bostonHousing.loadData({ mirror, testSplit: 1 })).rejects.toThrow(/testSplit is 1/);
  const loose = { labelMode: 'x', version: 'x', mirror } as never;
  await expect(
    datasets.cifar100.loadData({ mirror, labelMode: (loose as { labelMode: never }).labelMode }),
  ).rejects.toThrow(/labelMode is "x"/);
  await expect(datasets.mnist.loadData({ path: join(folder, 'imdb.npz') })).rejects.toThrow(/NumPy type \|O/);
  await expect(datasets.imdb.loadData({ path: join(folder, 'mnist.npz') })).rejects.toThrow(/no lists of numbers/);
  await writeFile(join(home, 'x.npz'), 'x');
  await expect(datasets.reuters.loadData({ path: join(home, 'x.npz') })).rejects.toThrow(/is no zip archive/);
});

test('where a page cannot fetch a file, the error says which option takes a copy', async () => {
  const { getBuiltinModule } = process;
  vi.mocked(getFile).mockRejectedValueOnce(new HornbeamError('file mnist.npz: cannot be fetched: offline\n  Fix: …'));
  Object.assign(process, { getBuiltinModule: undefined });
  try {
    await expect(load('mnist', {})).rejects.toThrow(
      /cannot be fetched: offline\n {2}Fix: .*{ path: '\/files\/mnist\.npz' }/,
    );
  } finally {
    Object.assign(process, { getBuiltinModule });
  }
});
