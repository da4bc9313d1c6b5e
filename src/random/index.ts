export { binomial } from './binomial.ts';
export { categorical } from './categorical.ts';
export { type DropoutOptions, dropout } from './dropout.ts';
export { beta, gamma } from './gamma.ts';
export { type NormalOptions, normal, truncatedNormal } from './normal.ts';
export { randint } from './randint.ts';
export { type Seed, SeedGenerator } from './seed-generator.ts';
export { shuffle } from './shuffle.ts';
export { type DrawOptions, type UniformOptions, uniform } from './uniform.ts';
