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
const { cases, models } = rebuildable<Case>('plot');

test.each(cases)('$id', ({ model, options, dot }) => {
  expect(modelToDot(models.get(model!)!, optionsOf(options))).toBe(dot);
});
