import type { FileHandle } from 'node:fs/promises';
import { fail } from '../base/errors.ts';
import { nodeModules } from '../formats/node-modules.ts';
import type { StudioLine } from './protocol.ts';

/** The file of a run, in its folder. */
export const runFileName = 'events.jsonl';

/** Writes the lines of a run as they come: what was written before the process ended can be read. */
export class RunFile {
  readonly #file: FileHandle;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }
  /** Makes the folder where it is missing. A file that is there is gone on with: a run that was resumed is one run. */
  static async create(folder: string): Promise<RunFile> {
    const { fs, path } = nodeModules(`folder ${folder}`, 'leave logDir out: a page keeps no folders');
    try {
      await fs.mkdir(folder, { recursive: true });
      return new RunFile(await fs.open(path.join(folder, runFileName), 'a'));
    } catch (error) {
      return fail(
        `folder ${folder}`,
        `cannot be written: ${(error as Error).message}`,
        'check the path and the permissions',
      );
    }
  }
  write(line: StudioLine): void {
    const text = `${JSON.stringify(line)}\n`;
    this.#writing = this.#writing.then(() => this.#file.appendFile(text));
  }
  async flush(): Promise<void> {
    await this.#writing;
  }
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }
}
