import { fail } from '../../base/errors.ts';
import { exposeOptions } from '../../base/exposed.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import {
  fileExists,
  makeFolderOf,
  readFile,
  removeEmptyFolder,
  removeFile,
  writeFileAtomic,
} from '../../formats/file.ts';
import { readHdf5, writeHdf5 } from '../../formats/hdf5.ts';
import type { Place } from '../progress.ts';
import { readWeights, resumeEpoch, writeWeights } from '../trainable.ts';
import { trainerOf } from '../trainer.ts';
import { BatchCounter } from './batch-counter.ts';
import { Callback, type CallbackModel } from './callback.ts';
import { addTrainingState, placeIn, takeTrainingState } from './training-state.ts';

/** Options of `BackupAndRestore`. */
export interface BackupAndRestoreOptions {
  /** Folder of the backup; for this callback alone. */
  readonly backupDir: string;
  /** "epoch", or a number of batches between backups. */
  readonly saveFreq?: 'epoch' | number;
  /** Also keeps the previous backup, in case writing is interrupted. */
  readonly doubleCheckpoint?: boolean;
  /** Removes the backup at the end of training. */
  readonly deleteCheckpoint?: boolean;
}
const backupAndRestoreOptions: OptionNames<BackupAndRestoreOptions> = {
  backupDir: true,
  saveFreq: true,
  doubleCheckpoint: true,
  deleteCheckpoint: true,
};

/**
 * Backs up everything training needs to continue, in one file: weights, optimizer, epoch, step, running metrics and
 * random state. When an interrupted `fit` is called again, it resumes from there and arrives at the same numbers as
 * without the interruption, also in the middle of an epoch if the data are arrays, a `keras.data.Dataset` or a
 * `utils.PyDataset`. Other sources of batches start over; without `stepsPerEpoch`, batches already trained on are
 * skipped.
 */
export class BackupAndRestore extends Callback<CallbackModel> {
  readonly #options: Required<BackupAndRestoreOptions>;
  readonly #counter: BatchCounter | undefined;
  readonly #weights: string;
  readonly #metadata: string;
  #epoch = 0;
  #batch = 0;

  constructor(options: BackupAndRestoreOptions, ...surplus: undefined[]) {
    optionsOf('BackupAndRestore', backupAndRestoreOptions, options, surplus);
    super();
    this.#options = { saveFreq: 'epoch', doubleCheckpoint: false, deleteCheckpoint: true, ...options };
    exposeOptions(this, this.#options);
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
    const trainer = trainerOf(model);
    let place: Pick<Place, 'epoch'> | undefined;
    if (await fileExists(this.#weights)) {
      model.optimizer?.build(model.trainableVariables);
      place = await this.#reading(this.#weights, async (bytes) => {
        const file = await readHdf5(bytes);
        await model[readWeights](file);
        return trainer && takeTrainingState(file, trainer);
      });
    }
    // A backup written by Keras, or outside a fit, only records the epoch.
    if (!place && (await fileExists(this.#metadata)))
      place = await this.#reading(this.#metadata, async (bytes) =>
        placeIn<'epoch'>(new TextDecoder().decode(bytes), ['epoch']),
      );
    if (place) model[resumeEpoch] = place.epoch;
  }
  /** Reads one of the backup's files; errors name the file. */
  async #reading<T>(file: string, read: (bytes: Uint8Array) => Promise<T>): Promise<T> {
    const bytes = await readFile(file);
    try {
      return await read(bytes);
    } catch (error) {
      const [problem] = (error as Error).message.split('\n  Fix: ');
      return fail(
        'BackupAndRestore',
        `the backup "${file}" cannot be restored: ${problem}`,
        `remove the folder "${this.#options.backupDir}" to train from the beginning, or give the model that made the backup`,
      );
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
    const file = await this.model[writeWeights]();
    const trainer = trainerOf(this.model);
    if (trainer) await addTrainingState(file, trainer);
    await writeFileAtomic(this.#weights, await writeHdf5(file));
    // For Keras, and for people: everything that matters is in the first file, which is written atomically.
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
export interface BackupAndRestore extends Readonly<Required<BackupAndRestoreOptions>> {}

const copy = async (from: string, to: string): Promise<void> => writeFileAtomic(to, await readFile(from));
