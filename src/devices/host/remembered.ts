import { libraryVersion } from '../../base/version.ts';
import { type Program, printProgram, scopesOf } from '../../ir/program.ts';
import type { Emitted } from './executable.ts';
import { isNode } from './platform.ts';
import { type Packed, ProgramFolder } from './program-folder.ts';

// Programs kept on disk between processes. In bundles for pages, `remembered-in-pages.ts` replaces this file, according
// to `browser` in package.json.

/** Counts up whenever what stands in the files changes its meaning. */
const format = 1;

let folder: ProgramFolder | undefined;

/** The folder that HORNBEAM_CACHE names, if it does. Verified plans (HORNBEAM_VERIFY) are to be made. */
function folderHere(): ProgramFolder | undefined {
  const path = isNode() && process.env['HORNBEAM_VERIFY'] !== '1' ? process.env['HORNBEAM_CACHE'] : undefined;
  if (!path) return undefined;
  if (folder?.path !== path) folder = new ProgramFolder(path);
  return folder;
}

/**
 * The program as machine code: the one kept in the folder that HORNBEAM_CACHE names or, if there is none, what `make`
 * makes, which is kept there from then on. `machine` is all that it depends on besides the program's text, this library
 * and the engine.
 */
export function remembered<E extends Emitted>(program: Program, machine: readonly unknown[], make: () => E): E {
  const kept = folderHere();
  if (!kept) return make();
  const text = printProgram(program);
  // The text does not tell functions apart.
  if (text.includes('"<function>"')) return make();
  const { version, versions, arch } = process;
  const key = JSON.stringify([format, libraryVersion, version, versions['v8'], arch, machine]);
  const known = kept.read(`${key}\n${text}`);
  if (known) return unpacked<E>(program, known);
  const made = make();
  kept.write(`${key}\n${text}`, packed(program, made));
  return made;
}

/** Layers are told by their places in the program: those of an equal program may have other names. */
export function packed(program: Program, { code, table, kernels, ...rest }: Emitted): Packed {
  const places = new Map(scopesOf(program).map((scope, place) => [scope, place]));
  const blocks: Uint8Array[] = [code];
  return {
    json: JSON.stringify({
      ...rest,
      table: table.map((entry) => {
        if (entry.kind !== 'constant') return entry;
        const { buffer, byteOffset, byteLength } = entry.data;
        return { kind: 'constant', data: blocks.push(new Uint8Array(buffer, byteOffset, byteLength)) - 1 };
      }),
      kernels: kernels.map((k) => ({ ...k, scopes: k.scopes.flatMap((scope) => places.get(scope) ?? []) })),
    }),
    blocks,
  };
}

export function unpacked<E extends Emitted>(program: Program, { json, blocks }: Packed): E {
  const { table, kernels, ...rest } = JSON.parse(json);
  const scopes = scopesOf(program);
  return {
    ...rest,
    code: blocks[0],
    table: table.map((entry: { kind: string; data: number }) =>
      entry.kind === 'constant' ? { kind: 'constant', data: blocks[entry.data] } : entry,
    ),
    kernels: kernels.map((k: { scopes: readonly number[] }) => ({
      ...k,
      scopes: k.scopes.map((place) => scopes[place]),
    })),
  };
}
