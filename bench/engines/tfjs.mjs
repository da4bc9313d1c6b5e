import { createRequire } from 'node:module';

// Its Node build is CommonJS, and prints advice when it starts.
const require = createRequire(import.meta.url);
const { info, warn } = console;
console.info = console.warn = () => {};
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');
await tf.setBackend('wasm');
await tf.ready();
Object.assign(console, { info, warn });

/** TensorFlow.js on its WASM backend: SIMD, and in Node one thread only. */
export const engine = tf;
