/** Which layer records an equation, and whether it computes the layer's gradients. */
export interface Scope {
  /** Names of the layers being called, outermost first, with `/` between; else `:loss`, `:metrics` or `:optimizer`. */
  readonly path: string;
  /** Whether they compute the gradients of the layer instead of its outputs. */
  readonly isBackward: boolean;
}

let current: Scope | undefined;
export const currentScope = (): Scope | undefined => current;

/** Runs `f`; the equations that it records come from there. */
export function inScope<R>(scope: Scope | undefined, f: () => R): R {
  const before = current;
  current = scope;
  try {
    return f();
  } finally {
    current = before;
  }
}
