/** An expression of Python. */
export type Expression = { readonly line: number } & (
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  /** Text and expressions, alternating. */
  | { readonly kind: 'template'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly isTuple: boolean }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [key: Expression, value: Expression])[] }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  /** `from:to:by` within an index, and `...`. */
  | { readonly kind: 'slice'; readonly ends: readonly (Expression | undefined)[] }
  | { readonly kind: 'ellipsis' }
  | { readonly kind: 'call'; readonly of: Expression; readonly given: readonly Given[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
);
/** An argument, with its name where it has one. */
export interface Given {
  readonly name: string | undefined;
  readonly value: Expression;
}
export interface Parameter {
  readonly name: string;
  readonly initial: Expression | undefined;
}

/** A statement, with the first and the last of its lines. */
export type Statement = { readonly line: number; readonly last: number } & (
  | { readonly kind: 'expression'; readonly of: Expression }
  | { readonly kind: 'assign'; readonly targets: readonly Expression[]; readonly value: Expression }
  | { readonly kind: 'augment'; readonly target: Expression; readonly operator: string; readonly value: Expression }
  | { readonly kind: 'import'; readonly module: string; readonly name: string | undefined; readonly as: string }
  | { readonly kind: 'imports'; readonly all: readonly Statement[] }
  | {
      readonly kind: 'for';
      readonly target: Expression;
      readonly over: Expression;
      readonly body: readonly Statement[];
    }
  | {
      readonly kind: 'if';
      readonly test: Expression;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
    }
  | {
      readonly kind: 'def';
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly body: readonly Statement[];
    }
  | { readonly kind: 'return'; readonly of: Expression | undefined }
  | { readonly kind: 'pass' }
  | { readonly kind: 'comment'; readonly text: string }
  /** What is not part of the translated language: a whole block. */
  | { readonly kind: 'foreign'; readonly reason: string }
);
