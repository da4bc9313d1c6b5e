import { expect, test } from 'vitest';
import type { Model } from '../../src/models/index.ts';
import { rebuildable } from './described-models.ts';

interface Case {
  readonly id: string;
  readonly kind: 'summary' | 'count_params';
  readonly model?: string;
  readonly optimizer_built: boolean;
  readonly options?: {
    readonly line_length?: number;
    readonly positions?: number[];
    readonly expand_nested?: boolean;
    readonly show_trainable?: boolean;
    readonly layer_range?: [string, string];
  };
  readonly text?: string;
  readonly count_params?: number;
  readonly trainable?: number;
  readonly non_trainable?: number;
}
const { cases, models, compileConfigs, notMade } = rebuildable<Case>('summary');
const sizes = (weights: readonly { shape: readonly number[] }[]): number =>
  weights.reduce((n, v) => n + v.shape.reduce((a, b) => a * b, 1), 0);

test('all models of the cases can be made, but for those that need what is not here yet', () => {
  expect(notMade).toEqual([]);
});

test.each(cases)('$id', (c) => {
  const model = models.get(c.model!)! as Model;
  const compileConfig = compileConfigs.get(c.model!);
  if (c.optimizer_built && compileConfig && !model.compiled) {
    model.compileFromConfig(compileConfig);
    model.optimizer!.build(model.trainableVariables);
  }
  if (c.kind === 'count_params') {
    expect([model.countParams(), sizes(model.trainableWeights), sizes(model.nonTrainableWeights)]).toEqual([
      c.count_params,
      c.trainable,
      c.non_trainable,
    ]);
    return;
  }
  const { line_length, positions, expand_nested, show_trainable, layer_range } = c.options!;
  let text = '';
  const columns = process.env['COLUMNS'];
  process.env['COLUMNS'] = '240';
  try {
    model.summary({
      lineLength: line_length,
      positions,
      expandNested: expand_nested,
      showTrainable: show_trainable,
      layerRange: layer_range,
      printFn: (printed) => (text = printed),
    });
  } finally {
    if (columns === undefined) delete process.env['COLUMNS'];
    else process.env['COLUMNS'] = columns;
  }
  expect(text).toBe(c.text);
});
