import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import type { Split } from './source.ts';
import { readTable, type TableOptions, tableOptions } from './tables.ts';

/** How the rows are divided, and where the file is. */
export interface CaliforniaHousingOptions extends TableOptions {
  /** `'large'`, the default: all 20,640 rows; `'small'`: the first 600. */
  readonly version?: 'large' | 'small' | undefined;
}
const known: OptionNames<CaliforniaHousingOptions> = { ...tableOptions, version: true };

const who = 'datasets.californiaHousing';
const file = {
  file: 'california_housing.npz',
  hash: '1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f',
};
const smallCount = 600;

/**
 * 8 attributes of 20,640 districts in California (census of 1990), `[n, 8]`, with the median value of houses in dollars, `[n]`:
 * `[[xTrain, yTrain], [xTest, yTest]]`.
 * @see https://keras.io/api/datasets/california_housing/
 */
export const loadData = exact(
  'datasets.californiaHousing.loadData',
  1,
  async function loadData(options: CaliforniaHousingOptions = {}): Promise<Split> {
    const { version = 'large', ...rest } = optionsOf(who, known, options);
    if (version !== 'large' && version !== 'small') fail(who, `version is ${show(version)}`, 'use "small" or "large"');
    return readTable(who, file, rest, version === 'small' ? smallCount : undefined);
  },
);
