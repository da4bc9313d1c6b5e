import type { Expr } from '../ir/expr.ts';

/** `constant + Σ coefficient · term` over integers; terms are axes' indices and whatever is not linear. */
export interface Linear {
  readonly constant: number;
  readonly terms: ReadonlyMap<Expr, number>;
}

const none: ReadonlyMap<Expr, number> = new Map();
export const constantForm = (constant: number): Linear => ({ constant, terms: none });
export const termForm = (term: Expr): Linear => ({ constant: 0, terms: new Map([[term, 1]]) });

/** `a + factor · b`; coefficients wrap at 32 bits, like the arithmetic they represent. */
export function addForms(a: Linear, b: Linear, factor = 1): Linear {
  const constant = (a.constant + Math.imul(b.constant, factor)) | 0;
  if (b.terms.size === 0) return { constant, terms: a.terms };
  const terms = new Map(a.terms);
  for (const [x, c] of b.terms) {
    const sum = ((terms.get(x) ?? 0) + Math.imul(c, factor)) | 0;
    if (sum === 0) terms.delete(x);
    else terms.set(x, sum);
  }
  return { constant, terms };
}

/** The constant or term of a form that consists of nothing else. */
export const onlyTerm = ({ constant, terms }: Linear): Expr | undefined => {
  if (constant !== 0 || terms.size !== 1) return undefined;
  const [[x, c]] = [...terms] as [[Expr, number]];
  return c === 1 ? x : undefined;
};
