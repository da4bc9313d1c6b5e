import { readFile, stat } from 'node:fs/promises';
import { fail } from '../base/errors.ts';
import { writeFileAtomic } from '../formats/file.ts';
import { command } from './command.ts';
import { translate } from './translate/program.ts';

/** `hornbeam translate`: translates a Keras program from Python to TypeScript. */
export const translateCommand = command({
  name: 'translate',
  words: ['FILE.py'],
  about: 'Translates plain Keras code from Python to TypeScript, and prints it.',
  notes: [
    'Translated are imports, models (functional and Sequential), layers and their calls, compile, fit, evaluate, predict, saving, losses, metrics,',
    'optimizers, callbacks by name, ops, arithmetic on tensors, a little NumPy, loops over ranges, conditions and functions. Classes, slices of',
    'lists, comprehensions and other packages are not: each such line is listed, and stays as a comment.',
    '',
    'Exit code 0 where all was translated, 1 where lines are left.',
  ].join('\n'),
  options: {
    to: { type: 'string', value: 'FILE.ts', doc: 'write the file instead of printing it' },
    overwrite: { type: 'boolean', doc: 'replace a file that is there' },
  },
  async run({ words: [file], values: { to, overwrite = false } }, { out, err }) {
    const { code, left } = translate(await readFile(file, 'utf8'));
    if (to === undefined) out(code.trimEnd());
    else {
      const exists = await stat(to).then(
        () => true,
        () => false,
      );
      if (exists && !overwrite) fail(to, 'it is there already', 'give another name, or --overwrite');
      await writeFileAtomic(to, new TextEncoder().encode(code));
      out(to);
    }
    for (const { line, reason } of left) err(`${file}:${line}: ${reason}`);
    if (left.length > 0)
      err(`${left.length} ${left.length === 1 ? 'place is' : 'places are'} left to be written by hand.`);
    return left.length > 0 ? 1 : 0;
  },
});
