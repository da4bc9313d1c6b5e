import { fail } from '../../base/errors.ts';
import { show } from '../../base/options.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Dataset } from '../pipeline/dataset.ts';
import { fromTheBeginning } from '../pipeline/stage.ts';
import { type Column, type Reader, readersOf, type TableOptions } from './columns.ts';

/** Elements of a table: features by the names of columns, or these and labels. */
export type RowOf<O extends TableOptions> = O['label'] extends string
  ? [features: Features<Omit<O['columns'], O['label']>>, label: Tensor]
  : O['label'] extends readonly string[]
    ? [
        features: Features<Omit<O['columns'], O['label'][number]>>,
        labels: Features<Pick<O['columns'], O['label'][number]>>,
      ]
    : Features<O['columns']>;
type Features<C> = { -readonly [K in keyof C]: Tensor };
/** The columns of the options, labels included. */
export type Columns = Readonly<Record<string, Column>>;

/** The values of a row by the names of columns. */
export type Row = (column: string) => unknown;

/** A dataset of the rows that `rows` yields, from the beginning each time; `names` lists the columns, if known. */
export function table(
  who: string,
  { columns, label }: TableOptions,
  rows: (readers: readonly Reader[]) => AsyncIterable<Row>,
): Dataset<any> {
  const readers = readersOf(who, columns);
  const labels = label === undefined ? [] : typeof label === 'string' ? [label] : label;
  for (const name of labels)
    if (!readers.some((reader) => reader.name === name))
      fail(
        who,
        `the label ${show(name)} is none of the columns`,
        `give its dtype: { columns: { ${name}: 'float32' } }`,
      );
  const part = (values: ReadonlyMap<string, Tensor>, isLabel: boolean): Record<string, Tensor> =>
    Object.fromEntries([...values].filter(([name]) => labels.includes(name) === isLabel));
  return new Dataset(
    fromTheBeginning(undefined, async function* () {
      let number = 0;
      for await (const row of rows(readers)) {
        number++;
        const values = new Map(readers.map(({ name, read }) => [name, read(row(name), number)]));
        const features = part(values, false);
        yield label === undefined
          ? features
          : [features, typeof label === 'string' ? values.get(label) : part(values, true)];
      }
    }),
  );
}

/** Refuses a table that lacks a column. */
export function requireColumns(who: string, readers: readonly Reader[], names: readonly string[]): void {
  for (const { name } of readers)
    if (names.indexOf(name) < 0 || names.indexOf(name) !== names.lastIndexOf(name))
      fail(
        who,
        `the table has ${names.includes(name) ? 'two columns' : 'no column'} "${name}"`,
        `its columns are ${names.map((known) => `"${known}"`).join(', ')}`,
      );
}
