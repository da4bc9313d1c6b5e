import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import * as keras from 'hornbeam';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { blocks, type CodeBlock, type Example, examples, scriptOf } from './code-blocks.ts';
import { type Compiled, compileStrictly } from './compile.ts';
import { runScript } from './run.ts';

/** Where the members of a folder are found in the library. */
const spaces: Readonly<Record<string, string>> = {
  'ops/detection': '{ ...keras.ops, ...keras.utils.boundingBoxes }',
  base: 'keras.saving',
  models: 'keras',
  public: 'keras',
  tensor: 'keras',
  training: 'keras.callbacks',
  tuning: 'keras.distribution',
  visualize: 'keras',
};
/** What examples speak of without saying it. */
const given = `
import * as keras from 'hornbeam';
const { ops, layers, optimizers, Input, tensor } = keras;
const { image } = ops;
type Tensor = keras.Tensor;
const [x, y, query, value] = [ops.ones([2, 4, 6]), ops.ones([2, 4, 6]), ops.ones([2, 4, 6]), ops.ones([2, 4, 6])];
class DemoLayer extends layers.Identity {}
const [images, video] = [ops.ones([2, 6, 6, 3]), ops.ones([2, 3, 6, 6, 3])];
`;
/** Layers that take something else than sequences. */
const rank: Readonly<Record<string, string>> = { Conv2D: 'images', Conv3D: 'video' };

const nameOf = (block: CodeBlock): string =>
  `${block.place.replaceAll(/\W/g, '_')}.${block.language === 'js' ? 'js' : 'ts'}`;
const inPages = blocks.flatMap((block) => {
  const script = scriptOf(block);
  return script === undefined ? [] : [{ ...block, name: nameOf(block), script }];
});
/** A block goes on where the one before it on the same page ended its imports. */
function programOf({ place, script, given: setting }: (typeof inPages)[number]): string {
  const page = place.split(':')[0]!;
  const before = inPages.filter((b) => b.place.startsWith(`${page}:`) && !/^ *import /m.test(script));
  const imports = before.find((b) => /^ *import .*'hornbeam'/m.test(b.script))?.script.match(/^ *import .*$/gm) ?? [];
  return [...imports, setting, script].join('\n').replaceAll("'./hornbeam/index.js'", "'hornbeam'");
}

const exampleName = (k: number): string => `example_${k}.ts`;
function exampleProgram({ file, code }: Example): string {
  const [folder = '', within = ''] = file.split('/');
  const space = spaces[`${folder}/${within}`] ?? spaces[folder] ?? `keras.${folder}`;
  const members = Object.keys(new Function('keras', `return ${space.replace(/^\{.*/, '($&)')}`)(keras) as object);
  const own = members.filter((name) => new RegExp(`(?<![.\\w])${name}\\b`).test(code));
  const type = /^new (\w+)/.exec(code)?.[1] ?? '';
  const expression = rank[type] ? code.replace('(x)', `(${rank[type]})`) : code;
  const fresh = own.filter((name) => !['Input', 'image', 'layers', 'ops', 'optimizers', 'tensor'].includes(name));
  return `${given}${fresh.length > 0 ? `const { ${fresh.join(', ')} } = ${space};` : ''}
${code.startsWith('const ') ? `{ ${expression} }` : `export const result = ${expression};`}`;
}
/** Examples that draw files: the tests of what draws them run it. */
const isDrawn = ({ code }: Example): boolean => /toFile:/.test(code);
/** Results of these are compared by tests beside their sources. */
const isComparedThere = ({ file }: Example): boolean => /^(?:ops|random)\//.test(file);

let compiled: Compiled;
let folder: string;
const home = process.cwd();
beforeAll(() => {
  compiled = compileStrictly(
    new Map([
      ...inPages.map((block) => [block.name, programOf(block)] as const),
      ...examples
        .map((example, k) => [exampleName(k), exampleProgram(example)] as const)
        .filter((_, k) => !isDrawn(examples[k]!)),
    ]),
  );
  folder = mkdtempSync(join(tmpdir(), 'hornbeam-documentation-'));
  process.chdir(folder);
  vi.spyOn(console, 'log').mockImplementation(() => {});
}, 240_000);
afterAll(() => {
  // A page shows how it is set.
  keras.distribution.setDistribution(null);
  process.chdir(home);
  compiled.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('all code in the documentation compiles, strictly', () => {
  expect(compiled.problems).toBe('');
});

/** How many blocks run, why the others do not, and which languages there are that nothing here runs. */
function counted(all: readonly CodeBlock[]) {
  const scripts = all.filter((block) => scriptOf(block) !== undefined);
  return {
    run: scripts.filter((b) => b.notRun === undefined).length,
    notRun: scripts.flatMap((b) => b.notRun ?? []),
    otherLanguages: [...new Set(all.filter((b) => scriptOf(b) === undefined).map((b) => b.language))].sort(),
  };
}
const isOfSite = ({ place }: CodeBlock): boolean => place.startsWith('website/');

test('what the pages of the site do not run is counted', () => {
  expect(counted(blocks.filter(isOfSite))).toEqual({
    run: 66,
    notRun: ['fetches the weights of MobileNetV2', 'writes into a page'],
    otherLanguages: ['python', 'sh', 'text'],
  });
});

test('what is not run is counted', () => {
  expect({
    ...counted(blocks.filter((block) => !isOfSite(block))),
    drawnExamples: examples.filter(isDrawn).length,
  }).toEqual({
    run: 29,
    notRun: [
      'fetches the weights of MobileNetV2',
      'writes into a page',
      'Vite reads it',
      'needs a page and a worker; the browser tests run the like',
      'needs a GPU',
      'it is a module of its own',
      'it is a module of its own',
      'downloads a file',
      'downloads a data set',
      'there is no such folder',
      'there is no such folder',
      'it needs a server and a page',
      'it starts processes',
    ],
    // Plain text, an import map, lines of TensorFlow.js, commands, what the library prints.
    otherLanguages: ['', 'html', 'javascript', 'sh', 'text'],
    drawnExamples: 6,
  });
});

describe('code blocks run', () => {
  for (const { name, place, notRun } of inPages) {
    const next = blocks[blocks.findIndex((block) => block.place === place) + 1];
    test.skipIf(notRun !== undefined)(place, async () => {
      const printed: string[] = [];
      vi.mocked(console.log).mockImplementation((...values) => void printed.push(format(...values)));
      await runScript(compiled.script(name), keras);
      vi.mocked(console.log).mockImplementation(() => {});
      if (next?.isPrinted) expect(printed.join('\n')).toBe(next.code);
    });
  }
});

/** Results as plain nested numbers, at the precision in which examples are written. */
async function plain(x: unknown): Promise<unknown> {
  if (x instanceof keras.Tensor) return plain(await x.array());
  if (Array.isArray(x)) return Promise.all(x.map(plain));
  return typeof x === 'number' ? Number(x.toFixed(4)) + 0 : x;
}
describe('examples of doc comments run', () => {
  examples.forEach((example, k) => {
    if (isDrawn(example) || isComparedThere(example)) return;
    test(`${example.file}: ${example.code}`, async () => {
      const found = await runScript(compiled.script(exampleName(k)), keras);
      if (example.result !== undefined && /^[[\d'-]/.test(example.result))
        expect(await plain(found)).toEqual(await plain(new Function(`return ${example.result}`)()));
    });
  });
});
