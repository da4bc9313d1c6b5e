import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { OutputOptions, Plugin, RolldownOptions } from 'rolldown';
import { carriedFiles } from '../src/formats/carried-files.ts';
import { studioPage, studioPlugin } from './studio-page.ts';
import { notices, packageOf } from './third-party.ts';

const { resolve } = createRequire(import.meta.url);

/** Packages that bundles carry, each as a file of its own that loads when it is first used. */
export const carried: Readonly<Record<string, string>> = {
  fflate: 'fflate',
  'fast-png': 'fast-png',
  bzip2: 'seek-bzip',
  csv: 'papaparse',
  gif: 'omggif',
  'jpeg-decode': '@jsquash/jpeg/decode.js',
  'jpeg-encode': '@jsquash/jpeg/encode.js',
  md5: '@noble/hashes/legacy.js',
  protobuf: '@bufbuild/protobuf/wire',
  tar: 'modern-tar',
  webp: '@jsquash/webp/decode.js',
  xml: 'txml/txml',
  resvg: '@resvg/resvg-wasm',
  viz: '@viz-js/viz',
};

/** Escapes what is not ASCII: engines read text of one byte a character a third faster, which the start of the library feels. */
export const ascii: Plugin = {
  name: 'ascii',
  // Last of all: the minifier would write the characters themselves again.
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      // Packages carry binary data in strings, which escapes would swell.
      if (file.type !== 'chunk' || file.moduleIds.some((id) => id.includes('node_modules'))) continue;
      file.code = file.code.replace(/[^\0-\x7f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
    }
  },
};

const prefix = 'carried:';
/** Puts modules that give the bytes of other packages' files in the place of the one that finds them where they are installed. */
export const files: Plugin = {
  name: 'carried-files',
  resolveId: (id) => (id.startsWith(prefix) ? id : undefined),
  load(id) {
    if (id.startsWith(prefix)) {
      const bytes = readFileSync(resolve(id.slice(prefix.length)));
      return `export default '${deflateSync(bytes, { level: 9 }).toString('base64')}';`;
    }
    if (!/[\\/]formats[\\/]package-file\.ts$/.test(id)) return;
    const entries = carriedFiles.map((name) => `'${name}': () => import('${prefix}${name}'),\n`);
    return `import { unpack } from './unpack.ts';
      const files = {\n${entries.join('')}};
      export const packageFile = async (name) => unpack((await files[name]()).default);`;
  },
};

/** Takes from codecs the addresses of their WebAssembly, which comes as `files` do: other bundlers would look for it. */
export const codecs: Plugin = {
  name: 'codecs',
  transform: (code, id) =>
    /@jsquash[\\/]/.test(id) ? code.replace(/new URL\("\w+\.wasm",import\.meta\.url\)\.href/g, '""') : null,
};

/** Writes beside the bundle whose work it carries. */
const thirdParty: Plugin = {
  name: 'third-party',
  async generateBundle(_, bundle) {
    const ids = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    const names = ids.flatMap((id) => packageOf(id.startsWith(prefix) ? resolve(id.slice(prefix.length)) : id) ?? []);
    this.emitFile({
      type: 'asset',
      fileName: 'THIRD-PARTY-NOTICES',
      source: notices([...names, ...(await studioPage()).packages]),
    });
  },
};

/** Modules that bundles share with each other, which therefore must take nothing of the library along. */
const shared = /[\\/](formats[\\/](package-file|unpack)|studio[\\/]page-script)\.ts$/;
/** All that an entry needs at once in one file, whatever is loaded later needs of it too. Commands run: they stay apart. */
const coreWithout = (isApart: (id: string) => boolean): OutputOptions => ({
  codeSplitting: {
    groups: [
      {
        name: 'core',
        tags: ['$initial'],
        test: (id) => /[\\/]src[\\/](?!cli[\\/])/.test(id) && !shared.test(id) && !isApart(id),
      },
    ],
  },
});
export const core = coreWithout(() => false);

