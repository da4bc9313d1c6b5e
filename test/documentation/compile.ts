import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compiler = join(root, 'node_modules/typescript/bin/tsc');

function tsc(...options: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, ...options], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stdout + stderr;
}

/** What the compiler said about programs that import the library by its name, and the JavaScript that it made of each. */
export interface Compiled {
  readonly problems: string;
  script(name: string): string;
  remove(): void;
}

/** Compiles programs as strictly as the compiler can, against the declarations that the package ships. Names end in .ts or .js. */
export function compileStrictly(programs: ReadonlyMap<string, string>): Compiled {
  const folder = mkdtempSync(join(tmpdir(), 'hornbeam-documentation-'));
  mkdirSync(join(folder, 'src'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  const declarations = tsc(
    '-p',
    'tsconfig.build.json',
    '--emitDeclarationOnly',
    '--declarationDir',
    join(folder, 'types'),
  );
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of programs) writeFileSync(join(folder, 'src', name), `${text}\nexport {};\n`);
  const config = (kind: 'ts' | 'js') => ({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noUncheckedIndexedAccess: true,
      noUnusedLocals: false,
      noUnusedParameters: false,
      isolatedModules: false,
      noEmit: false,
      noEmitOnError: false,
      rewriteRelativeImportExtensions: false,
      allowImportingTsExtensions: false,
      rootDir: 'src',
      outDir: 'out',
      typeRoots: [join(root, 'node_modules/@types')],
      paths: { hornbeam: ['./types/index.d.ts'] },
      // Plain JavaScript says no types.
      ...(kind === 'js' && { allowJs: true, checkJs: true, noImplicitAny: false }),
    },
    include: [`src/*.${kind}`],
  });
  const problems = [declarations];
  for (const kind of ['ts', 'js'] as const) {
    if (![...programs.keys()].some((name) => name.endsWith(kind))) continue;
    writeFileSync(join(folder, `tsconfig.${kind}.json`), JSON.stringify(config(kind)));
    problems.push(tsc('-p', join(folder, `tsconfig.${kind}.json`)));
  }
  return {
    problems: problems.join(''),
    script: (name) => readFileSync(join(folder, 'out', name.replace(/\.ts$/, '.js')), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
