import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import {
  type Checker,
  type Symbol as Sign,
  type Signature,
  SignatureKind,
  SymbolFlags,
  type Type,
  TypeFlags,
} from 'typescript/unstable/sync';
import type { Call, Option, Parameter } from './entry.ts';

/** Types are written in full, aliases by their names. */
export const inFull = 1 | (1 << 14);
/** What a class says of its options while it runs. */
export type RunningFields = Readonly<
  Record<string, { readonly required: boolean; readonly initial: unknown; readonly expects: string }>
>;
interface Argument {
  readonly name: string;
  readonly type: Type;
  readonly isOptional: boolean;
  readonly isRest: boolean;
}

/** How functions, constructors and methods are called. */
export class Calls {
  private readonly checker: Checker;

  constructor(checker: Checker) {
    this.checker = checker;
  }

  /** Of an op's signatures (for symbolic tensors, for what gives none, for all) the last; else all of them. */
  widest(signatures: readonly Signature[]): readonly Signature[] {
    const isOp = (s: Signature): boolean => s.hasRestParameter && s.parameters.length === 1 && this.isTuple(s);
    return signatures.length > 1 && signatures.every(isOp) ? signatures.slice(-1) : signatures;
  }
  private isTuple(signature: Signature): boolean {
    return this.checker.isTupleType(this.checker.getTypeOfSymbol(signature.getParameters().at(-1)!)!);
  }

  describe(signature: Signature, fields: RunningFields, owner: Sign): Call {
    const given = this.argumentsOf(signature).filter((each) => !(each.isRest && isNothing(this.checker, each.type)));
    const last = given.at(-1);
    const options = last && !last.isRest ? this.optionsIn(last.type) : undefined;
    const standards = new Map(Object.entries(options ? standardsIn(declarationsOf(owner)) : {}));
    const { checker } = this;
    return {
      parameters: (options ? given.slice(0, -1) : given.filter(({ type }) => !isEmpty(checker, type))).map(
        ({ type, ...rest }): Parameter => {
          const name = rest.isRest ? `...${rest.name}` : rest.name;
          return { name, isOptional: rest.isOptional, type: this.show(type, rest.isOptional) };
        },
      ),
      options: options?.map((sign) => this.option(sign, fields[sign.name], standards.get(sign.name))) ?? [],
      optionsName: options ? (/^x\d+$/.test(last!.name) ? 'options' : last!.name) : undefined,
      mayLackOptions: options?.every(({ flags }) => flags & SymbolFlags.Optional) ?? false,
      result: checker.typeToString(checker.getReturnTypeOfSignature(signature)!, undefined, inFull),
    };
  }

  private argumentsOf(signature: Signature): Argument[] {
    const { checker } = this;
    const parameters = signature.getParameters();
    return parameters.flatMap((parameter, k): Argument[] => {
      const type = checker.getTypeOfSymbol(parameter)!;
      const isRest = signature.hasRestParameter && k === parameters.length - 1;
      const text = checker.typeToString(type, undefined, inFull);
      if (isRest && checker.isTupleType(type)) {
        const types = checker.getTypeArguments(type as never);
        const labels = partsOf(text.replace(/^readonly /, '').slice(1, -1)).map((part) =>
          /^(\.{3})?(\w+)(\??):/.exec(part),
        );
        return types.map((each, i) => ({
          name: labels[i]?.[2] ?? `x${i + 1}`,
          type: each,
          isOptional: labels[i]?.[3] === '?',
          isRest: labels[i]?.[1] === '...',
        }));
      }
      const isOptional = /(?:^|\| )undefined\b/.test(text) || isLeftOut(parameter);
      return [{ name: /^args_|^__/.test(parameter.name) ? 'options' : parameter.name, type, isOptional, isRest }];
    });
  }

  private option(sign: Sign, field: RunningFields[string] | undefined, standard: string | undefined): Option {
    const isOptional = Boolean(sign.flags & SymbolFlags.Optional);
    const shown = field && !field.required ? codeOf(field.initial) : undefined;
    return {
      name: sign.name,
      type: this.show(this.checker.getTypeOfSymbol(sign)!, isOptional),
      isRequired: !isOptional,
      standard: shown ?? standard,
      doc: this.checker.getDocumentationCommentOfSymbol(sign),
      rule: field?.expects,
    };
  }

  private show(type: Type, isOptional: boolean): string {
    const text = this.checker.typeToString(type, undefined, inFull);
    return isOptional ? text.replace(/ \| undefined$/, '').replace(/^undefined \| /, '') : text;
  }

