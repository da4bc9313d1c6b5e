export * from '../layers/index.ts';
export * from '../layers/preprocessing/index.ts';
