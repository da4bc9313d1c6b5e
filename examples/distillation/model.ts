import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

/** The large network; it gives logits. */
export const makeTeacher = (): keras.Sequential =>
  new keras.Sequential(
    [
      keras.Input({ shape: [8, 8, 1] }),
      new layers.Conv2D({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new layers.Conv2D({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new layers.MaxPooling2D({ poolSize: 2 }),
      new layers.Conv2D({ filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new layers.Flatten(),
      new layers.Dropout({ rate: 0.5 }),
      new layers.Dense({ units: 10 }),
    ],
    { name: 'teacher' },
  );

/** The small network that is to take the large one's place. */
export const makeStudent = (): keras.Sequential =>
  new keras.Sequential(
    [
      keras.Input({ shape: [8, 8, 1] }),
      new layers.Conv2D({ filters: 12, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      new layers.Conv2D({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      new layers.Flatten(),
      new layers.Dense({ units: 10 }),
    ],
    { name: 'student' },
  );

/** By which logits are divided before they are compared: it brings out what is unlikely. */
export const temperature = 3;

/** Trains the student to give what the teacher gives; labels count nothing. */
export const makeDistiller = (teacher: keras.Model, student: keras.Model): keras.distillation.Distiller =>
  new keras.distillation.Distiller({
    teacher,
    student,
    distillationLosses: new keras.distillation.LogitsDistillation({
      temperature,
      loss: new keras.losses.KLDivergence(),
    }),
    studentLossWeight: 0,
  });
