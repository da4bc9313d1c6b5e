import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { readFile } from '../../formats/file.ts';
import { stringTensor, type Tensor } from '../../tensor/index.ts';
import { datasetsOf, type FolderDatasets, type Samples } from './dataset.ts';
import { type FolderOptions, findFiles, folderOptions } from './files.ts';

/** Options of `textDatasetFromDirectory`. */
export interface TextDatasetOptions extends FolderOptions {
  /** Length in bytes (of UTF-8) to which texts are truncated; null, the default, for no limit. */
  readonly maxLength?: number | null | undefined;
}
const textDatasetOptions: OptionNames<TextDatasetOptions> = { ...folderOptions, maxLength: true };

/**
 * A dataset of the texts (`.txt`) in a folder, by default with one class per subfolder: batches `[texts, labels]` of
 * strings, `[n]`. Files are listed at once and read batch by batch. `dataset.classNames` and `dataset.filePaths` name
 * classes and files.
 * @see https://keras.io/api/data_loading/text/#textdatasetfromdirectory-function
 */
export const textDatasetFromDirectory = exact(
  'utils.textDatasetFromDirectory',
  2,
  async function textDatasetFromDirectory<const O extends TextDatasetOptions = {}>(
    directory: string | URL,
    options?: O,
  ): Promise<FolderDatasets<Samples<Tensor, O>, O>> {
    const who = 'textDatasetFromDirectory';
    const given: TextDatasetOptions = optionsOf(who, textDatasetOptions, options as TextDatasetOptions);
    const { maxLength = null } = given;
    if (maxLength !== null && !(Number.isInteger(maxLength) && maxLength > 0))
      fail(who, `maxLength is ${show(maxLength)}`, 'give a whole number of at least 1, or null');
    const maker = {
      async load(_: string, path: string): Promise<string> {
        const bytes = await readFile(path);
        // A character that is cut in two is dropped.
        return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, maxLength ?? bytes.length), {
          stream: maxLength !== null && maxLength < bytes.length,
        });
      },
      batch: (texts: readonly string[]) => stringTensor(texts, [texts.length]),
      single: (text: string) => stringTensor([text], []),
    };
    const found = await findFiles(who, directory, ['.txt'], given);
    return datasetsOf(who, found, maker, given) as FolderDatasets<Samples<Tensor, O>, O>;
  },
);
