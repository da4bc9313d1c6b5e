import { optionFromDisk } from '../../base/case.ts';
import { numpyCall } from './numpy.ts';
import type { Expression, Given } from './tree.ts';
import {
  isSpace,
  type Kind,
  keyCode,
  pathCode,
  Refused,
  type Signature,
  signatureOf,
  textCode,
  type Value,
} from './values.ts';

/** What a name in the program refers to. */
export type Bound =
  | { readonly kind: 'value'; readonly value: Value }
  /** A module or something in it: `keras.layers`, `numpy`. */
  | { readonly kind: 'module'; readonly path: string }
  | { readonly kind: 'missing'; readonly line: number }
  | {
      readonly kind: 'own';
      readonly code: string;
      readonly parameters: readonly string[];
      readonly result: Kind;
      readonly isAwaited: boolean;
    };

const tensorOps: Readonly<Record<string, string>> = {
  '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide', '**': 'power', '@': 'matmul', '%': 'mod', '//': 'floorDivide',
  '<': 'less', '<=': 'lessEqual', '>': 'greater', '>=': 'greaterEqual', '==': 'equal', '!=': 'notEqual',
}; // biome-ignore format: by kind
const strengths: Readonly<Record<string, number>> = { '||': 3, '&&': 4, '===': 8, '!==': 8, '<': 9, '>': 9, '<=': 9, '>=': 9, '+': 11, '-': 11, '*': 12, '/': 12, '**': 13 }; // biome-ignore format: by strength
const isTensor = ({ kind }: Value): boolean => kind === 'tensor' || kind === 'symbolic';
export const wrapped = (value: Value, least: number): string =>
  (value.strength ?? 20) < least ? `(${value.code})` : value.code;

/** Translates expressions, in a scope of names. */
export class Expressions {
  readonly names: Map<string, Bound>;
  /** Whether something is awaited: functions must then be async. */
  hasAwait = false;

  constructor(names: Map<string, Bound>) {
    this.names = names;
  }

  value(of: Expression): Value {
    switch (of.kind) {
      case 'number':
        if (/[jJ]$/.test(of.text)) throw new Refused(of.line, 'complex numbers are not translated');
        return { code: of.text.replace(/^0+(?=\d)/, ''), kind: 'number' };
      case 'string':
        return { code: textCode(of.text), kind: 'string' };
      case 'template':
        return { code: `\`${of.parts.map((part) => this.part(part)).join('')}\``, kind: 'string' };
      case 'list':
        return this.list(of.items);
      case 'dict':
        return this.dict(of.entries);
      case 'name':
      case 'attribute':
        return this.named(of);
      case 'index':
        return this.index(of.of, of.at);
      case 'call':
        return this.call(of.of, of.given, of.line);
      case 'unary':
        return this.unary(of.operator, of.of);
      case 'binary':
        return this.binary(of.operator, of.left, of.right, of.line);
      case 'choice': {
        const [test, yes, no] = [of.test, of.yes, of.no].map((each) => this.value(each)) as [Value, Value, Value];
        if (isTensor(test)) throw new Refused(of.line, 'a condition on a tensor: use `ops.where`');
        return { code: `${wrapped(test, 4)} ? ${yes.code} : ${no.code}`, kind: yes.kind, strength: 2 };
      }
      default:
        throw new Refused(of.line, 'slices stand in tensors alone');
    }
  }
  private part(part: string | Expression): string {
    if (typeof part === 'string') return part.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
    const value = this.value(part);
    if (isTensor(value)) throw new Refused(part.line, 'a tensor within a string: read it first, `await x.array()`');
    return `\${${value.code}}`;
  }
  private list(items: readonly Expression[]): Value {
    const values = items.map((item) => this.value(item));
    const isNumbers = values.length > 0 && values.every(({ kind }) => kind === 'number');
    return { code: `[${values.map(({ code }) => code).join(', ')}]`, kind: isNumbers ? 'numbers' : 'list' };
  }
  private dict(entries: readonly (readonly [Expression, Expression])[]): Value {
    const rows = entries.map(([key, value]) => {
      if (key.kind === 'number') return `${key.text}: ${this.value(value).code}`;
      if (key.kind !== 'string') throw new Refused(key.line, 'keys that are computed are not translated');
      return this.entry(key.text, this.value(value));
    });
    return { code: rows.length > 0 ? `{ ${rows.join(', ')} }` : '{}', kind: 'dict' };
  }
  private entry(name: string, value: Value): string {
    return value.code === name ? name : `${keyCode(name)}: ${value.code}`;
  }

