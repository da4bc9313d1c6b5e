import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tensor } from '../tensor/index.ts';
import { History } from '../training/callbacks/history.ts';
import { linearScale, logScale, timeScale } from './chart/scale.ts';
import { plotConfusionMatrix, plotHistory, plotLines } from './pictures.ts';

const folder = mkdtempSync(join(tmpdir(), 'charts-'));
/** The picture that a function draws into a file. */
async function drawn(draw: (options: { toFile: string }) => Promise<Uint8Array>): Promise<string> {
  const toFile = join(folder, 'chart.svg');
  await draw({ toFile });
  return readFileSync(toFile, 'utf8');
}
const labels = ({ ticks }: { ticks: readonly { label: string }[] }): string =>
  ticks.map(({ label }) => label).join(' ');
const count = (text: string, part: string): number => text.split(part).length - 1;

test('numbers along an axis are round, and as exact as their steps', () => {
  expect(labels(linearScale(0.13, 0.98))).toBe('0 0.2 0.4 0.6 0.8 1.0');
  expect(labels(linearScale(-3, 17))).toBe('-5 0 5 10 15 20');
  expect(labels(linearScale(1, 3, { isWhole: true, isFixed: true }))).toBe('1 2 3');
  expect(labels(linearScale(1_000_000, 3_000_000))).toBe('1.0e6 1.5e6 2.0e6 2.5e6 3.0e6');
  expect(labels(linearScale(1e-6, 3e-6))).toBe('1.0e-6 1.5e-6 2.0e-6 2.5e-6 3.0e-6');
  expect(labels(linearScale(2, 2))).toBe('1.8 1.9 2.0 2.1 2.2');
  expect(linearScale(0, 10).place(2.5)).toBe(0.25);
});

test('logarithmic axes have powers of ten, and steps between few', () => {
  expect(labels(logScale(1e-8, 1))).toBe('1e-8 1e-6 0.0001 0.01 1');
  expect(labels(logScale(0.02, 1.5))).toBe('0.03 0.1 0.3 1');
  const scale = logScale(1, 100);
  expect(scale.place(10)).toBeCloseTo(0.5, 12);
  expect([scale.place(0), scale.place(-1)]).toEqual([Number.NaN, Number.NaN]);
});

test('dates have days, months or years', () => {
  expect(labels(timeScale(Date.UTC(2015, 5, 1), Date.UTC(2015, 7, 30)))).toBe('2015-06 2015-07 2015-08');
  expect(labels(timeScale(Date.UTC(2015, 5, 1), Date.UTC(2015, 5, 5)))).toBe(
    '2015-06-01 2015-06-02 2015-06-03 2015-06-04 2015-06-05',
  );
  expect(labels(timeScale(Date.UTC(2015, 5, 1, 9), Date.UTC(2015, 5, 1, 10)))).toBe('09:00 09:15 09:30 09:45 10:00');
  expect(labels(timeScale(Date.UTC(1900, 0, 1), Date.UTC(2000, 0, 1)))).toBe('1900 1920 1940 1960 1980 2000');
});

