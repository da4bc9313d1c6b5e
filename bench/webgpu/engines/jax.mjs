import * as jax from '@jax-js/jax';

const devices = await jax.init();
if (!devices.includes('webgpu')) throw new Error(`it finds no GPU, only ${devices}`);
jax.defaultDevice('webgpu');

export const engine = jax;
