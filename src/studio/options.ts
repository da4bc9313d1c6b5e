import type { OptionNames } from '../base/options.ts';

export interface StudioOptions {
  /** Where the page is served on this machine: a port, 0 for any that is free (the default), or null to serve none. In Node. */
  readonly port?: number | null;
  /** Folder of the run: its lines are written there as they come, so that `hornbeam studio` shows them later. In Node. */
  readonly logDir?: string | null;
  /** What the run is called; the moment at which it begins by default. */
  readonly name?: string | null;
  /** Epochs between two histograms of the weights; 0, none, by default. */
  readonly histogramFrequency?: number;
  /** `'batch'` tells of every batch (at most 20 in a second), which reads the logs that often; `'epoch'` of epochs alone. Default: `'batch'`. */
  readonly updateFrequency?: 'batch' | 'epoch';
  /** Whether pages may pause and stop the run and change its learning rate; false by default. */
  readonly controls?: boolean;
}
export const studioOptions: OptionNames<StudioOptions> = {
  port: true,
  logDir: true,
  name: true,
  histogramFrequency: true,
  updateFrequency: true,
  controls: true,
};

export interface StudioNoteOptions {
  /** A picture as a data URL. */
  readonly image?: string;
  /** A text. */
  readonly text?: string;
  /** Counts with the names of rows and columns. */
  readonly matrix?: { readonly labels: readonly string[]; readonly rows: readonly (readonly number[])[] };
}
export const studioNoteOptions: OptionNames<StudioNoteOptions> = { image: true, text: true, matrix: true };
