/** An object as Keras's configs write it. */
export interface ObjectConfig {
  readonly class_name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * A layer and what it is called on. Tensors are numbered: the inputs first, then what each call gives. Of a call that gives
 * several, tensor k has the call's number and `1000 · k`.
 */
export interface LayerCall {
  /** The layer; a number stands for the layer of an earlier call, used again. */
  readonly layer: ObjectConfig | number;
  /** Positional arguments; a list is one argument that is a list. */
  readonly on: readonly (number | readonly number[])[];
}

export interface InputDescription {
  /** Without the batch axis. */
  readonly shape: readonly number[];
  /** Its values are integers from 0 to one less than this; floats where it is absent. */
  readonly below?: number;
}

/** What an output is compared with. */
export interface OutputDescription {
  readonly tensor: number;
  readonly loss: ObjectConfig;
  /** What its labels are: see `data.ts`. */
  readonly labels: LabelKind;
  readonly metrics?: readonly string[];
}
export type LabelKind = 'any' | 'positive' | 'share' | 'binary' | 'sign' | 'oneHot' | 'class' | 'words';

/** A functional model, its training and its data, as plain data that fit into a test. */
export interface ModelDescription {
  /** Of weights, masks and data. */
  readonly seed: number;
  readonly batch: number;
  /** Dtype policy of all layers. */
  readonly policy?: string;
  readonly inputs: readonly InputDescription[];
  readonly calls: readonly LayerCall[];
  readonly outputs: readonly OutputDescription[];
  readonly optimizer: ObjectConfig;
}

/** Between the numbers of what one call gives. */
export const perOutput = 1000;
