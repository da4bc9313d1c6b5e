import { type DType, dtypeInfo, isDType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { isPlainObject } from '../../base/tree.ts';
import { hostTensor } from '../../runtime/host-tensor.ts';
import { encode } from '../../tensor/elements.ts';
import { type Like, stringTensor, type Tensor, tensor } from '../../tensor/index.ts';

/** What a column of a table holds. */
export interface ColumnOptions {
  /** Dtype of the column: a number's, `'bool'` or `'string'`. */
  readonly dtype: string;
  /** Replaces missing values; without it a missing value is an error. */
  readonly missing?: number | string | boolean | undefined;
}
const columnOptions: OptionNames<ColumnOptions> = { dtype: true, missing: true };
/** A column of a table: its dtype, or its dtype and what stands for missing values. */
export type Column = string | ColumnOptions;

/** Options of what reads tables. */
export interface TableOptions<C extends Readonly<Record<string, Column>> = Readonly<Record<string, Column>>> {
  /** The columns that are read, each with its dtype: `{ age: 'float32', name: 'string' }`. */
  readonly columns: C;
  /** The label column or columns; elements are then `[features, label]`. */
  readonly label?: string | readonly string[] | undefined;
}

/** Converts the value of a cell to a tensor. */
export interface Reader {
  readonly name: string;
  /** Whether the column has a replacement for missing values. */
  readonly fillsMissing: boolean;
  read(value: unknown, row: number): Tensor;
}

/** Readers of the columns that options name. */
export function readersOf(who: string, columns: unknown): Reader[] {
  if (!isPlainObject(columns) || Object.keys(columns).length === 0)
    fail(who, `columns is ${show(columns)}`, "name those that are wanted: { columns: { age: 'float32' } }");
  return Object.entries(columns).map(([name, column]) => readerOf(who, name, column as Column));
}

function readerOf(who: string, name: string, column: Column): Reader {
  const { dtype, missing } =
    typeof column === 'string'
      ? { dtype: column, missing: undefined }
      : optionsOf(`${who}, column "${name}"`, columnOptions, column);
  if (dtype !== 'string' && !(isDType(dtype) && dtype !== 'complex64'))
    fail(
      who,
      `column "${name}" has the dtype ${show(dtype)}`,
      `use 'string' or one of ${Object.keys(dtypeInfo).join(', ')}`,
    );
  const read = (value: unknown, row: number, isFiller = false): Tensor => {
    const wrong = (): never =>
      fail(
        who,
        isFiller
          ? `column "${name}": ${show(value)} for missing values is no ${dtype}`
          : `row ${row}, column "${name}": ${show(value)} is no ${dtype}`,
        'give the column another dtype, or mend the table',
      );
    if (value === undefined || value === null || (value === '' && dtype !== 'string')) {
      if (missing === undefined || isFiller)
        fail(
          who,
          `row ${row}, column "${name}": the value is missing`,
          `say what stands for it: { ${name}: { dtype: '${dtype}', missing: ${dtype === 'string' ? "''" : '0'} } }`,
        );
      return read(missing, row, true);
    }
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      try {
        const found = tensor(value as Like, dtype === 'string' ? {} : { dtype });
        return (found.dtype === 'string') === (dtype === 'string') ? found : wrong();
      } catch {
        return wrong();
      }
    }
    if (dtype === 'string') return typeof value === 'object' ? wrong() : stringTensor([String(value)], []);
    const x = numberOf(value, dtype);
    return x === undefined ? wrong() : hostTensor(encode([x], dtype), { shape: [], dtype });
  };
  if (missing !== undefined) read(missing, 0, true);
  return { name, fillsMissing: missing !== undefined, read };
}

/** A value as a number of a dtype; undefined if it is not one. */
function numberOf(value: unknown, dtype: DType): number | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined;
  const { kind, range } = dtypeInfo[dtype];
  if (kind === 'bool') {
    if (typeof value === 'boolean') return Number(value);
    const known = ['false', 'true', '0', '1'].indexOf(String(text ?? value).toLowerCase());
    return known < 0 ? undefined : known % 2;
  }
  if (typeof value === 'object' || text === '') return undefined;
  const x = typeof value === 'bigint' ? Number(value) : Number(text ?? value);
  if (Number.isNaN(x) && !(typeof value === 'number' || text?.toLowerCase() === 'nan')) return undefined;
  return range && !(Number.isInteger(x) && x >= range[0] && x <= range[1]) ? undefined : x;
}
