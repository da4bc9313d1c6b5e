import type { OptionNames } from '../base/options.ts';
import type { CocoResult } from '../coco/result.ts';
import type { Data } from '../data/batches.ts';

/** Options of the callback `Studio`. */
export interface StudioOptions {
  /** Where the page is served on this machine: a port, 0 for any that is free (the default), or null to serve none. In Node. */
  readonly port?: number | null;
  /** Folder of the run: its lines are written there as they come, so that `hornbeam studio` shows them later. In Node. */
  readonly logDir?: string | null;
  /** What the run is called; the moment at which it begins by default. */
  readonly name?: string | null;
  /** Epochs between two histograms of the weights; 0, none, by default. */
  readonly histogramFrequency?: number;
  /**
   * Samples `[x, y]`: with those of the weights come histograms of the gradients that their loss gives, and of what each layer
   * of a functional model makes of them. `[x]` gives the latter alone. The model sees them as in inference.
   */
  readonly histogramData?: readonly [x: Data] | readonly [x: Data, y: Data] | null;
  /** `'batch'` tells of every batch (at most 20 in a second), which reads the logs that often; `'epoch'` of epochs alone. Default: `'batch'`. */
  readonly updateFrequency?: 'batch' | 'epoch';
  /**
   * What the run was set to, by name: columns of the table in which runs stand beside each other. The optimizer, its learning rate,
   * the loss and the number of parameters stand there anyway.
   */
  readonly hyperparameters?: Readonly<Record<string, string | number | boolean>> | null;
  /** Whether pages may pause and stop the run and change its learning rate; false by default. */
  readonly controls?: boolean;
}
export const studioOptions: OptionNames<StudioOptions> = {
  port: true,
  logDir: true,
  name: true,
  histogramFrequency: true,
  histogramData: true,
  updateFrequency: true,
  hyperparameters: true,
  controls: true,
};

/** What goes with a note in the studio. */
export interface StudioNoteOptions {
  /** A picture as a data URL. */
  readonly image?: string;
  /** A text. */
  readonly text?: string;
  /** Counts with the names of rows and columns. */
  readonly matrix?: { readonly labels: readonly string[]; readonly rows: readonly (readonly number[])[] };
  /** Numbers by name, shown as bars. */
  readonly values?: Readonly<Record<string, number>>;
  /** Lines by name: as many `x` as `y`. */
  readonly lines?: Readonly<Record<string, { readonly x: readonly number[]; readonly y: readonly number[] }>>;
  /**
   * What `metrics.MeanAveragePrecision` or `coco.evaluate` found, with its curves: AP of each class as bars, precision over
   * recall at an overlap of 0.5 as lines.
   */
  readonly detection?: CocoResult & { readonly classNames?: Readonly<Record<number, string>> };
}
export const studioNoteOptions: OptionNames<StudioNoteOptions> = {
  image: true,
  text: true,
  matrix: true,
  values: true,
  lines: true,
  detection: true,
};
