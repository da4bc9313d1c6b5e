import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { libraryVersion } from '../base/version.ts';
import { availableThreads } from '../devices/host/threads.ts';
import { features } from '../devices/wasm/features.ts';
import { deviceNamed } from '../runtime/device.ts';
import { command } from './command.ts';
import { columnsOf } from './text-columns.ts';

/** Something that is present, or missing and available. */
interface Finding {
  readonly what: string;
  readonly status: 'ok' | 'missing' | 'problem';
  readonly detail: string;
}
/** The problem and its remedy, in one line. */
const inOneLine = (error: unknown): string =>
  (error as Error).message.replace(/^config\.setDevice: /, '').replace('\n  Fix: ', '; ');
const probed = async (what: string, status: Finding['status'], probe: () => unknown): Promise<Finding> => {
  try {
    return { what, status: 'ok', detail: String(await probe()) };
  } catch (error) {
    return { what, status, detail: inOneLine(error) };
  }
};

/** Optional packages, and what for. */
const packages: Readonly<Record<string, string>> = {
  koffi: 'the device "native"',
  webgpu: 'the device "webgpu" in Node',
  sharp: 'faster decoding of images',
  'apache-arrow': 'tables of Arrow',
  hyparquet: 'tables of Parquet',
};
/** The version of a package that is installed beside the library or in the current folder. */
function installed(name: string): string | undefined {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')])
    try {
      const found = createRequire(from).resolve.paths(name) ?? [];
      for (const folder of found)
        try {
          const text = readFileSync(join(folder, name, 'package.json'), 'utf8');
          return String((JSON.parse(text) as { version?: unknown }).version);
        } catch {
          // Not in this folder; the next may have it.
        }
    } catch {
      return undefined;
    }
  return undefined;
}

async function findings(): Promise<Finding[]> {
  const cores = os.cpus();
  const machine: Finding[] = [
    { what: 'Hornbeam', status: 'ok', detail: libraryVersion },
    {
      what: 'Node',
      status: 'ok',
      detail: `${process.version} (V8 ${process.versions.v8}), ${process.platform} ${process.arch}`,
    },
    {
      what: 'processor',
      status: 'ok',
      detail: `${cores[0]?.model.trim() || 'unknown'}, ${os.availableParallelism()} cores`,
    },
    {
      what: 'memory',
      status: 'ok',
      detail: `${(os.totalmem() / 2 ** 30).toFixed(1)} GB, ${(os.freemem() / 2 ** 30).toFixed(1)} GB free`,
    },
  ];
  const engine = await probed('SIMD', 'problem', () => {
    const { relaxedMadd, fused } = features();
    return `128 bits, ${fused ? 'fused multiply-add' : relaxedMadd ? 'multiply-add that rounds twice' : 'no multiply-add'}`;
  });
  const threads = await probed('threads', 'problem', () => {
    const asked = process.env['HORNBEAM_THREADS'];
    return `${availableThreads()}${asked ? ` (HORNBEAM_THREADS=${asked})` : ''}`;
  });
  const devices: Finding[] = [];
  for (const name of ['wasm', 'native', 'webgpu', 'reference'])
    devices.push(
      await probed(`device ${name}`, 'missing', async () => {
        await deviceNamed(name);
        return name === 'wasm' ? 'ready (the default)' : 'ready';
      }),
    );
  const optional = Object.entries(packages).map(([name, use]): Finding => {
    const found = installed(name);
    return found === undefined
      ? { what: `package ${name}`, status: 'missing', detail: `for ${use}: npm install ${name}` }
      : { what: `package ${name}`, status: 'ok', detail: found };
  });
  return [...machine, engine, threads, ...devices, ...optional];
}

/** `hornbeam doctor`: what the library finds on this machine. */
export const doctor = command({
  name: 'doctor',
  words: [],
  about:
    'Shows what the library finds on this machine: engine, SIMD, threads, devices, optional packages, and how to get what is missing.',
  notes: 'Exit code 1 if something essential does not work.',
  options: { json: { type: 'boolean', doc: 'as JSON' } },
  async run({ values }, { out, columns }) {
    const found = await findings();
    const rows = found.map(({ what, status, detail }) => [
      status === 'ok' ? 'ok' : status === 'missing' ? '-' : '!!',
      what,
      detail,
    ]);
    out(values.json ? JSON.stringify(found, undefined, 2) : columnsOf(rows, { width: columns }));
    return found.some(({ status }) => status === 'problem') ? 1 : 0;
  },
});
