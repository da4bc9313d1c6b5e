import { createRequire } from 'node:module';

// Its Node builds are CommonJS, and print advice when they start.
const require = createRequire(import.meta.url);
const { info, warn } = console;
console.info = console.warn = () => {};
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-webgpu');
if (!(await tf.setBackend('webgpu'))) throw new Error('its WebGPU backend finds no GPU');
await tf.ready();
Object.assign(console, { info, warn });

export const engine = tf;
/** It gathers commands; this hands them over. */
export const flush = () => {
  const backend = tf.backend();
  if (backend.commandEncoder) backend.submitQueue();
};
