import type { Expr } from '../ir/expr.ts';
import type { ScalarOp } from '../ir/scalar.ts';
import { partsOf } from './algebra.ts';

const weights: Partial<Record<ScalarOp, number>> = {
  select: 1,
  convert: 1,
  div: 4,
  rem: 8,
  sqrt: 4,
  rsqrt: 5,
  pow: 30,
  atan2: 30,
  exp: 10,
  expm1: 14,
  log: 12,
  log1p: 14,
  logistic: 14,
  sin: 16,
  cos: 16,
  tan: 20,
  asin: 20,
  acos: 20,
  atan: 20,
  sinh: 16,
  cosh: 16,
  tanh: 14,
  asinh: 20,
  acosh: 20,
  atanh: 20,
  erf: 16,
  erfinv: 24,
  lgamma: 60,
  digamma: 40,
};

/**
 * The arithmetic needed for one value, in additions; index arithmetic is free, and shared subexpressions count once.
 */
export function costOf(e: Expr): number {
  const seen = new Set<Expr>();
  let sum = 0;
  const visit = (x: Expr): void => {
    if (seen.has(x)) return;
    seen.add(x);
    if (x.op === 'load') return;
    if (x.op === 'apply') sum += x.type === 'i32' ? 0.25 : (weights[x.f] ?? 1);
    for (const part of partsOf(x)) visit(part);
  };
  visit(e);
  return sum;
}

/** The loads in an expression, each once. */
export function loadsOf(e: Expr): (Expr & { op: 'load' })[] {
  const seen = new Set<Expr>();
  const loads: (Expr & { op: 'load' })[] = [];
  const visit = (x: Expr): void => {
    if (seen.has(x)) return;
    seen.add(x);
    if (x.op === 'load') loads.push(x);
    for (const part of partsOf(x)) visit(part);
  };
  visit(e);
  return loads;
}

/** The outermost reductions in an expression, each once. */
export function reductionsOf(e: Expr): (Expr & { op: 'reduce' })[] {
  const seen = new Set<Expr>();
  const found: (Expr & { op: 'reduce' })[] = [];
  const visit = (x: Expr): void => {
    if (seen.has(x)) return;
    seen.add(x);
    if (x.op === 'reduce') found.push(x);
    else for (const part of partsOf(x)) visit(part);
  };
  visit(e);
  return found;
}
