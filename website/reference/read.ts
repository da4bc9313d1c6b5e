import { fileURLToPath } from 'node:url';
import { SyntaxKind } from 'typescript/unstable/ast';
import {
  API,
  type Checker,
  type NodeHandle,
  type Symbol as Sign,
  SignatureKind,
  SymbolFlags,
  type Type,
  TypeFlags,
} from 'typescript/unstable/sync';
import { Calls, inFull, type RunningFields } from './calls.ts';
import type { Entry, Member, Place } from './entry.ts';
import { refusalsIn } from './refusals.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** All that `src/index.ts` exports, as its types and doc comments tell it; `library` is the same, running. */
export function readEntries(library: object): Entry[] {
  const api = new API({ cwd: root });
  try {
    const snapshot = api.updateSnapshot({ openProjects: [`${root}tsconfig.build.json`] });
    const { checker, program } = snapshot.getProjects()[0]!;
    const index = program.getSourceFile(`${root}src/index.ts`)!;
    return new Reader(checker, library).read(checker.getSymbolAtLocation(index)!);
  } finally {
    api.close();
  }
}

class Reader {
  private readonly checker: Checker;
  private readonly library: object;
  private readonly calls: Calls;
  /** Every public thing once, with the paths that lead to it. */
  private readonly found = new Map<number, { readonly sign: Sign; readonly paths: string[] }>();
  private readonly paths = new Map<number, string>();
  private readonly open = new Map<number, readonly string[]>();

  constructor(checker: Checker, library: object) {
    this.checker = checker;
    this.library = library;
    this.calls = new Calls(checker);
  }

  read(index: Sign): Entry[] {
    this.walk(index, []);
    for (const [id, { sign, paths }] of this.found) {
      const path = mainPath(paths, placeOf(sign).file);
      this.paths.set(id, path);
      const made = this.classBehind(sign);
      if (made) this.paths.set(made.id, path);
    }
    return [...this.found.values()].map(({ sign, paths }) => this.entry(sign, paths));
  }

  private docBehind(sign: Sign): string {
    const made = this.classBehind(sign);
    return made ? this.checker.getDocumentationCommentOfSymbol(made) : '';
  }

  private walk(sign: Sign, path: readonly string[]): void {
    const own = sign.flags & SymbolFlags.Alias ? this.checker.getAliasedSymbol(sign) : sign;
    if (own.flags & SymbolFlags.Module) {
      for (const each of this.checker.getExportsOfModule(own)) this.walk(each, [...path, each.name]);
      return;
    }
    const known = this.found.get(own.id) ?? { sign: own, paths: [] };
    known.paths.push(path.join('.'));
    this.found.set(own.id, known);
  }

  /** The class that a constant of a class's type stands for. */
  private classBehind(sign: Sign): Sign | undefined {
    if (!(sign.flags & SymbolFlags.Variable)) return undefined;
    const [first] = this.checker.getSignaturesOfType(this.checker.getTypeOfSymbol(sign)!, SignatureKind.Construct);
    return first && this.checker.getReturnTypeOfSignature(first)!.getSymbol();
  }

  private entry(sign: Sign, paths: readonly string[]): Entry {
    const { checker } = this;
    const path = this.paths.get(sign.id)!;
    const tags = checker.getJsDocTagsOfSymbol(sign);
    const tagged = (name: string): string[] => tags.filter((tag) => tag.name === name).map((tag) => textOf(tag.text));
    const type = sign.flags & SymbolFlags.Value ? checker.getTypeOfSymbol(sign)! : undefined;
    const made = type ? checker.getSignaturesOfType(type, SignatureKind.Construct) : [];
    const called = type ? checker.getSignaturesOfType(type, SignatureKind.Call) : [];
    const kind = made.length > 0 ? 'class' : called.length > 0 ? 'function' : type ? 'value' : 'type';
    const running = at(this.library, path);
    const { fields = {} } = (running ?? {}) as { readonly fields?: RunningFields };
    const bases = kind === 'class' ? this.basesOf(checker.getReturnTypeOfSignature(made[0]!)!) : [];
    const node = resolved(sign);
    return {
      path,
      alsoAt: paths.filter((other) => other !== path),
      kind,
      doc: checker.getDocumentationCommentOfSymbol(sign) || this.docBehind(sign),
      examples: tagged('example'),
      see: tagged('see'),
      place: placeOf(sign),
      calls: (made.length > 0 ? this.calls.widest(made) : this.calls.widest(called)).map((each) =>
        this.calls.describe(each, kind === 'class' ? fields : {}, sign),
      ),
      members:
        kind === 'class'
          ? this.members(type!, checker.getReturnTypeOfSignature(made[0]!)!, bases)
          : kind === 'type'
            ? this.parts(sign)
            : [],
      bases: bases.map(({ path: base }) => base),
      type: kind === 'value' ? checker.typeToString(type!, undefined, inFull) : kind === 'type' ? (node ?? '') : '',
      refusals: kind === 'class' || kind === 'function' ? refusalsIn(node ?? '') : [],
    };
  }

  /** Members that are there to be refused (`bind: never`) are left out, as is what `isPublic` leaves out. */
  private isShown(sign: Sign): boolean {
    return isPublic(sign) && !(this.checker.getTypeOfSymbol(sign)!.flags & TypeFlags.Never);
  }

  /** The public classes above a class. */
  private basesOf(type: Type): { readonly path: string; readonly type: Type; readonly sign: Sign }[] {
    const above = this.checker.getBaseTypes((type.isTypeReference() ? type.getTarget() : type) as never) ?? [];
    // An interface of the same name, which holds its fields, may have a base of its own.
    const base = above.find((each) => (each.getSymbol()?.flags ?? 0) & SymbolFlags.Class);
    const sign = base?.getSymbol();
    if (!base || !sign) return [];
    const path = this.paths.get(sign.id);
    return [...(path === undefined ? [] : [{ path, type: base, sign }]), ...this.basesOf(base)];
  }

