import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { codecs, files } from '../scripts/bundle.ts';

let made: Promise<string> | undefined;
/** What threads load that decode images, as one file made of the sources. */
export function threadFile(): Promise<string> {
  made ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'image-thread-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'image-thread.mjs');
    await build({
      input: 'src/utils/folders/image-thread.ts',
      platform: 'node',
      plugins: [files, codecs],
      output: { file, codeSplitting: false },
      logLevel: 'warn',
    });
    return pathToFileURL(file).href;
  })();
  return made;
}
