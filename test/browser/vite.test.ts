import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, createServer, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isolation } from '../../scripts/serve.ts';
import { install } from './installed.ts';
import { executablePath, Pages } from './pages.ts';

/** Small apps that use the package as one installed it. */
const apps = {
  model: `
    import { Input, layers, models, Sequential, saving, utils } from 'hornbeam';
    const model = new Sequential([Input({ shape: [2] }), new layers.Dense({ units: 1 })]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const { history } = await model.fit([[1, 0], [0, 1]], [[1], [2]], { epochs: 5, verbose: 0 });
    const again = await models.loadModel(await saving.modelToKeras(model));
    globalThis.found = {
      loss: history.loss,
      names: JSON.parse(model.toJson()).config.layers.map((layer) => layer.module + '.' + layer.class_name),
      isSequential: again instanceof Sequential,
      picture: [...(await utils.plotModel(model)).slice(1, 4)],
    };`,
  worker: `
    import InWorker from './worker.js?worker';
    const worker = new InWorker();
    worker.onmessage = ({ data }) => (globalThis.found = data);`,
  ops: `
    import { ops } from 'hornbeam';
    globalThis.found = await ops.add([1, 2], 3).mul(2).array();`,
  load: `
    import { saving } from 'hornbeam';
    const model = await saving.loadModel('/model.keras');
    globalThis.found = await (await model.predict([[1, 2]])).array();`,
};
const worker = `
  import { ops } from 'hornbeam';
  const z = ops.viewAsComplex([[1, 2]]);
  postMessage(await ops.viewAsReal(ops.multiply(z, z)).array());`;
/** A model of two layers, made in the app that saves, for the app that only loads. */
const layersOf = `
    import { Input, layers, Model, saving } from 'hornbeam';
    const inputs = Input({ shape: [2] });
    const x = new layers.Dense({ units: 2, kernelInitializer: 'ones', useBias: false })(inputs);
    const model = new Model({ inputs, outputs: new layers.ReLU()(x) });
    globalThis.found = [...(await saving.modelToKeras(model))];`;

type App = keyof typeof apps | 'save';

describe.skipIf(!executablePath)('an app built by Vite', () => {
  let folder: string;
  const code = new Map<App, Rolldown.OutputChunk>();
  const pages = new Pages();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hornbeam-vite-'));
    await install(folder);
    await pages.start();
  }, 240_000);
  afterAll(async () => {
    await pages.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Writes an app, and gives its folder. */
  async function write(app: App, source: string): Promise<string> {
    const root = join(folder, app);
    await mkdir(join(root, 'public'), { recursive: true });
    await writeFile(
      join(root, 'index.html'),
      '<link rel="icon" href="data:,"><script type="module" src="app.js"></script>',
    );
    await writeFile(join(root, 'app.js'), source);
    await writeFile(join(root, 'worker.js'), worker);
    if (app === 'load') await writeFile(join(root, 'public/model.keras'), Uint8Array.from(saved));
    return root;
  }
  /** Builds an app, opens it, and gives what it found. */
  async function run(app: App, source: string): Promise<unknown> {
    const root = await write(app, source);
    const built = (await build({
      root,
      logLevel: 'error',
      configFile: false,
      build: { target: 'es2023' },
      worker: { format: 'es' },
    })) as Rolldown.RolldownOutput;
    code.set(app, built.output.find((file) => file.type === 'chunk' && file.isEntry) as Rolldown.OutputChunk);
    return pages.found(await pages.open(join(root, 'dist'), isolation));
  }
  let saved: number[] = [];

  it('trains, names layers in files as Keras does, and draws', async () => {
    const found = (await run('model', apps.model)) as { loss: number[]; names: string[] };
    expect(found.loss.at(-1)).toBeLessThan(found.loss[0]!);
    expect(found).toMatchObject({
      names: ['keras.layers.InputLayer', 'keras.layers.Dense'],
      isSequential: true,
      picture: [80, 78, 71],
    });
  });

  it('draws under the development server, which bundles packages in advance', async () => {
    const root = await write('model', apps.model);
    const server = await createServer({
      root,
      logLevel: 'error',
      configFile: false,
      server: { host: '127.0.0.1', port: 0, headers: isolation, hmr: false },
      optimizeDeps: { include: ['hornbeam'] },
    });
    try {
      await server.listen();
      const found = await pages.found(await pages.visit(server.resolvedUrls!.local[0]!), /^\[vite\]/);
      expect(found).toMatchObject({ picture: [80, 78, 71] });
    } finally {
      await server.close();
    }
  });

  it('computes in a worker, complex numbers too', async () => {
    expect(await run('worker', apps.worker)).toEqual([[-3, 4]]);
  });

  it('opens a model when it names no class of layers or models', async () => {
    saved = (await run('save', layersOf)) as number[];
    expect(await run('load', apps.load)).toEqual([[3, 3]]);
  });

  it('leaves out layers, models and files when it uses ops alone', async () => {
    expect(await run('ops', apps.ops)).toEqual([8, 10]);
    const { code: text } = code.get('ops')!;
    expect(gzipSync(text).length).toBeLessThan(110_000);
    expect(text).not.toMatch(/batch_normalization|loadModel|BatchNormalization/);
  });
});
