import { exposeOptions } from '../../base/exposed.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { fileExists, readFile, writeFileAtomic } from '../../formats/file.ts';
import { Callback, type CallbackLogs } from './callback.ts';

/** Options of `CSVLogger`. */
export interface CSVLoggerOptions {
  /** Path of the file, relative to the working directory. */
  readonly filename: string;
  /** Separator between columns; a comma by default. */
  readonly separator?: string;
  /** Appends to the file instead of overwriting it. */
  readonly append?: boolean;
}
const cSVLoggerOptions: OptionNames<CSVLoggerOptions> = { filename: true, separator: true, append: true };

/** Writes the loss and metrics of every epoch as a line of a CSV file. Columns missing in an epoch hold "NA". */
export class CSVLogger extends Callback {
  readonly #options: Required<CSVLoggerOptions>;
  #text = '';
  #columns: readonly string[] | undefined;

  constructor(options: CSVLoggerOptions, ...surplus: undefined[]) {
    optionsOf('CSVLogger', cSVLoggerOptions, options, surplus);
    super();
    this.#options = { separator: ',', append: false, ...options };
    exposeOptions(this, this.#options);
  }
  /** Another name of `separator`, Keras's attribute. */
  get sep(): string {
    return this.#options.separator;
  }
  override async onTrainBegin(): Promise<void> {
    const { filename, append } = this.#options;
    this.#columns = undefined;
    this.#text = append && (await fileExists(filename)) ? new TextDecoder().decode(await readFile(filename)) : '';
    await this.#write();
  }
  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    const { csvCell } = await import('./python-text.ts');
    if (!this.#columns) {
      const names = Object.keys(logs).sort();
      const hasValidation = names.some((name) => name.startsWith('val_'));
      this.#columns = hasValidation ? names : [...names, ...names.map((name) => `val_${name}`)];
      if (this.#text === '') this.#addRow(['epoch', ...this.#columns]);
    }
    this.#addRow([String(epoch), ...this.#columns.map((name) => csvCell(logs[name]))]);
    await this.#write();
  }
  #addRow(cells: readonly string[]): void {
    const { separator } = this.#options;
    const isSpecial = (text: string): boolean => [separator, '"', '\r', '\n'].some((special) => text.includes(special));
    const quoted = cells.map((text) => (isSpecial(text) ? `"${text.replaceAll('"', '""')}"` : text));
    this.#text += `${quoted.join(separator)}\r\n`;
  }
  #write(): Promise<void> {
    return writeFileAtomic(this.#options.filename, new TextEncoder().encode(this.#text));
  }
}
export interface CSVLogger extends Readonly<Required<CSVLoggerOptions>> {}
