import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

/** The large network; it returns logits. */
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

/** The small network that replaces the large one. */
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

/** Divides logits before they are compared, which emphasises unlikely classes. */
export const temperature = 3;

/** Trains the student to match the teacher; labels are not used. */
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
