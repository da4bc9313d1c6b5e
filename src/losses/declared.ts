import { type SnakeCase, snakeCase } from '../base/case.ts';
import { isClass } from '../base/registry/identify.ts';
import type { SerializableClass } from '../base/registry/serialize.ts';
import { table } from '../base/table.ts';
import * as circles from './circle.ts';
import * as ctcs from './ctc.ts';
import * as hinges from './hinge.ts';
import type { Loss } from './loss.ts';
import * as overlaps from './overlap.ts';
import * as probabilistic from './probabilistic.ts';
import * as regression from './regression.ts';

// A function that needs more than labels and predictions has no name of its own.
const { categoricalGeneralizedCrossEntropy: _, ...ofProbabilities } = probabilistic;
const declared = { ...ofProbabilities, ...regression, ...hinges, ...overlaps, ...circles, ...ctcs };
type Declared = typeof declared;
type FunctionName = {
  [K in keyof Declared]: Declared[K] extends { readonly opName: string } ? K : never;
}[keyof Declared];

/** The loss classes: everything these files export. */
export const lossClasses: readonly SerializableClass<Loss>[] = Object.values<unknown>(declared).filter(isClass);
/** The functions by the names that configs and `compile` use. */
export const lossFunctions = table(
  Object.fromEntries(Object.entries(declared).flatMap(([name, f]) => (isClass(f) ? [] : [[snakeCase(name), f]]))) as {
    readonly [K in FunctionName as SnakeCase<K>]: Declared[K];
  },
);
