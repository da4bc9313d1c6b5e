import type { Axis, Expr, Local, Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import type { Program } from '../../ir/program.ts';
import { showAval, type Tensor } from '../../ir/tensor.ts';

// Programs and the loops of plans as text.

const letters = (n: number): string => (n < 26 ? String.fromCharCode(97 + n) : `t${n}`);

/** A program as text, one line per equation. */
export function programText({ name, inputs, equations, outputs }: Program): string {
  const names = new Map<Tensor, string>();
  const nameOf = (t: Tensor): string => {
    if (!names.has(t)) names.set(t, letters(names.size));
    return names.get(t)!;
  };
  const named = (t: Tensor): string => `${nameOf(t)}: ${showAval(t)}`;
  const attrsOf = (attrs: unknown): string => {
    const text = JSON.stringify(attrs) ?? '{}';
    return text === '{}' ? '' : ` ${text.replaceAll('"', '')}`;
  };
  return [
    `${name}(${inputs.map(named).join(', ')})`,
    ...equations.map(({ rule, inputs: operands, attrs, outputs: results }) => {
      const words = [rule.name, ...operands.map(nameOf)].join(' ');
      return `  ${results.map(named).join(', ')} = ${words}${attrsOf(attrs)}`;
    }),
    `  gives ${outputs.map(nameOf).join(', ')}`,
  ].join('\n');
}

const infix: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
  ne: '!=',
  and: '&',
  or: '|',
};

/**
 * Statements of a kernel as text, one line each. Loop axes are called `i`; mutable scalars keep their names, with a
 * number.
 */
export function statementsText(list: readonly Stmt[]): string {
  const lines: string[] = [];
  const axes = new Map<Axis, string>();
  const locals = new Map<Local, string>();
  const name = <K extends object>(known: Map<K, string>, key: K, word: string): string => {
    if (!known.has(key)) known.set(key, `${word}${known.size}`);
    return known.get(key)!;
  };
  const local = (l: Local): string => name(locals, l, l.name);
  const place = (region: Region, index: readonly Expr[]): string =>
    `${region.name}[${index.map((e) => bare(text(e))).join(', ')}]`;
  const text = (e: Expr): string => {
    switch (e.op) {
      case 'const':
        return `${e.value}`;
      case 'index':
        return name(axes, e.axis, 'i');
      case 'local':
        return local(e.local);
      case 'load':
        return place(e.from, e.index);
      case 'reduce':
        return `${e.combine}(${bare(text(e.body))})`;
      case 'apply': {
        const args = e.args.map(text);
        if (infix[e.f] && args.length === 2) return `(${args[0]} ${infix[e.f]} ${args[1]})`;
        return e.f === 'select' ? `(${args[0]} ? ${args[1]} : ${args[2]})` : `${e.f}(${args.map(bare).join(', ')})`;
      }
    }
  };
  const write = (body: readonly Stmt[], indent: string): void => {
    const line = (words: string): void => {
      lines.push(`${indent}${words}`);
    };
    for (const s of body)
      switch (s.op) {
        case 'for': {
          const share = s.share === undefined ? '' : `, dealt out by ${s.share}`;
          line(`for ${name(axes, s.axis, 'i')} < ${s.axis.size}${s.mode === 'serial' ? '' : ` ${s.mode}`}${share}`);
          write(s.body, `${indent}  `);
          break;
        }
        case 'while':
          line(`while ${bare(text(s.condition))}`);
          write(s.body, `${indent}  `);
          break;
        case 'if':
          line(`if ${bare(text(s.condition))}`);
          write(s.then, `${indent}  `);
          if (s.otherwise.length > 0) {
            line('else');
            write(s.otherwise, `${indent}  `);
          }
          break;
        case 'set':
          line(`${local(s.local)} = ${bare(text(s.value))}`);
          break;
        case 'accumulate':
          line(`${local(s.local)} ${s.combine}= ${bare(text(s.value))}`);
          break;
        case 'store':
          line(`${place(s.to, s.index)} ${s.combine ?? ''}= ${bare(text(s.value))}`);
      }
  };
  write(list, '');
  return lines.join('\n');
}

/** Without parentheses around the whole. */
function bare(text: string): string {
  let depth = 0;
  for (let k = 0; k < text.length - 1; k++) {
    depth += text[k] === '(' ? 1 : text[k] === ')' ? -1 : 0;
    if (depth === 0) return text;
  }
  return text.length > 1 ? text.slice(1, -1) : text;
}
