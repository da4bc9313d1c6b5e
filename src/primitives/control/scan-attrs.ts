import type { Program } from '../../ir/program.ts';

/**
 * A loop over slices. Inputs: initial carries, then sequences (their first axis has `length`), then what each iteration sees
 * unchanged. `body` takes carries, one slice of each sequence, and the rest; it returns the next carries, then one slice of
 * each result sequence. Outputs: last carries, then the result sequences.
 */
export interface ScanAttrs {
  readonly form: 'scan';
  readonly body: Program;
  readonly carries: number;
  readonly sequences: number;
  readonly length: number;
  /** Runs from the last slice to the first; each result still has the position of its slice. */
  readonly reverse: boolean;
}
