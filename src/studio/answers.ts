import type { Model } from '../models/index.ts';
import { loadModel } from '../models/index.ts';
import { activationsOf } from './activations.ts';
import { compareModels } from './compare.ts';
import { compiledStep } from './compiled-step.ts';
import type { Answering } from './hub.ts';
import { weightAt, weightValues } from './weights.ts';

/** The questions about a model that can be answered. */
export const modelAnswers = (model: () => Model<any>): Answering => ({
  weight: ({ path }) => weightValues(weightAt(model(), path)),
  step: ({ timed, batch }) => compiledStep(model(), timed, batch),
  feed: async (feed) => ({ activations: await activationsOf(model(), feed) }),
  compare: async ({ file }) => compareModels(model(), await loadModel<Model<any>>(file, { compile: false })),
});
