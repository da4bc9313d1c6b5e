import type { Data, TrainingData } from '../data/batches.ts';
import type { Model } from '../models/index.ts';
import type { FitOptions } from '../training/fit-options.ts';
import type { HyperParameters } from './hyper-parameters.ts';

/** Makes the compiled model of a trial, with values that it draws. */
export type Build = (hp: HyperParameters) => Model | Promise<Model>;

/** The options of `tune`, as a trial takes them. */
export interface Given {
  readonly x: TrainingData;
  readonly y: Data | undefined;
  readonly fit: FitOptions | ((hp: HyperParameters) => FitOptions | Promise<FitOptions>);
  readonly directory: string;
  readonly objective: string;
  readonly mode: 'auto' | 'min' | 'max';
  readonly seed: number;
}