  /** The members of a type that holds options: an object, of no class and not of a page, that leaves out what it likes. */
  private optionsIn(type: Type): readonly Sign[] | undefined {
    const parts = type.isUnionType() ? type.getTypes() : [type];
    for (const part of parts) {
      const isObject = Boolean(part.flags & TypeFlags.Object) || part.isIntersectionType();
      if (!isObject || this.checker.isArrayLikeType(part)) continue;
      const sign = part.getSymbol();
      if ((sign?.flags ?? 0) & SymbolFlags.Class || (sign && isOfPages(sign))) continue;
      if (this.checker.getSignaturesOfType(part, SignatureKind.Call).length > 0) continue;
      const members = this.checker
        .getPropertiesOfType(part)
        .filter((m) => /^\w+$/.test(m.name) && !m.name.startsWith('__'));
      // An object of the library may lack members too.
      if (members.some(({ name }) => name === 'className')) continue;
      if (members.some((m) => m.flags & SymbolFlags.Optional)) return members;
    }
    return undefined;
  }
}

/** The parts of a list in a type, cut at its own commas. */
function partsOf(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (let k = 0; k < text.length; k++) {
    const letter = text[k]!;
    if ('([{<'.includes(letter)) depth++;
    if (')]}'.includes(letter) || (letter === '>' && text[k - 1] !== '=')) depth--;
    if (depth === 0 && letter === ',') parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}

/** The type of arguments that are refused: `...surplus: undefined[]`. */
const isNothing = (checker: Checker, type: Type): boolean =>
  /^(?:readonly )?(?:undefined|never)(?:\[\])?$/.test(checker.typeToString(type));
/** `{}`: options of which there are none. */
const isEmpty = (checker: Checker, type: Type): boolean => /^\{\}(?: \| undefined)?$/.test(checker.typeToString(type));

const declarationsOf = (sign: Sign): Node[] =>
  sign.declarations.filter(({ path }) => !path.includes('/node_modules/')).flatMap((handle) => handle.resolve() ?? []);

/** `HTMLElement` and the like. */
const isOfPages = (sign: Sign): boolean =>
  sign.declarations.length > 0 && sign.declarations.every(({ path }) => path.endsWith('/lib.dom.d.ts'));
const isLeftOut = (parameter: Sign): boolean => {
  const node = parameter.valueDeclaration?.resolve() as { questionToken?: unknown; initializer?: unknown } | undefined;
  return node?.questionToken !== undefined || node?.initializer !== undefined;
};

interface FunctionLike extends Node {
  readonly parameters?: readonly { readonly name: Node & { readonly elements?: readonly Bound[] } }[];
}
interface Bound {
  readonly name?: Node;
  readonly propertyName?: Node;
  readonly initializer?: Node;
}
const functions: readonly SyntaxKind[] = [
  SyntaxKind.ArrowFunction,
  SyntaxKind.FunctionExpression,
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
];

/** Defaults that the first function among the declarations states where it takes its options apart. */
function standardsIn(nodes: readonly Node[]): Record<string, string> {
  for (const node of nodes) {
    const last = firstFunction(node)?.parameters?.at(-1)?.name;
    const bound = last?.kind === SyntaxKind.ObjectBindingPattern ? (last.elements ?? []) : [];
    const stated = bound.flatMap((each): [string, string][] =>
      each.initializer ? [[(each.propertyName ?? each.name)!.getText(), each.initializer.getText()]] : [],
    );
    const plain = stated.filter(([, code]) => /^(?:-?[\d._e]+|'[^']*'|true|false|null|\[[^\]]*\])$/.test(code));
    if (plain.length > 0) return Object.fromEntries(plain);
  }
  return {};
}
function firstFunction(node: Node): FunctionLike | undefined {
  if (functions.includes(node.kind)) return node as FunctionLike;
  if (node.kind === SyntaxKind.ClassDeclaration) {
    let made: FunctionLike | undefined;
    node.forEachChild((child) => {
      if (child.kind === SyntaxKind.Constructor) made = child as FunctionLike;
      return undefined;
    });
    return made;
  }
  return node.forEachChild((child) => firstFunction(child));
}

/** A default as code. */
function codeOf(value: unknown): string | undefined {
  if (typeof value === 'string') return `'${value}'`;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map((each) => codeOf(each) ?? '…').join(', ')}]`;
  return undefined;
}
