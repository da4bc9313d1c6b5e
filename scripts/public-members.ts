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

/** The names that the arguments of a function have, all its signatures together. */
export interface Parameters {
  /** Those given by position, before the options. */
  readonly positional: readonly string[];
  /** Those in an object of options. */
  readonly options: readonly string[];
  /** Whether any number of arguments may follow. */
  readonly isOpen: boolean;
}
/** What is public of a class: members of its objects and of itself, with their parameters where they are functions. */
export interface PublicClass {
  readonly made: Parameters;
  readonly members: ReadonlyMap<string, Parameters | undefined>;
}

const none: Parameters = { positional: [], options: [], isOpen: false };
const joined = (a: Parameters, b: Parameters): Parameters => ({
  positional: a.positional.length > b.positional.length ? a.positional : b.positional,
  options: [...new Set([...a.options, ...b.options])],
  isOpen: a.isOpen || b.isOpen,
});

/** All exported classes by their path (`layers.Dense`), as the types of `src/index.ts` show them to a user. */
export function publicClasses(): ReadonlyMap<string, PublicClass> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const api = new API({ cwd: root });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [`${root}tsconfig.json`] });
    const { checker, program } = snapshot.getProjects()[0]!;
    const file = program.getSourceFile(`${root}src/index.ts`)!;
    return new Map(new Reader(checker).walk(checker.getSymbolAtLocation(file)!, []));
  } finally {
    api.close();
  }
}

class Reader {
  private readonly checker: Checker;

  constructor(checker: Checker) {
    this.checker = checker;
  }

  *walk(sign: Sign, path: readonly string[]): Generator<[path: string, found: PublicClass]> {
    const { checker } = this;
    const own = sign.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(sign) : sign;
    if (own.flags & SymbolFlags.Module) {
      for (const e of checker.getExportsOfModule(own)) yield* this.walk(e, [...path, e.name]);
      return;
    }
    if (!(own.flags & SymbolFlags.Value)) return;
    const type = checker.getTypeOfSymbol(own)!;
    const signatures = checker.getSignaturesOfType(type, SignatureKind.Construct);
    const first = signatures[0];
    if (!first) return;
    const statics = checker.getPropertiesOfType(type);
    const members = checker.getPropertiesOfType(checker.getReturnTypeOfSignature(first)!);
    yield [
      path.join('.'),
      {
        made: signatures.map((s) => this.read(s)).reduce(joined, none),
        members: new Map([...statics, ...members].map((member) => [member.name, this.parametersOf(member)])),
      },
    ];
  }

  private parametersOf(member: Sign): Parameters | undefined {
    const calls = this.checker.getSignaturesOfType(this.checker.getTypeOfSymbol(member)!, SignatureKind.Call);
    return calls.length > 0 ? calls.map((s) => this.read(s)).reduce(joined, none) : undefined;
  }

  private read(signature: Signature): Parameters {
    const given = signature.getParameters();
    // What a constructor is given too much has a place of its own, so that it can hand it down to who refuses it.
    const isHandedDown = signature.hasRestParameter && given.at(-1)!.name === 'surplus';
    const parameters = isHandedDown ? given.slice(0, -1) : given;
    const isOpen = signature.hasRestParameter && !isHandedDown;
    const positional: string[] = [];
    const options: string[] = [];
    parameters.forEach((parameter, k) => {
      const type = this.checker.getTypeOfSymbol(parameter)!;
      const isRest = isOpen && k === parameters.length - 1;
      const types = isRest && this.checker.isTupleType(type) ? this.checker.getTypeArguments(type as never) : [type];
      for (const each of types) {
        const parts = each.isUnionType() ? each.getTypes() : [each];
        const names = parts.map((part) => this.optionsIn(part));
        options.push(...names.flat());
        if (names.some((n, i) => n.length === 0 && !(parts[i]!.flags & TypeFlags.Undefined)))
          positional.push(parameter.name);
      }
    });
    return { positional, options, isOpen };
  }

  /** The names of a type that holds options: an object, of no class, that leaves out what it likes. */
  private optionsIn(type: Type): string[] {
    const { checker } = this;
    const isObject = Boolean(type.flags & TypeFlags.Object) || type.isIntersectionType();
    if (!isObject || checker.isArrayLikeType(type)) return [];
    if ((type.getSymbol()?.flags ?? 0) & SymbolFlags.Class) return [];
    if (checker.getSignaturesOfType(type, SignatureKind.Call).length > 0) return [];
    const members = checker.getPropertiesOfType(type);
    return members.some((m) => m.flags & SymbolFlags.Optional) ? members.map((m) => m.name) : [];
  }
}
