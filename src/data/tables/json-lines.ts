import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { isPlainObject } from '../../base/tree.ts';
import { textStream } from '../../formats/byte-stream.ts';
import type { FileSource } from '../../formats/file.ts';
import type { Dataset } from '../pipeline/dataset.ts';
import type { TableOptions } from './columns.ts';
import { type RowOf, table } from './table.ts';

const jsonLinesOptions: OptionNames<TableOptions> = { columns: true, label: true };
const who = 'data.fromJsonLines';

/**
 * The objects of a file of JSON lines (a path, a URL, a Blob, bytes), one per line, in the form of `fromCsv`, except
 * that values may be arrays. An absent or null member is a missing value.
 */
export const fromJsonLines = exact(who, 2, function fromJsonLines<
  const O extends TableOptions,
>(source: FileSource, options: O): Dataset<RowOf<O>> {
  optionsOf(who, jsonLinesOptions, options as TableOptions);
  return table(who, options, async function* () {
    let number = 0;
    for await (const line of linesOf(source)) {
      number++;
      if (line.trim() === '') continue;
      let row: unknown;
      try {
        row = JSON.parse(line);
      } catch (error) {
        fail(who, `line ${number} is no JSON: ${(error as Error).message}`, 'write one object a line');
      }
      if (!isPlainObject(row)) fail(who, `line ${number} is no object`, 'write one object a line');
      const members = row;
      yield (column) => (Object.hasOwn(members, column) ? members[column] : undefined);
    }
  });
});
async function* linesOf(source: FileSource): AsyncGenerator<string> {
  let waiting = '';
  for await (const text of textStream(source)) {
    const lines = (waiting + text).split('\n');
    waiting = lines.pop()!;
    yield* lines;
  }
  if (waiting !== '') yield waiting;
}
