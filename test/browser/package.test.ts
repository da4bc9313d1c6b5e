import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type OutputOptions, rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { widthsHere } from '../../src/devices/native/testing.ts';
import { install } from './installed.ts';
import { executablePath, Pages } from './pages.ts';

const app = `
  import { Input, layers, Sequential, utils } from 'hornbeam';
  const model = new Sequential([Input({ shape: [2] }), new layers.Dense({ units: 1, name: 'слой' })]);
  export const picture = await utils.plotModel(model, { showLayerNames: true }).then(
    (bytes) => [...bytes.slice(1, 4)],
    (error) => error.name + ' ' + error.message,
  );
  globalThis.found = picture;`;
const png = [80, 78, 71];

describe('the package, alone in node_modules', () => {
  let folder: string;
  let place: string;
  const pages = new Pages();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hornbeam-package-'));
    place = await install(folder);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'app.js'), app);
    if (executablePath) await pages.start();
  }, 240_000);
  afterAll(async () => {
    await pages.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Bundles the app, into several files or one, with a page around it. */
  async function bundle(dir: string, output: OutputOptions = {}, input = 'app.js'): Promise<string> {
    const made = await rolldown({ input: join(folder, input), platform: 'browser' });
    await made.write({ dir: join(folder, dir), entryFileNames: 'app.js', chunkFileNames: '[name].js', ...output });
    await made.close();
    const html = '<link rel="icon" href="data:,"><script type="module" src="app.js"></script>';
    await writeFile(join(folder, dir, 'index.html'), html);
    return join(folder, dir);
  }
  const run = (file: string): string =>
    execFileSync(process.execPath, ['-e', `import('${file}').then(({ picture }) => console.log(String(picture)))`], {
      encoding: 'utf8',
    }).trim();

  it('asks for no other package, and for modules of Node only in the files that are for Node', () => {
    const files = readdirSync(join(place, 'dist'), { recursive: true, encoding: 'utf8' });
    const asked = files
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) =>
        [
          ...readFileSync(join(place, 'dist', file), 'utf8').matchAll(
            /(?:^|[;}\n])(?:import|export)(?:[^;'"`]*?from)?\s*['"`]([^'"`]+)|\bimport\(\s*['"`]([^'"`]+)/g,
          ),
        ].map(([, named, later]) => ({ file, name: (named ?? later)! })),
      );
    expect(asked.length).toBeGreaterThan(1000);
    const isForNode = (file: string): boolean => /^(node|cli)[\\/]/.test(file);
    const others = asked.filter(({ file, name }) => !(isForNode(file) ? /^\.\.?\/|^node:/ : /^\.\.?\//).test(name));
    expect(others).toEqual([]);
  });

  it('says of whatever the core of pages lacks in which file beside it that is', () => {
    const compare = `
      import * as all from './dist/node/index.js';
      import * as page from './dist/browser/index.js';
      const isNamespace = (x) => Object.prototype.toString.call(x) === '[object Module]';
      const lacking = {}, wrong = [];
      for (const [space, members] of Object.entries(all).filter(([, x]) => isNamespace(x)))
        for (const name of Object.keys(members)) {
          if (name in page[space]) continue;
          // No file beside the core has what pages cannot do.
          if (space === 'distribution') continue;
          lacking[space] = (lacking[space] ?? 0) + 1;
          const said = await new Promise((give) => give(page[space][name])).catch(({ message }) => message);
          const [, names, file] = /import (.*) from 'hornbeam\\/browser\\/(.*)' \\(/.exec(said) ?? [];
          const beside = file ? await import('./dist/browser/' + file + '.js') : {};
          const there = names?.includes(space) ? (beside[space] ?? beside) : names === '{ ' + name + ' }' ? beside : {};
          if (!(name in there) || !said.startsWith('keras.' + space + '.' + name)) wrong.push([space, name, said]);
        }
      for (const name of Object.keys(all)) if (!(name in page)) wrong.push(name);
      console.log(JSON.stringify({ lacking, wrong }));`;
    const node = [process.execPath, ['--input-type=module', '-e', compare], { cwd: place, encoding: 'utf8' }] as const;
    const { lacking, wrong } = JSON.parse(execFileSync(...node));
    expect(wrong).toEqual([]);
    const partly = ['callbacks', 'coco', 'dtypePolicies', 'layers', 'saving', 'utils', 'visualization'];
    const whole = ['applications', 'data', 'datasets', 'distillation', 'preprocessing', 'quantizers'];
    expect(Object.keys(lacking).sort()).toEqual([...partly, ...whole].sort());
    expect(lacking.layers).toBeGreaterThan(30);
  });

  it('starts in Node with two files and the few lines of the bundler, which declare much and do little', async () => {
    await copyFile('test/browser/start.mjs', join(folder, 'start.mjs'));
    const { files, calls } = JSON.parse(
      execFileSync(process.execPath, ['start.mjs'], { cwd: folder, encoding: 'utf8' }),
    );
    expect(files).toBe(3);
    expect(calls).toBeLessThan(10_000);
  });

  it('reads in Node what is seldom needed when it is asked for, at once, from a bundle too', async () => {
    const code = `import * as keras from 'hornbeam';
      import { inspect } from 'node:util';
      const said = [];
      const json = JSON.stringify({ module: 'keras', class_name: 'Sequential', config: { layers: [
        { module: 'keras.layers', class_name: 'InputLayer', config: { batch_shape: [null, 4, 4, 3] } },
        { module: 'keras.layers', class_name: 'RandomFlip', config: { mode: 'horizontal' } },
        { module: 'keras.layers', class_name: 'Flatten', config: {} },
        { module: 'keras.layers', class_name: 'Dense', config: { units: 2, dtype: { module: 'keras.dtype_policies',
          class_name: 'QuantizedDTypePolicy', config: { mode: 'int8', source_name: 'float32' } } } }] } });
      const model = keras.models.modelFromJson(json);
      said.push(model.layers.map((layer) => layer.constructor.name).join());
      said.push(model.layers[0] instanceof keras.layers.RandomFlip && model.layers[0] instanceof keras.Layer);
      const dense = new keras.layers.Dense({ units: 3 });
      dense.build([null, 2]);
      dense.quantize('int8');
      said.push(dense.dtypePolicy.name, new keras.layers.Dense({ units: 3, dtype: 'int4_from_float32' }).dtypePolicy.name);
      const { ResNet50, nothing } = keras.applications;
      said.push(typeof ResNet50, typeof nothing, 'Dataset' in keras.data, 'dense' in keras.layers, Object.isExtensible(keras.data));
      said.push({ ...keras.distillation }.Distiller === keras.distillation.Distiller, await keras.datasets.then);
      said.push(inspect(keras.datasets).includes('mnist'), JSON.stringify(Object.keys(keras.preprocessing)));
      const { layers } = keras;
      try { [layers][0].Dense = 1; } catch (error) { said.push(error.name); }
      console.log(said.join(' '));`;
    const expected =
      'RandomFlip,Flatten,Dense true int8_from_float32 int4_from_float32 function undefined true false true true  true ["image","imageDatasetFromDirectory","sequence","textDatasetFromDirectory","timeseriesDatasetFromArray"] TypeError';
    await writeFile(join(folder, 'later.js'), code);
    expect(execFileSync(process.execPath, ['later.js'], { cwd: folder, encoding: 'utf8' }).trim()).toBe(expected);
    const made = await rolldown({ input: join(folder, 'later.js'), platform: 'node' });
    await made.write({ dir: join(folder, 'for-node') });
    await made.close();
    const bundled = execFileSync(process.execPath, [join(folder, 'for-node/later.js')], { encoding: 'utf8' });
    // There namespaces are the bundler's.
    expect(bundled).toMatch(
      /^RandomFlip,Flatten,Dense true int8_from_float32 int4_from_float32 function undefined true false/,
    );
  });

  it('computes on the device that HORNBEAM_DEVICE names from the first op on', async () => {
    const code = `import * as keras from 'hornbeam';
      if (process.argv[2]) await keras.config.setDevice(process.argv[2]);
      const sum = await keras.ops.add([1, 2], 3).array();
      console.log(keras.config.device(), ...sum);`;
    await writeFile(join(folder, 'first.js'), code);
    const said = (device: string, ...args: string[]): string =>
      execFileSync(process.execPath, ['first.js', ...args], {
        cwd: folder,
        encoding: 'utf8',
        stdio: 'pipe',
        env: { ...process.env, HORNBEAM_DEVICE: device },
      }).trim();
    // Without koffi.
    expect(said('auto')).toBe('wasm 4 5');
    expect(said('native', 'wasm')).toBe('wasm 4 5');
    expect(() => said('native')).toThrow(/native device: .*\n +Fix:/);
    if (widthsHere().length === 0) return;
    const koffi = join(folder, 'node_modules/koffi');
    await symlink(resolve('node_modules/koffi'), koffi);
    expect(said('native')).toBe('native 4 5');
    expect(said('auto')).toBe('Hornbeam computes on the device "native".\nnative 4 5');
    expect(said('native', 'wasm')).toBe('wasm 4 5');
    await rm(koffi);
  });

  it('is there once in Node, for pages’ code and commands too, under the names of its classes', () => {
    const same = `import * as keras from 'hornbeam'; import * as page from 'hornbeam/browser';
      const at = import.meta.resolve('hornbeam');
      console.log(keras.Layer === page.Layer && at.endsWith('/dist/node/index.js'));`;
    const node = [process.execPath, ['--input-type=module', '-e', same], { cwd: folder, encoding: 'utf8' }] as const;
    expect(execFileSync(...node).trim()).toBe('true');
    const bundled = readdirSync(join(place, 'dist/node')).map((file) =>
      readFileSync(join(place, 'dist/node', file), 'utf8'),
    );
    expect(bundled.flatMap((code) => code.match(/^(?:var \w+ = )?class \w+\$\d/gm) ?? [])).toEqual([]);
    const { bin } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
    const help = execFileSync(process.execPath, [join(place, bin.hornbeam), '--help'], { encoding: 'utf8' });
    expect(help).toContain('coco-eval');
    expect(readFileSync(join(place, bin.hornbeam), 'utf8')).toMatch(/^#!.*\n.*from "\.\/core\.js"/);
  });

  it('draws in Node', () => {
    expect(run(join(folder, 'app.js'))).toBe(String(png));
  });

  it('draws from a bundle of several files and from one of a single file', async () => {
    expect(run(join(await bundle('split'), 'app.js'))).toBe(String(png));
    expect(run(join(await bundle('single', { codeSplitting: false }), 'app.js'))).toBe(String(png));
  });

  it.skipIf(!executablePath)('names the directive where the content security policy forbids WebAssembly', async () => {
    const source = `
      import { layers, Input, ops, Sequential, utils } from 'hornbeam';
      const text = (error) => error.name + ' ' + error.message;
      const attempts = [
        async () => ops.add([1], 2).array(),
        async () => new Sequential([Input({ shape: [2] }), new layers.Dense({ units: 1 })]).predict([[1, 2]]),
        async () => utils.plotModel(new Sequential([Input({ shape: [2] }), new layers.ReLU()])),
      ];
      globalThis.found = await Promise.all(attempts.map((f) => f().then(String, text)));`;
    await writeFile(join(folder, 'refused.js'), source);
    const made = await bundle('refused', {}, 'refused.js');
    const headers = { 'Content-Security-Policy': "script-src 'self'" };
    const texts = (await pages.found(await pages.open(made, headers), /./)) as string[];
    expect(texts).toHaveLength(3);
    for (const text of texts)
      expect(text).toMatch(/^HornbeamError .*forbidden here[\s\S]*'wasm-unsafe-eval'.*script-src/);
  });

  it.skipIf(!executablePath)('says which files are missing where a part of a bundle is not on the server', async () => {
    const split = await bundle('lost');
    for (const file of readdirSync(split)) if (file.startsWith('viz')) await rm(join(split, file));
    const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
    expect(await pages.found(await pages.open(split, isolated), /404|Failed to load/)).toMatch(
      /^HornbeamError plotModel: .*viz[\s\S]*Fix: put all files/,
    );
  });
});

it('holds whatever README links, and what the pages linked there do, pictures too', () => {
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
  const paths = new Set(files.map(({ path }) => path));
  const linked = new Set(['README.md']);
  for (const page of linked)
    if (page.endsWith('.md'))
      for (const [, link] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[)#]/g))
        if (!/^[a-z]+:/.test(link!)) linked.add(join(page, '..', link!));
  expect([...linked].filter((file) => file.endsWith('.png')).length).toBeGreaterThan(5);
  expect([...linked].filter((page) => !paths.has(page))).toEqual([]);
  expect([...paths].filter((path) => /\.test\.|data\/.*gz/.test(path))).toEqual([]);
});