  /** The path of a module that an expression names, including attributes. */
  private pathOf(of: Expression): string | undefined {
    if (of.kind === 'name') {
      const bound = this.names.get(of.name);
      return bound?.kind === 'module' ? bound.path : undefined;
    }
    if (of.kind !== 'attribute') return undefined;
    const before = this.pathOf(of.of);
    return before === undefined ? undefined : `${before}.${of.name}`;
  }
  /** The same within Keras, however it was imported. */
  private kerasPath(of: Expression): string | undefined {
    const path = this.pathOf(of);
    return path === undefined ? undefined : /^keras(?:\.|$)/.test(path) ? path.slice(6) : undefined;
  }
  private named(of: Expression & { kind: 'name' | 'attribute' }): Value {
    const path = this.pathOf(of);
    if (path !== undefined) {
      const inside = this.kerasPath(of);
      if (inside === undefined) throw new Refused(of.line, `\`${path}\` has no counterpart`);
      if (isSpace(inside)) throw new Refused(of.line, `\`${path}\` is a module, no value`);
      if (!signatureOf(inside)) throw new Refused(of.line, `Hornbeam has no \`keras.${inside}\``);
      return { code: pathCode(inside), kind: 'function' };
    }
    if (of.kind === 'attribute') return this.member(of);
    const constants: Readonly<Record<string, Value>> = {
      True: { code: 'true', kind: 'boolean' },
      False: { code: 'false', kind: 'boolean' },
      None: { code: 'null', kind: 'none' },
    };
    const constant = constants[of.name];
    if (constant) return constant;
    const bound = this.names.get(of.name);
    if (bound?.kind === 'value') return bound.value;
    if (bound?.kind === 'own') return { code: bound.code, kind: 'function' };
    if (bound?.kind === 'missing')
      throw new Refused(of.line, `\`${of.name}\` is of line ${bound.line}, which was not translated`);
    throw new Refused(of.line, `\`${of.name}\` is not known`);
  }
  private member(of: Expression & { kind: 'attribute' }): Value {
    const owner = this.value(of.of);
    const known: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
      model: { inputs: 'list', outputs: 'list', input: 'symbolic', output: 'symbolic', layers: 'list', trainable: 'boolean', name: 'string', optimizer: 'object', metrics_names: 'list' },
      layer: { input: 'symbolic', output: 'symbolic', trainable: 'boolean', name: 'string', units: 'number' },
      history: { history: 'histories', epoch: 'numbers' },
      tensor: { shape: 'numbers', dtype: 'string' },
      symbolic: { shape: 'numbers', dtype: 'string' },
    }; // biome-ignore format: by owner
    const kind = known[owner.kind]?.[of.name];
    if (kind === undefined) throw new Refused(of.line, `the attribute \`.${of.name}\` is not translated here`);
    const cast =
      (owner.kind === 'model' || owner.kind === 'layer') && kind === 'symbolic' ? ' as keras.KerasTensor' : '';
    const code = `${owner.code}.${optionFromDisk(of.name)}${cast}`;
    return {
      code: owner.kind === 'model' && kind === 'list' && of.name !== 'layers' ? `${code}!` : code,
      kind,
      ...(cast && { strength: 9 }),
    };
  }
  private index(of: Expression, at: Expression): Value {
    const owner = this.value(of);
    if (isTensor(owner)) {
      const keys = (at.kind === 'list' ? at.items : [at]).map((key) => this.key(key));
      const given = keys.length === 1 ? keys[0]! : `[${keys.join(', ')}]`;
      return { code: `ops.getItem(${owner.code}, ${given})`, kind: owner.kind };
    }
    const key = this.value(at);
    if (owner.kind === 'histories' && key.kind === 'string')
      return { code: `${owner.code}[${key.code}]!`, kind: 'numbers' };
    if (key.kind !== 'number' && !(owner.kind === 'dict' && key.kind === 'string'))
      throw new Refused(at.line, 'this index is not translated');
    if (owner.kind === 'numbers' || owner.kind === 'list') {
      const place = key.code.startsWith('-') ? `.at(${key.code})` : `[${key.code}]`;
      return { code: `${wrapped(owner, 18)}${place}!`, kind: owner.kind === 'numbers' ? 'number' : 'unknown' };
    }
    throw new Refused(at.line, 'this index is not translated');
  }
  private key(of: Expression): string {
    if (of.kind === 'ellipsis') return "'...'";
    if (of.kind === 'slice') {
      const ends = of.ends.map((end) => (end ? this.value(end).code : 'null'));
      while (ends.length > 0 && ends.at(-1) === 'null') ends.pop();
      return `{ slice: [${ends.join(', ')}] }`;
    }
    return this.value(of).code;
  }

  private unary(operator: string, of: Expression): Value {
    const value = this.value(of);
    if (isTensor(value) && operator === '-') return { code: `ops.negative(${value.code})`, kind: value.kind };
    if (operator === '!' && value.kind === 'boolean')
      return { code: `!${wrapped(value, 14)}`, kind: 'boolean', strength: 14 };
    if (operator !== '!' && value.kind === 'number')
      return { code: `${operator}${wrapped(value, 14)}`, kind: 'number', strength: 14 };
    throw new Refused(of.line, `\`${operator === '!' ? 'not' : operator}\` of this is not translated`);
  }
  private binary(operator: string, left: Expression, right: Expression, line: number): Value {
    const [a, b] = [this.value(left), this.value(right)];
    const op = tensorOps[operator];
    if (isTensor(a) || isTensor(b)) {
      if (!op) throw new Refused(line, `\`${operator}\` of tensors is not translated`);
      const isSymbolic = a.kind === 'symbolic' || b.kind === 'symbolic';
      return {
        code: `ops.${op}(${a.code}, ${b.code})${isSymbolic ? ' as keras.KerasTensor' : ''}`,
        kind: isSymbolic ? 'symbolic' : 'tensor',
        ...(isSymbolic && { strength: 9 }),
      };
    }
    const same = (kind: Kind): boolean => a.kind === kind && b.kind === kind;
    const made = (js: string, kind: Kind): Value => {
      const strength = strengths[js]!;
      return {
        code: `${wrapped(a, strength + (js === '**' ? 1 : 0))} ${js} ${wrapped(b, strength + (js === '**' ? 0 : 1))}`,
        kind,
        strength,
      };
    };
    if (same('number')) {
      if (operator === '//') return { code: `Math.floor(${wrapped(a, 12)} / ${wrapped(b, 13)})`, kind: 'number' };
      if (['+', '-', '*', '/', '**'].includes(operator)) return made(operator, 'number');
      if (['<', '<=', '>', '>='].includes(operator)) return made(operator, 'boolean');
    }
    if (same('string') && operator === '+') return made('+', 'string');
    if (same('boolean') && (operator === 'and' || operator === 'or'))
      return made(operator === 'and' ? '&&' : '||', 'boolean');
    if (
      (operator === '==' || operator === '!=') &&
      a.kind === b.kind &&
      ['number', 'string', 'boolean'].includes(a.kind)
    )
      return made(operator === '==' ? '===' : '!==', 'boolean');
    throw new Refused(line, `\`${operator}\` of what is not known to be numbers or tensors is not translated`);
  }

  private call(of: Expression, given: readonly Given[], line: number): Value {
    const path = this.kerasPath(of);
    if (path !== undefined) return this.keras(path, given, line);
    const module = this.pathOf(of);
    if (module?.startsWith('numpy.')) return numpyCall(module.slice(6), given, (each) => this.value(each), line);
    if (module !== undefined) throw new Refused(line, `\`${module}\` has no counterpart`);
    if (of.kind === 'name' && !this.names.has(of.name)) return this.builtin(of.name, given, line);
    if (of.kind === 'name' && this.names.get(of.name)?.kind === 'own') return this.own(of.name, given, line);
    if (of.kind === 'attribute') {
      const owner = this.value(of.of);
      if (
        owner.kind === 'model' ||
        owner.kind === 'layer' ||
        owner.kind === 'list' ||
        isTensor(owner) ||
        owner.kind === 'number'
      )
        return this.method(owner, of.name, given, line);
      throw new Refused(line, `the method \`.${of.name}()\` is not translated here`);
    }
    const called = this.value(of);
    if (!['layer', 'model', 'object'].includes(called.kind))
      throw new Refused(line, 'what is called is no layer or model that is known');
    const values = given.filter(({ name }) => name === undefined).map(({ value }) => this.value(value));
    const options = given
      .filter(({ name }) => name !== undefined)
      .map(({ name, value }) => this.entry(optionFromDisk(name!), this.value(value)));
    const args = [...values.map(({ code }) => code), ...(options.length > 0 ? [`{ ${options.join(', ')} }`] : [])];
    const isSymbolic = given.some(({ value }) => this.holdsSymbolic(value));
    const code = `${/^new /.test(called.code) || (called.strength ?? 20) >= 18 ? called.code : `(${called.code})`}(${args.join(', ')})`;
    return isSymbolic ? { code: `${code}`, kind: 'symbolic' } : { code, kind: 'tensor' };
  }
  private holdsSymbolic(of: Expression): boolean {
    if (of.kind === 'list') return of.items.some((item) => this.holdsSymbolic(item));
    if (of.kind === 'dict') return of.entries.some(([, value]) => this.holdsSymbolic(value));
    return this.value(of).kind === 'symbolic';
  }
  /** The arguments of a call in TypeScript: positional ones, then an object of the others. */
  arguments(signature: Signature, given: readonly Given[], who: string, line: number): string {
    const names = [...signature.names.keys()];
    const byPosition: string[] = [];
    const options: string[] = [];
    given.forEach(({ name, value }, k) => {
      const own = name ?? names[k];
      if (own === undefined && k >= signature.positional) throw new Refused(line, `\`${who}\` takes fewer arguments`);
      if (own !== undefined && signature.names.get(own) === false)
        throw new Refused(line, `Hornbeam's \`${who}\` has no \`${own}\``);
      if (
        own !== undefined &&
        name !== undefined &&
        !signature.names.has(own) &&
        !(signature.isClass && ['name', 'dtype', 'trainable'].includes(own))
      )
        throw new Refused(
          line,
          `\`${who}\` has no argument \`${own}\`${own === 'input_shape' ? ': begin with `keras.Input(shape=...)`' : ''}`,
        );
      const place = own === undefined ? k : names.indexOf(own);
      const code = this.value(value);
      if (place >= 0 && place < signature.positional) byPosition[place] = code.code;
      else options.push(this.entry(optionFromDisk(own!), code));
    });
    for (let k = 0; k < byPosition.length; k++) byPosition[k] ??= 'undefined';
    return [...byPosition, ...(options.length > 0 ? [`{ ${options.join(', ')} }`] : [])].join(', ');
  }
  private awaited(code: string, isAwaited: boolean): string {
    this.hasAwait ||= isAwaited;
    return isAwaited ? `await ${code}` : code;
  }

  private keras(path: string, given: readonly Given[], line: number): Value {
    const signature = signatureOf(path);
    if (!signature || signature.isValue) throw new Refused(line, `Hornbeam has no \`keras.${path}()\``);
    const args = this.arguments(signature, given, `keras.${path}`, line);
    const [space = '', name = ''] = [path.split('.').slice(0, -1).join('.'), path.split('.').at(-1)];
    const isSymbolic = given.some(({ value }) => this.holdsSymbolic(value));
    const code = `${signature.isClass ? 'new ' : ''}${pathCode(path)}(${args})`;
    const waits = this.awaited(code, signature.isAwaited);
    if (name === 'Input') return { code, kind: 'symbolic' };
    if (/(?:^|\.)(?:Model|Sequential)$/.test(path)) return { code, kind: 'model' };
    if (signature.isClass) return { code, kind: space === 'layers' ? 'layer' : 'object' };
    if (space.startsWith('applications') && /^[A-Z]/.test(name))
      return { code: waits, kind: 'model', ...(signature.isAwaited && { strength: 14 }) };
    if (path === 'models.load_model' || path === 'saving.load_model')
      return { code: `(${waits}) as keras.Model`, kind: 'model', strength: 9 };
    if (path === 'models.clone_model') return { code: `${code} as keras.Model`, kind: 'model', strength: 9 };
    if (space.startsWith('datasets.') && name === 'load_data') return { code: waits, kind: 'pairs', strength: 14 };
    const isOfTensors =
      /^(?:ops|random|losses|activations|metrics)/.test(space) || path === 'utils.to_categorical' || space === 'layers';
    if (isOfTensors && isSymbolic) return { code: `${waits} as keras.KerasTensor`, kind: 'symbolic', strength: 9 };
    const kind: Kind = isOfTensors ? 'tensor' : 'unknown';
    return { code: waits, kind, ...(signature.isAwaited && { strength: 14 }) };
  }

  private method(owner: Value, name: string, given: readonly Given[], line: number): Value {
    const at = wrapped(owner, 18);
    if (isTensor(owner)) return this.tensorMethod(owner, name, given, line);
    if (owner.kind === 'number' && name === 'toFixed')
      return { code: `${at}.toFixed(${this.value(given[0]!.value).code})`, kind: 'string' };
    if (owner.kind === 'list') {
      if (name !== 'append' || given.length !== 1)
        throw new Refused(line, `the method \`.${name}()\` of lists is not translated`);
      return { code: `${at}.push(${this.value(given[0]!.value).code})`, kind: 'none' };
    }
    const signature =
      owner.kind === 'model'
        ? (signatureOf(`Sequential#${name}`) ?? signatureOf(`Model#${name}`))
        : signatureOf(`Normalization#${name}`);
    if (!signature) throw new Refused(line, `the method \`.${name}()\` is not translated`);
    const args = this.arguments(signature, given, name, line);
    const code = this.awaited(`${at}.${optionFromDisk(name)}(${args})`, signature.isAwaited);
    if (name === 'predict') return { code: `(${code}) as keras.Tensor`, kind: 'tensor', strength: 9 };
    if (name === 'evaluate') return { code: `(${code}) as number[]`, kind: 'numbers', strength: 9 };
    const kinds: Readonly<Record<string, Kind>> = {
      fit: 'history',
      get_layer: 'layer',
      count_params: 'number',
      get_weights: 'list',
    };
    return { code, kind: kinds[name] ?? 'unknown', ...(signature.isAwaited && { strength: 14 }) };
  }
  private tensorMethod(owner: Value, name: string, given: readonly Given[], line: number): Value {
    const values = given.map(({ value }) => this.value(value));
    const first = values[0]?.code ?? '';
    if (given.some((each) => each.name !== undefined && each.name !== 'axis'))
      throw new Refused(line, `an argument of \`.${name}()\` is not translated`);
    if (name === 'astype') return { code: `ops.cast(${owner.code}, ${first})`, kind: owner.kind };
    if (name === 'reshape') {
      const shape =
        values.length === 1 && values[0]!.kind !== 'number' ? first : `[${values.map(({ code }) => code).join(', ')}]`;
      return { code: `ops.reshape(${owner.code}, ${shape})`, kind: owner.kind };
    }
    if (['mean', 'sum', 'max', 'min', 'std', 'argmax', 'argmin'].includes(name))
      return { code: `ops.${name}(${owner.code}${first ? `, { axis: ${first} }` : ''})`, kind: owner.kind };
    if (name === 'numpy' && values.length === 0) {
      this.hasAwait = true;
      return { code: `await ${wrapped(owner, 18)}.array()`, kind: 'unknown', strength: 14 };
    }
    throw new Refused(line, `the method \`.${name}()\` of tensors is not translated`);
  }

  private builtin(name: string, given: readonly Given[], line: number): Value {
    const values = given.map(({ value }) => this.value(value));
    const named = given.some((each) => each.name !== undefined);
    const only = values.length === 1 && !named ? values[0] : undefined;
    if (name === 'print' && !named)
      return { code: `console.log(${values.map((each) => this.printed(each)).join(', ')})`, kind: 'none' };
    if (name === 'len' && only && isTensor(only)) return { code: `${wrapped(only, 18)}.shape[0]!`, kind: 'number' };
    if (name === 'len' && only && ['list', 'numbers', 'string'].includes(only.kind))
      return { code: `${wrapped(only, 18)}.length`, kind: 'number' };
    if ((name === 'float' || name === 'int') && only && isTensor(only)) {
      this.hasAwait = true;
      const read = `Number(await ${wrapped(only, 18)}.item())`;
      return { code: name === 'int' ? `Math.trunc(${read})` : read, kind: 'number' };
    }
    if (name === 'float' && only?.kind === 'number') return only;
    if (name === 'int' && only?.kind === 'number') return { code: `Math.trunc(${only.code})`, kind: 'number' };
    if (name === 'str' && only && ['number', 'string'].includes(only.kind))
      return { code: `String(${only.code})`, kind: 'string' };
    throw new Refused(line, `\`${name}()\` is not translated`);
  }
  /** What to print: for tensors, the numbers. */
  private printed(value: Value): string {
    if (value.kind !== 'tensor') return value.code;
    this.hasAwait = true;
    return `await ${wrapped(value, 18)}.array()`;
  }
  private own(name: string, given: readonly Given[], line: number): Value {
    const bound = this.names.get(name) as Bound & { kind: 'own' };
    const args: string[] = [];
    given.forEach((each, k) => {
      const at = each.name === undefined ? k : bound.parameters.indexOf(each.name);
      if (at < 0 || at >= bound.parameters.length) throw new Refused(line, `\`${name}\` has no such argument`);
      args[at] = this.value(each.value).code;
    });
    for (let k = 0; k < args.length; k++) args[k] ??= 'undefined';
    const code = this.awaited(`${bound.code}(${args.join(', ')})`, bound.isAwaited);
    return { code, kind: bound.result, ...(bound.isAwaited && { strength: 14 }) };
  }
}
