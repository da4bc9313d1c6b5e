import { optionFromDisk } from '../../base/case.ts';
import { signatures } from './signatures.ts';

/** What is known of a value while a program is translated. */
export type Kind =
  | 'number' | 'string' | 'boolean' | 'none' | 'list' | 'numbers' | 'dict' | 'tensor' | 'symbolic' | 'layer' | 'model'
  | 'history' | 'histories' | 'object' | 'pairs' | 'pair' | 'function' | 'unknown'; // biome-ignore format: in groups
/** An expression of TypeScript. */
export interface Value {
  readonly code: string;
  readonly kind: Kind;
  /** Precedence of its outermost operator; 20 for what needs no parentheses. */
  readonly strength?: number;
}
/** What cannot be translated. */
export class Refused extends Error {
  readonly line: number;
  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

/** How something of Keras is called in Hornbeam. */
export interface Signature {
  readonly isClass: boolean;
  readonly isValue: boolean;
  readonly isAwaited: boolean;
  /** Number of positional arguments here; infinite for any number. */
  readonly positional: number;
  /** Names of Keras's arguments in order, and whether they exist here. */
  readonly names: ReadonlyMap<string, boolean>;
}
const all = new Map<string, string>();
for (const [space, text] of Object.entries(signatures))
  for (const each of text.split('; ')) {
    const [name = '', ...rest] = each.split(' ');
    all.set(space === '' || space === '#' ? name : `${space}.${name}`, rest.join(' '));
  }
/** What stands at a path of Keras, such as `layers.Dense` or `Model#fit`. */
export function signatureOf(path: string): Signature | undefined {
  const text = all.get(path);
  if (text === undefined) return undefined;
  const [mark = '', ...names] = text.split(' ');
  return {
    isClass: mark.startsWith('c'),
    isValue: mark === 'v',
    isAwaited: mark.includes('!'),
    positional: mark.includes('*') ? Number.POSITIVE_INFINITY : Number(/\d+/.exec(mark)?.[0] ?? 0),
    names: new Map(names.map((name) => [name.replace(/^-/, ''), !name.startsWith('-')])),
  };
}
/** Whether a path of Keras leads further. */
export const isSpace = (path: string): boolean =>
  path === '' || [...Object.keys(signatures)].some((space) => space === path || space.startsWith(`${path}.`));

const reserved =
  /^(?:await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|undefined|var|void|while|with|yield|keras|layers|ops)$/;
/** `x_train` -> `xTrain`: a Python name in JavaScript's spelling. */
export function nameOf(name: string): string {
  const own = /^[A-Z][A-Z0-9_]*$/.test(name) ? name : optionFromDisk(name);
  return reserved.test(own) ? `${own}_` : own;
}
/** A path of Keras as it is written here: `losses.mean_squared_error` -> `keras.losses.meanSquaredError`. */
export function pathCode(path: string): string {
  const parts = path.split('.').map((part) => (/^[A-Z]/.test(part) ? part : optionFromDisk(part)));
  return parts[0] === 'layers' || parts[0] === 'ops' ? parts.join('.') : `keras.${parts.join('.')}`;
}
export const textCode = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}'`;
export const keyCode = (text: string): string => (/^[A-Za-z_$][\w$]*$/.test(text) ? text : textCode(text));
