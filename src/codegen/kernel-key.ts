import type { Axis, Expr, Region } from '../ir/expr.ts';
import type { Stmt } from '../ir/loops.ts';

/**
 * A key for a kernel's statements, in which axes, locals and regions are numbered by first appearance: kernels with
 * equal keys do the same to the regions listed. Axes that are not bound by a loop inside (`free`) are numbered first,
 * because each has a meaning outside.
 */
export function describeKernel(body: readonly Stmt[], free: readonly Axis[] = []): { key: string; regions: Region[] } {
  const text: string[] = [];
  const numbers = new Map<object, number>(free.map((axis, k) => [axis, k]));
  const regions: Region[] = [];
  const written = new Map<Expr, number>();
  const number = (thing: object, describe: () => string): string => {
    const known = numbers.get(thing);
    if (known !== undefined) return `#${known}`;
    numbers.set(thing, numbers.size);
    return `#${numbers.size - 1}=${describe()}`;
  };
  const region = (r: Region): string =>
    number(r, () => {
      regions.push(r);
      return r.dtype;
    });
  // A single index is a position, whatever the shape.
  const place = (r: Region, index: readonly Expr[]): string =>
    `${region(r)}${index.length === 1 ? '' : `(${r.shape.join()})`}[${index.map(expr).join()}]`;
  const expr = (e: Expr): string => {
    const known = written.get(e);
    if (known !== undefined) return `$${known}`;
    const result = spell(e);
    if (e.op === 'const') return result;
    written.set(e, written.size);
    return result;
  };
  const spell = (e: Expr): string => {
    switch (e.op) {
      case 'const':
        return `${e.type}:${Object.is(e.value, -0) ? '-0' : e.value}`;
      case 'index':
        return number(e.axis, () => `axis ${e.axis.size}`);
      case 'local':
        return number(e.local, () => e.type);
      case 'load':
        return place(e.from, e.index);
      case 'apply':
        return `${e.f}:${e.type}(${e.args.map(expr).join()})`;
      case 'reduce':
        return `reduce ${expr(e.body)}`;
    }
  };
  const list = (statements: readonly Stmt[]): void => {
    text.push('{');
    statements.forEach(statement);
    text.push('}');
  };
  const statement = (s: Stmt): void => {
    switch (s.op) {
      case 'for':
        text.push(`${s.mode}${s.share ?? ''} ${number(s.axis, () => `axis ${s.axis.size}`)}`);
        list(s.body);
        break;
      case 'while':
        text.push(`while ${expr(s.condition)}`);
        list(s.body);
        break;
      case 'if':
        text.push(`if ${expr(s.condition)}`);
        list(s.then);
        list(s.otherwise);
        break;
      case 'set':
        text.push(`${number(s.local, () => s.local.type)}=${expr(s.value)}`);
        break;
      case 'accumulate':
        text.push(`${number(s.local, () => s.local.type)} ${s.combine}=${expr(s.value)}`);
        break;
      case 'store':
        text.push(`${place(s.to, s.index)} ${s.combine ?? ''}=${expr(s.value)}`);
    }
  };
  list(body);
  return { key: [...free.map(({ size }) => size), ...text].join(';'), regions };
}
