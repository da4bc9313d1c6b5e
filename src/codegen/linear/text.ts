import type { LinearCode, Register, Statement, Value } from './ir.ts';

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
  xor: '^',
  shiftLeft: '<<',
  shiftRight: '>>',
  shiftRightLogical: '>>>',
};

/**
 * Register code as text, one line per statement. Registers are numbered by kind: `v` vectors, `m` masks, `p` addresses,
 * `f`, `d`, `i`, `u` and `b` scalars. A constant or element in all lanes is written in angle brackets.
 */
export function linearText({ params, body }: LinearCode): string {
  const names = new Names();
  const lines = [`(${params.map((p) => names.of(p)).join(', ')})`];
  write(body, names, '  ', lines);
  return lines.join('\n');
}

class Names {
  private readonly known = new Map<Register, string>();
  private readonly counts = new Map<string, number>();

  of(register: Register): string {
    let name = this.known.get(register);
    if (!name) {
      const { type, lanes } = register;
      const scalar = { address: 'p', f32: 'f', f64: 'd', i32: 'i', u32: 'u', bool: 'b' }[type];
      const kind = lanes === 1 ? scalar : type === 'bool' ? 'm' : 'v';
      const count = this.counts.get(kind) ?? 0;
      this.counts.set(kind, count + 1);
      this.known.set(register, (name = `${kind}${count}`));
    }
    return name;
  }
}

function write(list: readonly Statement[], names: Names, indent: string, lines: string[]): void {
  const text = (x: Value): string => textOf(x, names);
  const line = (words: string): void => {
    lines.push(`${indent}${words}`);
  };
  const block = (inner: readonly Statement[]): void => write(inner, names, `${indent}  `, lines);
  for (const s of list)
    switch (s.op) {
      case 'let':
      case 'set': {
        const name = names.of(s.register);
        line(`${s.op === 'let' ? 'let ' : ''}${name}${s.value ? ` = ${bare(text(s.value))}` : ''}`);
        break;
      }
      case 'store':
      case 'scatter':
        line(`${placeOf(s, s.value.lanes, names)} ${s.combine ?? ''}= ${bare(text(s.value))}`);
        break;
      case 'if':
        line(`if ${bare(text(s.condition))}`);
        block(s.then);
        if (s.otherwise.length > 0) {
          line('else');
          block(s.otherwise);
        }
        break;
      case 'block':
        line('block');
        block(s.body);
        break;
      case 'loop': {
        line('loop');
        block(s.body);
        const moves = s.pointers.map(([pointer, bytes]) => `${names.of(pointer)} += ${bytes}`);
        const counter = names.of(s.counter);
        line(
          [`again: ${[...moves, `${counter} += ${s.step}`].join(', ')}`, `while ${counter} < ${text(s.to)}`].join(' '),
        );
        break;
      }
      case 'while':
        line('while');
        block(s.test);
        line(`holds ${bare(text(s.condition))}`);
        block(s.body);
        break;
      case 'part':
        line(`let ${names.of(s.from)}, ${names.of(s.to)} = this worker's part of ${s.units}`);
    }
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

function textOf(x: Value, names: Names): string {
  const text = (y: Value): string => textOf(y, names);
  switch (x.op) {
    case 'register':
      return names.of(x);
    case 'const': {
      const number = x.type === 'f32' ? `${+Math.fround(x.value).toPrecision(9)}` : `${x.value}`;
      return x.lanes > 1 ? `<${number}>` : number;
    }
    case 'series':
      return `<${x.first} ${x.first + x.step} …>`;
    case 'apply': {
      const args = x.args.map(text);
      if (infix[x.f] && args.length === 2) return `(${args[0]} ${infix[x.f]} ${args[1]})`;
      if (x.f === 'select') return `(${args[0]} ? ${args[1]} : ${args[2]})`;
      return `${x.f === 'convert' || x.f === 'reinterpret' ? `${x.f} ${x.type}` : x.f}(${args.map(bare).join(', ')})`;
    }
    case 'load':
    case 'gather':
      return placeOf(x, x.lanes, names);
    case 'splat':
      return `<${bare(text(x.x))}>`;
    case 'across':
      return `${x.combine} across ${text(x.x)}`;
    case 'move':
      return `(${text(x.base)} + ${x.scale === 1 ? text(x.index) : `${text(x.index)} * ${x.scale}`})`;
  }
}

function placeOf(
  x: (Value | Statement) & { op: 'load' | 'gather' | 'store' | 'scatter' },
  lanes: number,
  names: Names,
) {
  const at = `${bare(textOf(x.address, names))}${x.offset > 0 ? ` + ${x.offset}` : ''}`;
  const many = lanes > 1 ? ` x${lanes}` : '';
  if (x.op === 'gather' || x.op === 'scatter') return `${x.dtype}${many}[${at} by ${textOf(x.indices, names)}]`;
  return `${x.dtype}${many}[${at}${lanes > 1 ? ` by ${x.stride}` : ''}]`;
}
