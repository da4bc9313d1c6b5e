import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { stepBothWays } from '../../test/step-both-ways.ts';
import { type Labelled, loadData, only } from '../data/load-data.ts';
import { makeDistiller, makeStudent, makeTeacher } from './model.ts';

const [[x, y], [xTest, yTest]] = loadData();
const part = (t: keras.Tensor, to: number): keras.Tensor => ops.getItem(t, { slice: [0, to] });
const few: Labelled = [part(x, 500), part(y, 500)];
const loss = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
const adam = (learningRate: number) => new keras.optimizers.Adam({ learningRate });

test('a student that never saw a three reads some when a teacher told it what others look like', async () => {
  keras.utils.setRandomSeed(3);
  const teacher = makeTeacher();
  teacher.compile({ optimizer: adam(3e-3), loss });
  await teacher.fit(...few, { epochs: 6, batchSize: 50, verbose: 0 });
  const weights = teacher.getWeights().map((w) => [...w.dataSync()]);

  const shown = await only(few, (digit) => digit !== 3);
  expect([...shown[1].dataSync()].map(Number)).not.toContain(3);
  const threes = await only([xTest, yTest], (digit) => digit === 3);
  const readAsThrees = async (model: keras.Model): Promise<number> => {
    const read = ops.argmax(await model.predict(threes[0], { verbose: 0 }), { axis: 1 });
    return [...read.dataSync()].filter((digit) => Number(digit) === 3).length / threes[1].shape[0]!;
  };
  const alone = makeStudent();
  alone.compile({ optimizer: adam(5e-3), loss });
  await alone.fit(...shown, { epochs: 10, batchSize: 50, verbose: 0 });
  const student = makeStudent();
  const distiller = makeDistiller(teacher, student);
  distiller.compile({ optimizer: adam(5e-3), loss });
  const { history } = await distiller.fit(...shown, { epochs: 25, batchSize: 50, verbose: 0 });

  const losses = history['distillation_loss']!.map(Number);
  expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
  expect(teacher.getWeights().map((w) => [...w.dataSync()])).toEqual(weights);
  expect(await readAsThrees(alone)).toBe(0);
  expect(await readAsThrees(student)).toBeGreaterThan(0.1);
});

test('a step moves the student, compiled as op by op', () =>
  stepBothWays(
    (runEagerly) => {
      const student = makeStudent();
      const distiller = makeDistiller(makeTeacher(), student);
      distiller.compile({ optimizer: 'adam', loss, runEagerly });
      return { model: distiller, moves: [student] };
    },
    part(x, 64),
    part(y, 64),
  ));
