import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { packageOf } from './third-party.ts';

const at = (file: string): string => fileURLToPath(new URL(`../studio/${file}`, import.meta.url));

interface Bundled {
  readonly code: string;
  /** The packages whose work is in it. */
  readonly packages: readonly string[];
}

async function bundle(input: string, format: 'es' | 'iife', plugins: readonly Plugin[] = []): Promise<Bundled> {
  const made = await rolldown({
    input,
    platform: 'browser',
    plugins: [...plugins],
  });
  const { output } = await made.generate({
    format,
    minify: true,
    codeSplitting: false,
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await made.close();
  const chunk = output.find((file): file is OutputChunk => file.type === 'chunk')!;
  return { code: chunk.code, packages: chunk.moduleIds.flatMap((id) => packageOf(id) ?? []) };
}

const prefix = 'text:';
/** Gives the page's style sheets and its worker as text. */
const texts: Plugin = {
  name: 'texts',
  resolveId: (id) => (id.startsWith(prefix) ? id : undefined),
  async load(id) {
    if (!id.startsWith(prefix)) return undefined;
    const name = id.slice(prefix.length);
    const text =
      name === 'layout-worker'
        ? (await bundle(at('model/layout-worker.ts'), 'iife')).code
        : name === 'uplot'
          ? readFileSync(fileURLToPath(import.meta.resolve('uplot/dist/uPlot.min.css')), 'utf8')
          : readFileSync(at(name), 'utf8');
    return { code: `export default ${JSON.stringify(text)};`, moduleType: 'js' };
  },
};

let built: Promise<Bundled> | undefined;
/** The studio's page as one script, a module that exports `mount`. */
export const studioPage = (): Promise<Bundled> => (built ??= bundle(at('main.tsx'), 'es', [texts]));

/** Puts the page's script in the place of the module that stands for it. */
export const studioPlugin = {
  name: 'studio-page',
  async load(id: string) {
    if (!/[\\/]studio[\\/]page-script\.ts$/.test(id)) return null;
    return {
      code: `export const pageScript = ${JSON.stringify((await studioPage()).code)};`,
      moduleType: 'js' as const,
    };
  },
};
