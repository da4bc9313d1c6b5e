import { Layer } from '../../layers/layer/layer.ts';
import { Optimizer } from '../../optimizers/index.ts';
import type { Like, Tensor } from '../../tensor/index.ts';

interface Storing {
  saveOwnVariables(store: Record<string, Tensor>): void;
  loadOwnVariables(store: Readonly<Record<string, Like>>): void;
}
const bases: readonly Storing[] = [Layer.prototype as Storing, Optimizer.prototype];

/** The object, if its class implements the named method for storing its own state. */
export const storing = (object: object, method: keyof Storing): Storing | undefined => {
  const own = (object as Partial<Storing>)[method];
  return own !== undefined && bases.every((base) => base[method] !== own) ? (object as Storing) : undefined;
};