test('a history has a panel for each loss and metric, validation in the same one', async () => {
  const history = new History();
  for (const [epoch, loss] of [4, 2, 1].entries())
    history.onEpochEnd(epoch, { loss, accuracy: 1 - loss / 8, val_loss: loss + 1, val_accuracy: 0.5 });
  const svg = await drawn((options) => plotHistory(history, options));
  expect(count(svg, '<clipPath')).toBe(2);
  for (const text of ['loss', 'accuracy', 'training', 'validation', 'Epoch']) expect(svg).toContain(`>${text}</text>`);
  expect(svg).not.toContain('val_loss');
  // Two panels of two curves, and the legend.
  expect(count(svg, 'stroke="#4269d0"')).toBe(3);
  // Losses of 4, 2 and 1 on an axis from 1 to 5, over 216 pixels below the title.
  expect(svg).toMatch(/M52\.0 92\.0L229\.0 200\.0 406\.0 254\.0" fill="none" stroke="#4269d0"/);
});

test('several runs have a colour each; validation is dashed; vectors have a line for each place', async () => {
  const runs = { adam: { loss: [1, 0.1, 0.01] }, '<script>sgd': { loss: [2, 1], val_loss: [2, 1.5], f1: [[0, 1]] } };
  const svg = await drawn((options) => plotHistory(runs, { ...options, logScale: ['loss'], title: 'Optimizers' }));
  expect(svg).toContain('>&lt;script&gt;sgd</text>');
  expect(svg).not.toContain('<script');
  expect(count(svg, 'stroke-dasharray')).toBe(2);
  expect(count(svg, '<circle')).toBe(2);
  expect(svg).toContain('>0.01</text>');
  const one = await drawn((options) => plotHistory(runs, { ...options, metrics: ['f1'] }));
  expect(count(one, '<clipPath')).toBe(1);
});

test('what cannot be drawn of a history is said', async () => {
  await expect(plotHistory(new History())).rejects.toThrow('no epoch has ended');
  await expect(plotHistory({ loss: [1] }, { metrics: ['lose'] })).rejects.toThrow('did you mean "loss"?');
  await expect(plotHistory({ loss: [0, -1] }, { logScale: true })).rejects.toThrow('no number above 0');
  await expect(plotHistory({ loss: [1], acc: ['a'] as never })).rejects.toThrow('"acc" holds other things');
  await expect(plotHistory(3 as never)).rejects.toThrow('there is no history');
  await expect(plotHistory({ loss: [1] }, { toFile: 'a.gif' })).rejects.toThrow('".gif" cannot be written');
});

test('counts stand in the cells of a confusion matrix, or shares', async () => {
  const counts = [
    [8, 2],
    [1, 3],
  ];
  const svg = await drawn((options) =>
    plotConfusionMatrix(counts, { ...options, classNames: ['cat', 'a<b"&\x1b[31m'] }),
  );
  expect(svg.match(/>(\d+)<\/text>/g)).toEqual(['>8</text>', '>2</text>', '>1</text>', '>3</text>']);
  expect(svg).toContain('78.6% of 14 are right');
  expect(svg).toContain('>a&lt;b&quot;&amp;\ufffd[31m</text>');
  const shares = async (normalize: 'true' | 'pred' | 'all'): Promise<string[]> =>
    (await drawn((options) => plotConfusionMatrix(counts, { ...options, normalize, title: '' })))
      .match(/[\d.]+%/g)!
      .map((text) => text);
  expect(await shares('true')).toEqual(['80.0%', '20.0%', '25.0%', '75.0%']);
  expect(await shares('pred')).toEqual(['88.9%', '40.0%', '11.1%', '60.0%']);
  expect(await shares('all')).toEqual(['57.1%', '14.3%', '7.1%', '21.4%']);
});

test('labels and predictions are counted, as classes or as scores', async () => {
  const yTrue = [0, 1, 1, 2];
  const scores = [
    [0.9, 0.1, 0],
    [0.2, 0.7, 0.1],
    [0.8, 0.1, 0.1],
    [0, 0, 1],
  ];
  const pictures = await Promise.all(
    [[0, 1, 0, 2], scores].map((yPred) => plotConfusionMatrix({ yTrue, yPred: tensor(yPred) })),
  );
  const direct = await plotConfusionMatrix([
    [1, 0, 0],
    [1, 1, 0],
    [0, 0, 1],
  ]);
  expect(pictures).toEqual([direct, direct]);
  expect(direct.slice(1, 4)).toEqual(new TextEncoder().encode('PNG'));
});

test('wrong counts and labels are named', async () => {
  await expect(plotConfusionMatrix([[1, 2]])).rejects.toThrow('the counts have shape (1, 2)');
  await expect(plotConfusionMatrix([[-1]])).rejects.toThrow('negative');
  await expect(plotConfusionMatrix({ yTrue: [0, 1], yPred: [0] })).rejects.toThrow('yTrue has 2 samples, yPred 1');
  await expect(plotConfusionMatrix({ yTrue: [0], yPred: [0.4] })).rejects.toThrow('ops.greater(p, 0.5)');
  await expect(plotConfusionMatrix({ yTrue: [1e9], yPred: [0] })).rejects.toThrow('classes');
  await expect(plotConfusionMatrix([[1]], { normalize: 'rows' as never })).rejects.toThrow('normalize is "rows"');
});

test('lines have places, styles and a range', async () => {
  const x = [new Date('2015-06-01'), new Date('2015-06-02'), new Date('2015-06-03')];
  const svg = await drawn((options) =>
    plotLines(
      [
        { x, y: [20, Number.NaN, 24], name: 'measured', style: 'points' },
        {
          x,
          y: tensor([21, 22, 23]),
          name: 'foretold',
          style: 'dashed',
          band: { low: [20, 21, 22], high: [22, 23, 24] },
        },
      ],
      { ...options, yLabel: '°C' },
    ),
  );
  expect(svg).toContain('>2015-06-02</text>');
  expect(svg).toContain('fill-opacity="0.18"');
  // Two points in the chart, one in the legend: the gap has none.
  expect(count(svg, '<circle')).toBe(3);
  const plain = await drawn((options) =>
    plotLines({ up: [1, 2, Number.NaN, 3, 4], down: new Float64Array([4, 1]) }, options),
  );
  expect(plain).toMatch(/d="M[\d. L]+M[\d. L]+" fill="none" stroke="#4269d0"/);
});

test('what is no line is refused', async () => {
  await expect(plotLines([])).rejects.toThrow('there are no lines');
  await expect(plotLines([{ y: [1, 2], x: [1] }])).rejects.toThrow('2 values, but 1 numbers in x');
  await expect(plotLines([{ y: [Number.NaN] }])).rejects.toThrow('no number among the values');
  await expect(plotLines([{ y: [1], color: '"/><script>' }])).rejects.toThrow('the colour of line 0');
  await expect(
    plotLines([
      { y: [1], x: [new Date()] },
      { y: [1], x: [0] },
    ]),
  ).rejects.toThrow('line 1 has no dates');
  await expect(plotLines({ a: [1, 2] }, { yRange: [2, 1] })).rejects.toThrow('yRange is [2, 1]');
  await expect(plotLines({ a: [1, 2] }, { width: 1e9 })).rejects.toThrow('width is 1000000000');
  await expect(plotLines({ a: 'text' as never })).rejects.toThrow('y of line 0 is not a list of numbers');
});

test('the name of an axis stands left of the labels of its ticks, however long these are', async () => {
  for (const high of [0.001, 1, 1e6]) {
    const svg = await drawn((options) => plotLines([{ y: [0, high] }], { ...options, yLabel: 'Rate' }));
    const [, name] = /translate\(([\d.]+) [\d.]+\) rotate\(-90\)/.exec(svg)!;
    const ticks = [...svg.matchAll(/<text x="([\d.]+)" y="[\d.]+" text-anchor="end">([^<]*)</g)];
    expect(ticks.length).toBeGreaterThan(1);
    // A digit of 12 pixels is 6.7 wide; the name reaches 4 to the right of its line.
    for (const [, x, label] of ticks)
      expect(Number(name) + 4).toBeLessThanOrEqual(Number(x) - 6.2 * label!.replaceAll('.', '').length);
  }
});
