import type { Program } from '../../ir/program.ts';

/**
 * A loop over slices. Inputs: initial carries, then sequences (their first axis has `length`), then what each round sees
 * unchanged. `body` takes carries, one slice of each sequence, and the rest; it gives the next carries, then one slice of
 * each result sequence. Outputs: last carries, then the result sequences.
 */
export interface ScanAttrs {
  readonly form: 'scan';
  readonly body: Program;
  readonly carries: number;
  readonly sequences: number;
  readonly length: number;
  /** Runs from the last slice to the first; results stand at the place of their slice all the same. */
  readonly reverse: boolean;
}
