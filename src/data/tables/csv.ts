import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { part } from '../../base/part.ts';
import { textStream } from '../../formats/byte-stream.ts';
import type { FileSource } from '../../formats/file.ts';
import type { Dataset } from '../pipeline/dataset.ts';
import type { TableOptions } from './columns.ts';
import { type Columns, type Row, type RowOf, requireColumns, table } from './table.ts';

/** Options of what reads CSV. */
export interface CsvOptions<C extends Columns = Columns> extends TableOptions<C> {
  /** What separates cells; `','` by default. */
  readonly delimiter?: string | undefined;
  /** The names of all columns, if the file's first row does not contain them. */
  readonly header?: readonly string[] | undefined;
  /** Cells that mean a missing value, beside empty ones: `['NA', '?']`. In columns of strings without `missing` empty cells are empty strings. */
  readonly missingValues?: readonly string[] | undefined;
}
const csvOptions: OptionNames<CsvOptions> = {
  columns: true,
  label: true,
  delimiter: true,
  header: true,
  missingValues: true,
};
const who = 'data.fromCsv';

/**
 * The rows of a CSV file (a path, a URL, a Blob, bytes), read as a stream: elements `{ age, name }` of scalars, or with
 * a label `[{ age }, income]`. Only the named columns are read. Errors name row (the first below the names is row 1)
 * and column.
 * @example
 * const file = new TextEncoder().encode('age,name,rich\n38,Ada,1\n36,Alan,0\n');
 * const rows = keras.data.fromCsv(file, { columns: { age: 'float32', rich: 'int32' }, label: 'rich' });
 * (await rows.batch(2).toArray())[0][1].shape // [2]
 */
export const fromCsv = exact(who, 2, function fromCsv<
  const O extends CsvOptions,
>(source: FileSource, options: O): Dataset<RowOf<O>> {
  const { delimiter = ',', header, missingValues = [] } = optionsOf(who, csvOptions, options as CsvOptions);
  return table(who, options, async function* (readers) {
    let names = header;
    if (names) requireColumns(who, readers, names);
    let number = 0;
    const filled = new Set(readers.filter(({ fillsMissing }) => fillsMissing).map(({ name }) => name));
    for await (const cells of rowsOf(source, delimiter)) {
      if (!names) {
        names = cells;
        requireColumns(who, readers, names);
        continue;
      }
      number++;
      if (cells.length !== names.length)
        fail(
          who,
          `row ${number} has ${cells.length} cells, the table ${names.length} columns`,
          'check the delimiter, and quotes around cells that hold it',
        );
      const at = names;
      const row: Row = (column) => {
        const cell = cells[at.indexOf(column)];
        return missingValues.includes(cell) || (cell === '' && filled.has(column)) ? null : cell;
      };
      yield row;
    }
  });
});

/** The cells of each row. An incomplete row waits for more text. */
async function* rowsOf(source: FileSource, delimiter: string): AsyncGenerator<string[]> {
  const { default: papa } = await part('CSV', () => import('papaparse'));
  if (papa.BAD_DELIMITERS.includes(delimiter) || delimiter === '')
    fail(who, `the delimiter is ${JSON.stringify(delimiter)}`, "give ',', ';' or '\\t'");
  let waiting = '';
  let parser: InstanceType<typeof papa.Parser> | undefined;
  const take = (isLast: boolean): string[][] => {
    parser ??= new papa.Parser({ delimiter, newline: newlineOf(waiting) });
    const { data, errors, meta } = parser.parse(waiting, 0, !isLast) as {
      data: string[][];
      errors: readonly { message: string; row: number }[];
      meta: { cursor: number };
    };
    if (isLast && errors[0]) fail(who, `the quotes do not close: ${errors[0].message}`, 'mend the file');
    waiting = isLast ? '' : waiting.slice(meta.cursor);
    return data.filter((cells) => cells.length > 1 || cells[0] !== '');
  };
  for await (const text of textStream(source)) {
    waiting += waiting === '' && !parser ? text.replace(/^\ufeff/, '') : text;
    if (parser || waiting.includes('\n')) yield* take(false);
  }
  if (waiting !== '') yield* take(true);
}
const newlineOf = (text: string): '\r\n' | '\n' | '\r' =>
  text.includes('\r\n') ? '\r\n' : text.includes('\n') || !text.includes('\r') ? '\n' : '\r';
