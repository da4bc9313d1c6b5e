import { fileURLToPath } from 'node:url';
import {
  API,
  type Checker,
  type Symbol as Sign,
  type Signature,
  SignatureKind,
  SymbolFlags,
  type Type,
  TypeFlags,
} from 'typescript/unstable/sync';

/** A public function, class or method whose last argument is an object of options. */
export interface TakesOptions {
  /** Where it is: `['ops', 'sum']`; a method after its class. */
  readonly path: readonly string[];
  readonly kind: 'function' | 'class' | 'method';
  /** How many arguments come before the options. */
  readonly position: number;
  readonly names: readonly string[];
}

/** A public function, class or method, and how many arguments it takes at most. */
export interface Counted {
  readonly path: readonly string[];
  readonly kind: TakesOptions['kind'];
  readonly most: number;
}

/** A method of a class; what its objects get from getters is not its own. */
export function methodOf(prototype: object, name: string): unknown {
  for (let owner: object | null = prototype; owner; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    if (found) return found.value;
  }
  return undefined;
}

/** All that takes options, as the types of what `src/index.ts` exports say. */
export const publicOptions = (): TakesOptions[] => readPublic((reader, found) => [...reader.options(found)]);

/** All that can be called, the longest of several signatures first, as the types of what `src/index.ts` exports say. */
export function publicCounts(): Counted[] {
  const counts = readPublic((reader, { signature, ...rest }) => [{ ...rest, most: reader.mostOf(signature) }]);
  return counts.sort((a, b) => b.most - a.most);
}

function readPublic<T>(read: (reader: Reader, found: Found) => readonly T[]): T[] {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const api = new API({ cwd: root });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [`${root}tsconfig.json`] });
    const { checker, program } = snapshot.getProjects()[0]!;
    const file = program.getSourceFile(`${root}src/index.ts`)!;
    const reader = new Reader(checker);
    return [...reader.walk(checker.getSymbolAtLocation(file)!, [])].flatMap((found) => [...read(reader, found)]);
  } finally {
    api.close();
  }
}

interface Found {
  readonly path: readonly string[];
  readonly kind: TakesOptions['kind'];
  readonly signature: Signature;
}

/** Whether what a constructor is given too much has a place of its own, so that it can hand it down to who refuses it. */
const isHandedDown = (signature: Signature): boolean =>
  signature.hasRestParameter && signature.getParameters().at(-1)!.name === 'surplus';
const argumentsOf = (signature: Signature): readonly Sign[] =>
  signature.getParameters().slice(0, isHandedDown(signature) ? -1 : undefined);

class Reader {
  private readonly checker: Checker;
  private readonly seen = new Set<number>();

  constructor(checker: Checker) {
    this.checker = checker;
  }

  *walk(sign: Sign, path: readonly string[]): Generator<Found> {
    const { checker } = this;
    const own = sign.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(sign) : sign;
    if (own.flags & SymbolFlags.Module) {
      if (this.seen.has(own.id)) return;
      this.seen.add(own.id);
      for (const e of checker.getExportsOfModule(own)) yield* this.walk(e, [...path, e.name]);
      return;
    }
    if (!(own.flags & SymbolFlags.Value)) return;
    const type = checker.getTypeOfSymbol(own)!;
    for (const signature of checker.getSignaturesOfType(type, SignatureKind.Call))
      yield { path, kind: 'function', signature };
    for (const signature of checker.getSignaturesOfType(type, SignatureKind.Construct)) {
      yield { path, kind: 'class', signature };
      for (const member of checker.getPropertiesOfType(checker.getReturnTypeOfSignature(signature)!))
        if (!member.name.startsWith('_'))
          for (const method of checker.getSignaturesOfType(checker.getTypeOfSymbol(member)!, SignatureKind.Call))
            yield { path: [...path, member.name], kind: 'method', signature: method };
    }
  }

  /** How many arguments a signature takes; infinity of one that ends in any number. */
  mostOf(signature: Signature): number {
    const parameters = argumentsOf(signature);
    if (!signature.hasRestParameter || isHandedDown(signature)) return parameters.length;
    const rest = this.checker.getTypeOfSymbol(parameters.at(-1)!)!;
    if (!this.checker.isTupleType(rest)) return Number.POSITIVE_INFINITY;
    return parameters.length - 1 + this.checker.getTypeArguments(rest as never).length;
  }

  *options({ signature, path, kind }: Found): Generator<TakesOptions> {
    const parameters = argumentsOf(signature);
    const last = parameters.at(-1);
    if (!last) return;
    const type = this.checker.getTypeOfSymbol(last)!;
    let types = [type];
    let position = parameters.length - 1;
    if (signature.hasRestParameter && !isHandedDown(signature)) {
      if (!this.checker.isTupleType(type)) return;
      types = [...this.checker.getTypeArguments(type as never)];
      position += types.length - 1;
      if (types.length === 0) return;
    }
    const final = types.at(-1)!;
    for (const part of final.isUnionType() ? final.getTypes() : [final]) {
      const names = this.optionsIn(part);
      if (names) yield { path, kind, position, names };
    }
  }

  /** The names of a type that holds options: an object, of no class, that leaves out what it likes. */
  private optionsIn(type: Type): string[] | undefined {
    const { checker } = this;
    const isObject = Boolean(type.flags & TypeFlags.Object) || type.isIntersectionType();
    if (!isObject || checker.isArrayLikeType(type)) return undefined;
    if ((type.getSymbol()?.flags ?? 0) & SymbolFlags.Class) return undefined;
    if (checker.getSignaturesOfType(type, SignatureKind.Call).length > 0) return undefined;
    const members = checker.getPropertiesOfType(type);
    return members.some((m) => m.flags & SymbolFlags.Optional) ? members.map((m) => m.name) : undefined;
  }
}
