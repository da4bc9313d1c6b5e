import { type Axis, type Expr, load } from '../ir/expr.ts';
import { type Stmt, when } from '../ir/loops.ts';

/** Replaces the indices of axes in expressions. */
export function substitution(index: ReadonlyMap<Axis, Expr>): (e: Expr) => Expr {
  const known = new Map<Expr, Expr>();
  const substitute = (e: Expr): Expr => {
    let result = known.get(e);
    if (result) return result;
    if (e.op === 'index') result = index.get(e.axis) ?? e;
    else if (e.op === 'load') result = load(e.from, e.index.map(substitute));
    else if (e.op === 'apply') result = { ...e, args: e.args.map(substitute) };
    else result = e;
    known.set(e, result);
    return result;
  };
  return substitute;
}

/** The statements with each of their expressions replaced. */
export function mapExpressions(body: readonly Stmt[], f: (e: Expr) => Expr): Stmt[] {
  return body.map((s): Stmt => {
    switch (s.op) {
      case 'for':
        return { ...s, body: mapExpressions(s.body, f) };
      case 'while':
        return { ...s, condition: f(s.condition), body: mapExpressions(s.body, f) };
      case 'if':
        return when(f(s.condition), mapExpressions(s.then, f), mapExpressions(s.otherwise, f));
      case 'store':
        return { ...s, index: s.index.map(f), value: f(s.value) };
      default:
        return { ...s, value: f(s.value) };
    }
  });
}
