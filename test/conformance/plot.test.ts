import { expect, test } from 'vitest';
import { modelToDot } from '../../src/visualize/model-to-dot.ts';
import { optionsOf } from './cases.ts';
import { rebuildable } from './described-models.ts';

interface Case {
  readonly id: string;
  readonly model?: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly dot: string;
}
const { cases, models, notMade } = rebuildable<Case>('plot');

test('all models of the cases can be made, but for those that need what is not here yet', () => {
  expect(notMade).toEqual([]);
});

test.each(cases)('$id', ({ model, options, dot }) => {
  // Integers have 32 bits here.
  expect(modelToDot(models.get(model!)!, optionsOf(options))).toBe(dot.replaceAll('int64', 'int32'));
});
