/**
 * Forecasts tomorrow's temperature from the last two weeks. Run it with `npm run example weather`, in the root of the repository.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { makeForecaster } from './model.ts';
import { loadWeather, windows } from './weather.ts';

const out = 'out/weather';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const weather = await loadWeather('examples/data/seattle-weather.csv');
const length = 14;
// Three years to learn from, of which the last months decide when to stop; the fourth year is the test.
const [learnt, chosen] = [920, 1096];
const training = windows(weather, { length, to: learnt, shuffle: true });
const validation = windows(weather, { length, from: learnt, to: chosen });
const test = windows(weather, { length, from: chosen - length });

const normalization = new layers.Normalization();
normalization.adapt(ops.slice(weather.days, [0, 0], [learnt, 6]));
const model = makeForecaster(length, normalization);
model.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 2e-3 }), loss: 'huber', metrics: ['mae'] });
await model.fit(training, undefined, {
  epochs: 60,
  validationData: validation,
  callbacks: [new keras.callbacks.EarlyStopping({ patience: 10, restoreBestWeights: true })],
  verbose: 2,
});

const { mae } = (await model.evaluate(test, undefined, { verbose: 0, returnDict: true })) as Record<string, number>;
const changes = Array.from(await ((await model.predict(test)) as keras.Tensor).data(), Number);
const highs = Array.from(await weather.highs.data(), Number);
const days = changes.map((_, k) => chosen + k);
const mean = (errors: number[]): number => errors.reduce((sum, e) => sum + Math.abs(e), 0) / errors.length;
console.log(`${days.length} days: the model errs by ${mae!.toFixed(2)} °C`);
console.log(`tomorrow as today: ${mean(days.map((d) => highs[d]! - highs[d - 1]!)).toFixed(2)} °C`);
console.log(`as on that day of the years before: ${mean(days.map((d) => highs[d]! - usual(d))).toFixed(2)} °C`);
/** The mean of the days around this one in earlier years. */
function usual(day: number): number {
  const around = [1, 2, 3].flatMap((years) => [-7, -3, 0, 3, 7].map((k) => highs[day - 365 * years + k] ?? Number.NaN));
  const known = around.filter((x) => !Number.isNaN(x));
  return known.reduce((sum, x) => sum + x, 0) / known.length;
}

const foretold = days.map((d, k) => highs[d - 1]! + changes[k]!);
const measured = days.map((d) => highs[d]!);
const [from, to] = [150, 240];
const summer = { x: days.slice(from, to).map((d) => new Date(Date.UTC(2012, 0, 1 + d))) };
await keras.visualization.plotLines(
  [
    { ...summer, y: measured.slice(from, to), name: 'measured', color: '#8c959f' },
    { ...summer, y: foretold.slice(from, to), name: 'foretold the day before', color: '#d1402f' },
  ],
  { yLabel: 'Highest temperature in °C', title: 'Seattle in summer', toFile: `${out}/forecast.png` },
);
console.log(`The picture is ${out}/forecast.png.`);
