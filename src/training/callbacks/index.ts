export { Callback, type CallbackLogs, type CallbackModel, type CallbackParams } from './callback.ts';
export { CallbackList } from './callback-list.ts';
export { EarlyStopping, type EarlyStoppingOptions } from './early-stopping.ts';
export { History } from './history.ts';
export { LambdaCallback } from './lambda-callback.ts';
export { LearningRateScheduler } from './learning-rate-scheduler.ts';
export { ModelCheckpoint, type ModelCheckpointOptions } from './model-checkpoint.ts';
export { ProgbarLogger } from './progbar-logger.ts';
