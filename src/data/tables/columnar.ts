import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { byteStream } from '../../formats/byte-stream.ts';
import { bytesOf, type FileSource } from '../../formats/file.ts';
import { hasFiles, nodeModules } from '../../formats/node-modules.ts';
import type { Dataset } from '../pipeline/dataset.ts';
import type { TableOptions } from './columns.ts';
import { type RowOf, requireColumns, table } from './table.ts';

const tableOptions: OptionNames<TableOptions> = { columns: true, label: true };

/** Imports an optional package under a name that bundlers do not see. */
const optional = async <M>(who: string, name: string): Promise<M> => {
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as M;
  } catch (error) {
    return fail(
      who,
      `the package "${name}" cannot be loaded (${(error as Error).message.split('\n')[0]})`,
      `npm install ${name}; in pages without a bundler, name it in the import map`,
    );
  }
};

/** A file of which byte ranges are read on demand. */
interface AsyncBuffer {
  readonly byteLength: number;
  slice(start: number, end?: number): Promise<ArrayBuffer>;
}
/** What we use of hyparquet. */
interface Hyparquet {
  asyncBufferFromUrl(options: { url: string }): Promise<AsyncBuffer>;
  parquetMetadataAsync(file: AsyncBuffer): Promise<{ row_groups: readonly { num_rows: bigint }[] }>;
  parquetSchema(metadata: unknown): { children: readonly { element: { name: string } }[] };
  parquetReadObjects(options: {
    file: AsyncBuffer;
    metadata: unknown;
    columns: string[];
    rowStart: number;
    rowEnd: number;
  }): Promise<Record<string, unknown>[]>;
}

/**
 * The rows of a Parquet file (a path, a URL, a Blob, bytes), in the form of `fromCsv`. Only the named columns are read,
 * one row group at a time. Requires the package `hyparquet`.
 */
export const fromParquet = exact('data.fromParquet', 2, function fromParquet<
  const O extends TableOptions,
>(source: FileSource, options: O): Dataset<RowOf<O>> {
  const who = 'data.fromParquet';
  optionsOf(who, tableOptions, options as TableOptions);
  return table(who, options, async function* (readers) {
    const parquet = await optional<Hyparquet>(who, 'hyparquet');
    const file = await randomAccess(source, parquet);
    try {
      const metadata = await parquet.parquetMetadataAsync(file);
      const names = parquet.parquetSchema(metadata).children.map(({ element }) => element.name);
      requireColumns(who, readers, names);
      const columns = readers.map(({ name }) => name);
      let rowStart = 0;
      for (const { num_rows } of metadata.row_groups) {
        const rowEnd = rowStart + Number(num_rows);
        const rows = await parquet.parquetReadObjects({ file, metadata, columns, rowStart, rowEnd });
        for (const row of rows) yield (column) => row[column];
        rowStart = rowEnd;
      }
    } finally {
      await file.close?.();
    }
  });
});
async function randomAccess(
  source: FileSource,
  { asyncBufferFromUrl }: Hyparquet,
): Promise<AsyncBuffer & { close?(): Promise<void> }> {
  if (source instanceof Blob)
    return { byteLength: source.size, slice: (from, to) => source.slice(from, to).arrayBuffer() };
  const isPlace = typeof source === 'string' || source instanceof URL;
  if (isPlace && /^https?:/.test(String(source))) return asyncBufferFromUrl({ url: String(source) });
  if (isPlace && hasFiles()) {
    const { fs, url } = nodeModules('data.fromParquet', 'pass its bytes');
    const path = typeof source === 'string' && !source.startsWith('file:') ? source : url.fileURLToPath(source);
    const file = await fs
      .open(path)
      .catch((error: Error) => fail(`file ${source}`, `cannot be read: ${error.message}`, 'check the path'));
    const { size } = await file.stat();
    return {
      byteLength: size,
      async slice(from, to = size) {
        const buffer = new Uint8Array(to - from);
        await file.read(buffer, 0, to - from, from);
        return buffer.buffer;
      },
      close: () => file.close(),
    };
  }
  const bytes = await bytesOf(source);
  return { byteLength: bytes.length, slice: async (from, to) => bytes.slice(from, to).buffer };
}

/** What we use of apache-arrow. */
interface Arrow {
  readonly RecordBatchReader: {
    from(source: AsyncIterable<Uint8Array>): Promise<AsyncIterable<RecordBatch>>;
  };
}
interface RecordBatch {
  readonly numRows: number;
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  getChild(name: string): { get(k: number): unknown } | null;
}

/**
 * The rows of an Arrow file or stream (a path, a URL, a Blob, bytes), in the form of `fromCsv`, read one record batch
 * at a time. Requires the package `apache-arrow`.
 */
export const fromArrow = exact('data.fromArrow', 2, function fromArrow<
  const O extends TableOptions,
>(source: FileSource, options: O): Dataset<RowOf<O>> {
  const who = 'data.fromArrow';
  optionsOf(who, tableOptions, options as TableOptions);
  return table(who, options, async function* (readers) {
    const { RecordBatchReader } = await optional<Arrow>(who, 'apache-arrow');
    for await (const batch of await RecordBatchReader.from(asynchronous(await byteStream(source)))) {
      requireColumns(
        who,
        readers,
        batch.schema.fields.map(({ name }) => name),
      );
      const columns = new Map(readers.map(({ name }) => [name, batch.getChild(name)]));
      for (let k = 0; k < batch.numRows; k++) yield (column) => plain(columns.get(column)!.get(k));
    }
  });
});
async function* asynchronous(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes;
}
/** Lists are Arrow vectors. */
const plain = (x: unknown): unknown =>
  typeof x === 'object' && x !== null && 'toArray' in x ? (x as { toArray(): unknown }).toArray() : x;