/** What few pages need, which they load from files of its own: `src/public/NAME.ts` is `NAME.js` beside the core. */
const beside = ['applications', 'old-models', 'preprocessing', 'quantization', 'sources', 'studio', 'tools'];
/** The modules of such files, which are no part of the core. */
const apart = [
  new RegExp(`[\\\\/]public[\\\\/](${beside.join('|')})\\.ts$`),
  /[\\/]layers[\\/]preprocessing[\\/]((index|encode)\.ts$|image|audio|tabular|text)/,
  /[\\/]src[\\/](applications|distillation)[\\/]/,
  /[\\/]coco[\\/](evaluate|index|load|mask[\\/](index|merge|polygon))\.ts$/,
  /[\\/]detection[\\/](generate-anchors|box-distances)\.ts$/,
  /[\\/]utils[\\/](compare[\\/]|features?[-.]|config\.ts$)/,
  /[\\/](public[\\/](data|keras-preprocessing|preprocessing-image)|(data[\\/]pipeline|datasets)[\\/][-a-z0-9]+|utils[\\/](get-file|sources))\.ts$/,
  /[\\/]formats[\\/](images[\\/][-a-z]+|events[\\/][-a-z]+|protobuf|carried-files|download|extract|idx|npy|pickle|tar|wav|zip|zip-directory|zip-file|byte-writer)\.ts$/,
  /[\\/]utils[\\/](folders|images)[\\/]/,
  /[\\/](formats[\\/]byte-stream|data[\\/](py-dataset|pipeline-source|tables[\\/][-a-z]+)|public[\\/]preprocessing-sequence|random[\\/]python-order|utils[\\/](pad-sequences|split-dataset|timeseries-dataset))\.ts$/,
  /[\\/]saving[\\/]legacy[\\/](?!at-once|described|h5-format)/,
  /[\\/]training[\\/](summary-writer|callbacks[\\/](fill-in|python-text|tensor-board-log))\.ts$/,
  /[\\/]layers[\\/](from-files|quantized)/,
  /[\\/](src[\\/]quantizers[\\/]|base[\\/]quantized-policies|public[\\/](dtype-policies|quantizers)\.ts$)/,
  /[\\/]saving[\\/](keras[\\/](file-editor|read-(keras|weights))|onnx[\\/])/,
  /[\\/]src[\\/]studio[\\/]/,
  /[\\/]visualize[\\/](activation-maps|filter-patterns|grad-cam|tapped|model-(graph|node|to-dot)|node-calls|dot-label|inside|tensor-info|precision-recall|text|chart[\\/][a-z]+)\.ts$/,
];
const isApart = (id: string): boolean => apart.some((those) => those.test(id));
/** What stands in the core of pages for modules that would bring such things along. */
const faces: Readonly<Record<string, string>> = {
  './public/namespaces.ts': 'public/page-namespaces.ts',
  './environment.ts': 'environment-in-pages.ts',
  '../../compiler/check/verifier.ts': '../../compiler/check/verifier-in-pages.ts',
  '../host/remembered.ts': '../host/remembered-in-pages.ts',
  './native-device.ts': 'native-device-in-pages.ts',
  './tensor/show.ts': 'tensor/show-in-pages.ts',
  './tensor-board.ts': 'tensor-board-in-pages.ts',
  './generate-anchors.ts': 'anchors-in-pages.ts',
  './box-distances.ts': 'anchors-in-pages.ts',
  '../legacy/at-once.ts': '../legacy/at-once-in-pages.ts',
};
const coreFaces: Plugin = {
  name: 'core-faces',
  resolveId: (id, importer) => (Object.hasOwn(faces, id) && importer ? join(dirname(importer), faces[id]!) : undefined),
};

/** Files for a page without a bundler: small, whole, with what other packages do in files of their own. */
export const browserBundle = (input: Record<string, string>, dir: string): RolldownOptions => ({
  input: {
    ...input,
    ...carried,
    'package-file': 'src/formats/package-file.ts',
    'page-script': 'src/studio/page-script.ts',
    ...Object.fromEntries(beside.map((name) => [name, `src/public/${name}.ts`])),
  },
  platform: 'browser',
  plugins: [coreFaces, files, studioPlugin, codecs, thirdParty, ascii],
  output: {
    ...coreWithout(isApart),
    dir,
    cleanDir: true,
    comments: { legal: true, annotation: false, jsdoc: false },
    chunkFileNames: (chunk) =>
      // Files of other packages are named as they are there.
      chunk.moduleIds.some((id) => id.startsWith(prefix)) ? 'carried-[name].js' : '[name]-[hash].js',
    // A layer's name on disk is the name of its class.
    minify: { compress: true, mangle: { keepNames: { class: true, function: false } }, codegen: true },
  },
});
