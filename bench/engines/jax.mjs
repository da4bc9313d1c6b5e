import * as jax from '@jax-js/jax';

await jax.init('wasm');
jax.defaultDevice('wasm');

/** jax-js on WebAssembly: SIMD, and in Node (which has no Web Workers) one thread only. */
export const engine = jax;
