export { categorical } from './categorical.ts';
export { type DropoutOptions, dropout } from './dropout.ts';
export { defaultSeed, nextPermutation, setRandomSeed } from './global-seed.ts';
export { type NormalOptions, normal, truncatedNormal } from './normal.ts';
export { randint } from './randint.ts';
export { drawKey, forgetGlobalSeed, globalSeedState, type Seed, SeedGenerator } from './seed-generator.ts';
export { type DrawOptions, type UniformOptions, uniform } from './uniform.ts';
