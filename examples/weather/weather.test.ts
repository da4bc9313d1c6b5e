import { fileURLToPath } from 'node:url';
import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { makeForecaster } from './model.ts';
import { loadWeather, windows } from './weather.ts';

const file = fileURLToPath(new URL('../data/seattle-weather.csv', import.meta.url));

test('windows of days stand beside how much warmer the next day is', async () => {
  const weather = await loadWeather(file);
  expect(weather.days.shape).toEqual([1461, 6]);
  const highs = Array.from(weather.highs.dataSync());
  let day = 100;
  for await (const [x, y] of windows(weather, { length: 5, from: 96, to: 300 })) {
    const [last, changes] = [x.dataSync(), y.dataSync()];
    for (let n = 0; n < x.shape[0]!; n++, day++) {
      expect(last[(n * 5 + 4) * 6]).toBe(highs[day]);
      expect(changes[n]).toBeCloseTo(highs[day + 1]! - highs[day]!, 4);
    }
  }
  // The last day is foretold, but stands in no window.
  expect(day).toBe(299);
});

test('a network errs less than who says that tomorrow is as today', async () => {
  keras.utils.setRandomSeed(7);
  const weather = await loadWeather(file);
  const length = 7;
  const normalization = new layers.Normalization();
  normalization.adapt(ops.slice(weather.days, [0, 0], [1096, 6]));
  const model = makeForecaster(length, normalization);
  model.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 4e-3 }), loss: 'huber', metrics: ['mae'] });
  await model.fit(windows(weather, { length, to: 1096, shuffle: true }), undefined, { epochs: 12, verbose: 0 });
  const test = windows(weather, { length, from: 1096 - length });
  const { mae } = (await model.evaluate(test, undefined, { verbose: 0, returnDict: true })) as Record<string, number>;
  expect(mae).toBeLessThan(2.22);
});
