import { graphOf } from './functional/graph-of.ts';
import { Model } from './model.ts';

/** A model with a graph within another model; undefined for other operations. */
export const nestedModel = (operation: unknown): Model<any> | undefined =>
  operation instanceof Model && graphOf(operation) ? operation : undefined;
