import type { Expr } from '../ir/expr.ts';
import { type Stmt, when } from '../ir/loops.ts';

/** The expressions directly in a statement. */
export function expressionsOf(s: Stmt): readonly Expr[] {
  switch (s.op) {
    case 'for':
      return [];
    case 'while':
    case 'if':
      return [s.condition];
    case 'store':
      return [...s.index, s.value];
    default:
      return [s.value];
  }
}

/** The lists of statements inside a statement. */
export function bodiesOf(s: Stmt): readonly (readonly Stmt[])[] {
  if (s.op === 'for' || s.op === 'while') return [s.body];
  return s.op === 'if' ? [s.then, s.otherwise] : [];
}

/** The statements with `f` applied to each of their expressions. */
export function mapStatements(list: readonly Stmt[], f: (e: Expr) => Expr): readonly Stmt[] {
  return list.map((s): Stmt => {
    switch (s.op) {
      case 'for':
        return { ...s, body: mapStatements(s.body, f) };
      case 'while':
        return { ...s, condition: f(s.condition), body: mapStatements(s.body, f) };
      case 'if':
        return when(f(s.condition), mapStatements(s.then, f), mapStatements(s.otherwise, f));
      case 'store':
        return { ...s, index: s.index.map(f), value: f(s.value) };
      default:
        return { ...s, value: f(s.value) };
    }
  });
}

/** Calls `f` for each statement, outer ones first. */
export function eachStatement(list: readonly Stmt[], f: (s: Stmt) => void): void {
  for (const s of list) {
    f(s);
    for (const body of bodiesOf(s)) eachStatement(body, f);
  }
}
