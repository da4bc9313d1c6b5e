import { existsSync, readdirSync } from 'node:fs';
import type { Section } from './page.ts';

/** A page made of a file: where the text is, and what the side bar calls it. */
export interface Document {
  readonly file: string;
  readonly url: string;
  readonly section: Section;
  readonly group: string;
  readonly name: string;
}

type Row = readonly [name: string, file: string];
const own = (path: string): string => `website/pages/${path}.md`;

/** The pages of each part in their order; a file that is not there has no page. */
const contents: Readonly<Record<Exclude<Section, 'Reference'>, Readonly<Record<string, readonly Row[]>>>> = {
  Start: {
    Start: [
      ['What it is', own('index')],
      ['Install', own('start/install')],
      ['First model in Node', own('start/node')],
      ['First model in a page', own('start/page')],
      ['Deno and Bun', own('start/deno-and-bun')],
      ['What a Keras user needs to know', own('start/conventions')],
    ],
  },
  Guides: {
    'Making models': [
      ['The functional API', own('guides/functional')],
      ['Sequential', own('guides/sequential')],
      ['Layers and models of your own', own('guides/subclassing')],
      ['Transfer learning', own('guides/transfer-learning')],
    ],
    Training: [
      ['Training and evaluation', own('guides/fit')],
      ['Callbacks and average precision', own('guides/callbacks')],
      ['Training of your own', 'docs/training.md'],
      ['Data', 'docs/data.md'],
      ['Randomness', own('guides/randomness')],
      ['Mixed precision', own('guides/mixed-precision')],
      ['Distributed training', 'docs/distributed.md'],
      ['Search for hyperparameters', 'docs/tuning.md'],
    ],
    'Looking inside': [
      ['Summaries, pictures, kernels', own('guides/looking-inside')],
      ['The studio', 'docs/studio.md'],
      ['Debugging', own('guides/debugging')],
    ],
    'Files and other places': [
      ['Saving and loading', own('guides/saving')],
      ['Files in detail', 'docs/files.md'],
      ['Security', own('guides/security')],
      ['Quantisation', own('guides/quantization')],
      ['ONNX', 'docs/onnx.md'],
      ['In the browser', 'docs/browser.md'],
      ['The command line', 'docs/cli.md'],
    ],
    Speed: [
      ['Devices', 'docs/devices.md'],
      ['Making it fast', own('guides/speed')],
    ],
  },
  Migration: {
    'From Keras': [
      ['The same program in both', own('migration/keras')],
      ['What is covered, what differs', 'docs/parity.md'],
    ],
    'From TensorFlow.js': [['Call by call', 'docs/migration-tfjs.md']],
  },
  Gallery: {
    Gallery: [
      ['All examples', own('gallery/index')],
      ['The textbook, chapter by chapter', own('gallery/textbook')],
    ],
  },
  Inside: {
    'How it is built': [
      ['The house', 'DESIGN.md'],
      ['What the compiler does', 'docs/compiler.md'],
      ['Contributing', 'CONTRIBUTING.md'],
      ['Benchmarks', 'bench/README.md'],
      ['Changes', 'CHANGELOG.md'],
    ],
  },
};

const urlOf = (section: Section, file: string): string => {
  const within = /^website\/pages\/(.*)\.md$/.exec(file)?.[1];
  if (within !== undefined) return `${within}.html`;
  const name = file
    .replace(/\/README\.md$/, '')
    .split('/')
    .at(-1)!
    .replace(/\.md$/, '')
    .toLowerCase();
  return `${section.toLowerCase()}/${name === 'training' ? 'own-training' : name}.html`;
};

/** All pages made of files, those of the examples included. */
export function documents(root: string): Document[] {
  const listed = Object.entries(contents).flatMap(([section, groups]) =>
    Object.entries(groups).flatMap(([group, rows]) =>
      rows.map(([name, file]): Document => {
        const part = section as Section;
        return { file, name, group, section: part, url: urlOf(part, file) };
      }),
    ),
  );
  const examples = readdirSync(`${root}/examples`)
    .filter((name) => name !== 'data' && existsSync(`${root}/examples/${name}/README.md`))
    .map((name): Document => {
      const file = `examples/${name}/README.md`;
      return { file, name, group: 'Examples', section: 'Gallery', url: `gallery/${name}.html` };
    });
  return [...listed, ...examples].filter(({ file }) => existsSync(`${root}/${file}`));
}
