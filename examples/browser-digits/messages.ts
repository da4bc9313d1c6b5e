/** What the page asks of the worker. */
export type Request =
  | { readonly kind: 'train' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'afresh' }
  | { readonly kind: 'predict'; readonly pixels: Float32Array }
  /** Asks for where the model looks. */
  | { readonly kind: 'look'; readonly pixels: Float32Array }
  | { readonly kind: 'device'; readonly name: DeviceName }
  | { readonly kind: 'draw' }
  | { readonly kind: 'save' }
  | { readonly kind: 'open'; readonly file: File };

/** What the worker tells the page. */
export type Report =
  | { readonly kind: 'ready'; readonly device: DeviceName; readonly summary: string; readonly epochs: number }
  | {
      readonly kind: 'batch';
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
    }
  | { readonly kind: 'epoch'; readonly epoch: number; readonly logs: Logs; readonly seconds: number }
  /** Training has ended; a model that was stopped before its first step is untrained. */
  | { readonly kind: 'trained'; readonly hasLearned: boolean }
  /** Another model is now used: from a file, or a new one. */
  | { readonly kind: 'model'; readonly name: string | undefined; readonly summary: string }
  | { readonly kind: 'prediction'; readonly probabilities: Float32Array }
  /** Where the model sees the digit that it reads, 8x8 from 0 to 1. */
  | { readonly kind: 'heat'; readonly heat: Float32Array }
  | { readonly kind: 'device'; readonly name: DeviceName }
  | { readonly kind: 'picture'; readonly png: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'file'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'failed'; readonly request: Request['kind']; readonly message: string };

export type DeviceName = 'wasm' | 'webgpu';

/** What `fit` reports at the end of an epoch. */
export interface Logs {
  readonly loss: number;
  readonly accuracy: number;
  readonly val_loss: number;
  readonly val_accuracy: number;
}
