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

/** All that takes options, as the types of what `src/index.ts` exports say. */
export function publicOptions(): TakesOptions[] {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const api = new API({ cwd: root });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [`${root}tsconfig.json`] });
    const { checker, program } = snapshot.getProjects()[0]!;
    const file = program.getSourceFile(`${root}src/index.ts`)!;
    return [...new Reader(checker).walk(checker.getSymbolAtLocation(file)!, [])];
  } finally {
    api.close();
  }
}

class Reader {
  private readonly checker: Checker;
  private readonly seen = new Set<number>();

  constructor(checker: Checker) {
    this.checker = checker;
  }

  *walk(sign: Sign, path: readonly string[]): Generator<TakesOptions> {
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
    for (const s of checker.getSignaturesOfType(type, SignatureKind.Call)) yield* this.read(s, path, 'function');
    for (const s of checker.getSignaturesOfType(type, SignatureKind.Construct)) {
      yield* this.read(s, path, 'class');
      for (const member of checker.getPropertiesOfType(checker.getReturnTypeOfSignature(s)!))
        if (!member.name.startsWith('_'))
          for (const m of checker.getSignaturesOfType(checker.getTypeOfSymbol(member)!, SignatureKind.Call))
            yield* this.read(m, [...path, member.name], 'method');
    }
  }

  private *read(signature: Signature, path: readonly string[], kind: TakesOptions['kind']): Generator<TakesOptions> {
    const parameters = signature.getParameters();
    const last = parameters.at(-1);
    if (!last) return;
    const type = this.checker.getTypeOfSymbol(last)!;
    let types = [type];
    let position = parameters.length - 1;
    if (signature.hasRestParameter) {
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
