import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { codecs, files } from '../scripts/bundle.ts';

let made: Promise<string> | undefined;
/** What threads load that decode images and sounds, as one file made of the sources. */
export function threadFile(): Promise<string> {
  made ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sample-thread-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'sample-thread.mjs');
    await build({
      input: 'src/utils/folders/sample-thread.ts',
      platform: 'node',
      plugins: [files, codecs],
      output: { file, codeSplitting: false },
      logLevel: 'warn',
    });
    return pathToFileURL(file).href;
  })();
  return made;
}
