import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import type { Split } from './source.ts';
import { readTable, type TableOptions, tableOptions } from './tables.ts';

/** How the rows are divided, and where the file is. */
export interface BostonHousingOptions extends TableOptions {}

const who = 'datasets.bostonHousing';
const file = {
  file: 'boston_housing.npz',
  hash: 'f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5',
};

/**
 * 13 attributes of 506 towns around Boston, `[n, 13]`, with the median price of houses in thousands of dollars, `[n]` (float64):
 * `[[xTrain, yTrain], [xTest, yTest]]`. One attribute assumes that segregation raises prices: use the data only to discuss that.
 * @see https://keras.io/api/datasets/boston_housing/
 */
export const loadData = exact(
  'datasets.bostonHousing.loadData',
  1,
  async (options: BostonHousingOptions = {}): Promise<Split> =>
    readTable(who, file, optionsOf(who, tableOptions, options)),
);
