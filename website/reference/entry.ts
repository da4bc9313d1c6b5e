/** A value among the options of a class, function or method. */
export interface Option {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  /** The default as code, where the code says it. */
  readonly standard: string | undefined;
  readonly doc: string;
  /** The rule that a given value must keep, in the words of the error that is raised where it does not. */
  readonly rule: string | undefined;
}

/** An argument given by position. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
}

/** One way to call something. */
export interface Call {
  readonly parameters: readonly Parameter[];
  /** The options, which come last, in one object; what they are called there. */
  readonly options: readonly Option[];
  readonly optionsName: string | undefined;
  /** Whether the object of options may be left out. */
  readonly mayLackOptions: boolean;
  readonly result: string;
}

/** A method or attribute of a class, or of a type. */
export interface Member {
  readonly name: string;
  readonly isStatic: boolean;
  readonly doc: string;
  readonly calls: readonly Call[];
  /** The type of an attribute. */
  readonly type: string;
}

/** A place in the source. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Something public: all that its page says. */
export interface Entry {
  /** As a program writes it behind `keras.`: `layers.Dense`. */
  readonly path: string;
  /** Other paths to the same thing. */
  readonly alsoAt: readonly string[];
  readonly kind: 'class' | 'function' | 'value' | 'type';
  readonly doc: string;
  readonly examples: readonly string[];
  readonly see: readonly string[];
  readonly place: Place;
  readonly calls: readonly Call[];
  /** Members that no public class before it in `bases` has. */
  readonly members: readonly Member[];
  /** Public classes that it extends, the nearest first. */
  readonly bases: readonly string[];
  /** The type of a value, or what a type stands for. */
  readonly type: string;
  /** What it refuses, where the code says so in words. */
  readonly refusals: readonly string[];
}

export const namespaceOf = (path: string): string => path.split('.').slice(0, -1).join('.');
export const nameOf = (path: string): string => path.split('.').at(-1)!;