  private members(made: Type, type: Type, [base]: readonly { readonly type: Type; readonly sign: Sign }[]): Member[] {
    const { checker } = this;
    const keys = (of: Type): Map<string, string> =>
      new Map(checker.getPropertiesOfType(of).map((sign) => [sign.name, keyOf(sign)]));
    const before = base ? keys(base.type) : new Map<string, string>();
    // Methods that take whatever a subclass says are described with each subclass.
    for (const name of base ? this.openMethods(base.sign) : []) before.delete(name);
    const staticBefore = base ? keys(checker.getTypeOfSymbol(base.sign)!) : new Map<string, string>();
    const own = checker
      .getPropertiesOfType(type)
      .filter((sign) => this.isShown(sign) && before.get(sign.name) !== keyOf(sign) && !isField(sign))
      .map((sign) => this.member(sign, false));
    const statics = checker
      .getPropertiesOfType(made)
      .filter((sign) => this.isShown(sign) && !['prototype', 'fields', 'className'].includes(sign.name))
      .filter((sign) => staticBefore.get(sign.name) !== keyOf(sign))
      .map((sign) => this.member(sign, true));
    // What only does what a base promises, and says nothing more of it, stands with the base.
    const isSaid = (member: Member): boolean =>
      member.doc !== '' || !(member.isStatic ? staticBefore : before).has(member.name);
    return [...own, ...statics].filter(isSaid);
  }

  /** The methods of a generic class whose arguments are a type of its own. */
  private openMethods(owner: Sign): readonly string[] {
    const known = this.open.get(owner.id);
    if (known) return known;
    const { checker } = this;
    const isOpen = (sign: Sign): boolean =>
      checker.getSignaturesOfType(checker.getTypeOfSymbol(sign)!, SignatureKind.Call).some((signature) => {
        const last = signature.hasRestParameter ? signature.getParameters().at(-1) : undefined;
        return last !== undefined && Boolean(checker.getTypeOfSymbol(last)!.flags & TypeFlags.TypeParameter);
      });
    const names = checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(owner))
      .filter((sign) => this.isShown(sign) && isOpen(sign))
      .map(({ name }) => name);
    this.open.set(owner.id, names);
    return names;
  }

  private parts(sign: Sign): Member[] {
    if (!(sign.flags & SymbolFlags.Interface)) return [];
    const type = this.checker.getDeclaredTypeOfSymbol(sign);
    return this.checker
      .getPropertiesOfType(type)
      .filter((each) => this.isShown(each))
      .map((each) => this.member(each, false));
  }

  private member(sign: Sign, isStatic: boolean): Member {
    const { checker } = this;
    const type = checker.getTypeOfSymbol(sign)!;
    // A layer or metric that is held by another can be called, but is no method of it.
    const isObject = checker.getPropertiesOfType(type).some(({ name }) => name === 'className');
    const calls = isObject ? [] : checker.getSignaturesOfType(type, SignatureKind.Call);
    return {
      name: sign.name,
      isStatic,
      doc: checker.getDocumentationCommentOfSymbol(sign),
      calls: this.calls.widest(calls).map((each) => this.calls.describe(each, {}, sign)),
      type: calls.length > 0 ? '' : checker.typeToString(type, undefined, inFull),
    };
  }
}

/** Of several paths the one named after the folder of the source, else the shortest. */
function mainPath(paths: readonly string[], file: string): string {
  const folder = file.split('/')[1];
  const rank = (path: string): number =>
    path.split('.').length + (path.split('.')[0] === folder ? 0 : path.includes('.') ? 10 : 0);
  return paths.toSorted((a, b) => rank(a) - rank(b))[0]!;
}

const declarationOf = (sign: Sign): NodeHandle | undefined =>
  sign.valueDeclaration ??
  sign.declarations.find(({ path }) => !path.includes('/node_modules/')) ??
  sign.declarations[0];
/** The text of a declaration. */
const resolved = (sign: Sign): string | undefined => declarationOf(sign)?.resolve()?.getText();

function placeOf(sign: Sign): Place {
  const node = declarationOf(sign)?.resolve();
  const source = node?.getSourceFile();
  if (!node || !source) return { file: 'src/index.ts', line: 1 };
  const start = node.getText() === '' ? node.pos : source.text.indexOf(node.getText(), node.pos);
  return { file: source.fileName.slice(root.length), line: source.text.slice(0, start).split('\n').length };
}
const keyOf = (sign: Sign): string => sign.declarations.map(({ path, index }) => `${path}:${index}`).join();
/** Symbols that stand for what is no name, and what begins with an underscore or comes with the language or Node, are left out. */
const isPublic = (sign: Sign): boolean =>
  !/^_/.test(sign.name) &&
  !sign.declarations.some((handle) =>
    /^\s*(?:static |override )*(?:protected|private) /.test(handle.resolve()?.getText() ?? ''),
  ) &&
  /^\w+$/.test(sign.name) &&
  !sign.declarations.some(({ path }) => /\/lib\/lib\.|\/@types\/node\//.test(path));
const isField = (sign: Sign): boolean =>
  sign.declarations.length > 0 &&
  sign.declarations.every(
    ({ kind }) => kind === SyntaxKind.PropertyAssignment || kind === SyntaxKind.ShorthandPropertyAssignment,
  );
const at = (library: object, path: string): unknown =>
  path.split('.').reduce<unknown>((space, key) => (space as Record<string, unknown> | undefined)?.[key], library);
const textOf = (text: unknown): string => (typeof text === 'string' ? text : '').trim();
