import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import {
  fileExists,
  makeFolderOf,
  readFile,
  removeEmptyFolder,
  removeFile,
  writeFileAtomic,
} from '../../formats/file.ts';
import { resumeEpoch } from '../trainable.ts';
import { BatchCounter } from './batch-counter.ts';
import { Callback, type CallbackModel } from './callback.ts';

export interface BackupAndRestoreOptions {
  /** Folder of the backup; for this callback alone. */
  readonly backupDir: string;
  /** "epoch", or every so many batches. */
  readonly saveFreq?: 'epoch' | number;
  /** Keeps the backup before the last one too, for when writing is interrupted. */
  readonly doubleCheckpoint?: boolean;
  /** Removes the backup when training has ended. */
  readonly deleteCheckpoint?: boolean;
}
const backupAndRestoreOptions: OptionNames<BackupAndRestoreOptions> = {
  backupDir: true,
  saveFreq: true,
  doubleCheckpoint: true,
  deleteCheckpoint: true,
};

/** Writes weights and optimizer state during training; a fit that was interrupted goes on from there when it is called again. */
export class BackupAndRestore extends Callback<CallbackModel> {
  readonly #options: Required<BackupAndRestoreOptions>;
  readonly #counter: BatchCounter | undefined;
  readonly #weights: string;
  readonly #metadata: string;
  #epoch = 0;
  #batch = 0;

  constructor(options: BackupAndRestoreOptions) {
    optionsOf('BackupAndRestore', backupAndRestoreOptions, options);
    super();
    this.#options = { saveFreq: 'epoch', doubleCheckpoint: false, deleteCheckpoint: true, ...options };
    const { backupDir, saveFreq } = this.#options;
    if (!backupDir) fail('BackupAndRestore', 'backupDir is empty', 'name a folder');
    this.#counter = saveFreq === 'epoch' ? undefined : new BatchCounter('BackupAndRestore', saveFreq);
    this.#weights = `${backupDir}/latest.weights.h5`;
    this.#metadata = `${backupDir}/training_metadata.json`;
  }

  override async onTrainBegin(): Promise<void> {
    try {
      await this.#restore();
    } catch (error) {
      if (!(await fileExists(`${this.#weights}.bkp`))) throw error;
      for (const file of [this.#weights, this.#metadata])
        if (await fileExists(`${file}.bkp`)) await copy(`${file}.bkp`, file);
        else await removeFile(file);
      await this.#restore();
    }
  }
  async #restore(): Promise<void> {
    const { model } = this;
    if (!model.built)
      fail('BackupAndRestore', 'the model is not built', 'give it an Input, or call it on a batch before fit');
    if (await fileExists(this.#weights)) {
      model.optimizer?.build(model.trainableVariables);
      await model.loadWeights(this.#weights);
    }
    if (await fileExists(this.#metadata)) {
      const { epoch } = JSON.parse(new TextDecoder().decode(await readFile(this.#metadata))) as { epoch: number };
      model[resumeEpoch] = epoch;
    }
  }
  override async onEpochBegin(epoch: number): Promise<void> {
    this.#epoch = epoch;
  }
  override async onEpochEnd(epoch: number): Promise<void> {
    this.#epoch = epoch + 1;
    this.#batch = 0;
    if (!this.#counter) await this.#save();
  }
  override async onTrainBatchEnd(batch: number): Promise<void> {
    if (!this.#counter) return;
    this.#batch = batch;
    if (this.#counter.isDue(batch)) await this.#save();
  }
  async #save(): Promise<void> {
    await makeFolderOf(this.#weights);
    if (this.#options.doubleCheckpoint)
      for (const file of [this.#weights, this.#metadata]) if (await fileExists(file)) await copy(file, `${file}.bkp`);
    await this.model.saveWeights(this.#weights, { overwrite: true });
    const text = `{"epoch": ${this.#epoch}, "batch": ${this.#batch}}`;
    await writeFileAtomic(this.#metadata, new TextEncoder().encode(text));
  }
  override async onTrainEnd(): Promise<void> {
    if (!this.#options.deleteCheckpoint) return;
    for (const file of [this.#weights, this.#metadata, `${this.#weights}.bkp`, `${this.#metadata}.bkp`])
      await removeFile(file);
    await removeEmptyFolder(this.#options.backupDir);
  }
}
const copy = async (from: string, to: string): Promise<void> => writeFileAtomic(to, await readFile(from));
