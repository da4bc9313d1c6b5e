import type { Region } from '../../ir/expr.ts';
import type { Aval } from '../../ir/tensor.ts';

/** What emitters may know of the GPU: its limits, and what it offers beyond them. */
export interface Gpu {
  /** Half precision is a type of its own (`shader-f16`). */
  readonly f16: boolean;
  /** Subgroup operations (`enable subgroups;`), and the least and most invocations that a subgroup may have. */
  readonly subgroups: { readonly min: number; readonly max: number } | undefined;
  /** Storage buffers that a kernel may bind. */
  readonly bindings: number;
  /** Invocations of a workgroup, and bytes of its memory. */
  readonly threads: number;
  readonly sharedBytes: number;
  /** The GPU is a program on the CPU, which takes seconds to compile what uses a workgroup's memory much. */
  readonly isSoftware: boolean;
  /** It can tell when a kernel began and ended (`timestamp-query`). */
  readonly timestamps: boolean;
  /** Workgroups along each dimension of a dispatch. */
  readonly workgroups: number;
  /** Bytes of a buffer that kernels can bind whole. */
  readonly bufferBytes: number;
}

/** A region that a kernel touches: binding k of a dispatch is `@group(0) @binding(k)`. */
export interface Binding {
  readonly region: Region;
  readonly access: 'read' | 'read_write';
}

/** One run of a kernel: WGSL with the entry point `main`, what it binds, and how many workgroups. */
export interface Dispatch {
  readonly name: string;
  readonly code: string;
  readonly bindings: readonly Binding[];
  readonly workgroups: readonly [x: number, y: number, z: number];
}

/** What an emitter may ask of the program around a step. */
export interface EmitContext {
  readonly gpu: Gpu;
  /** The same for regions that share bytes: they must be bound once. */
  placeOf(region: Region): unknown;
  /** A region for what one dispatch of the step leaves to a later one. */
  scratch(aval: Aval): Region;
}

/** Workgroups in two dimensions for so many in all: rows of at most the device's limit. WGSL: `group.y * rowLength + group.x`. */
export function spread(count: number, gpu: Pick<Gpu, 'workgroups'>): [x: number, y: number, z: number] {
  if (count <= gpu.workgroups) return [count, 1, 1];
  const rows = Math.ceil(count / gpu.workgroups);
  return [Math.ceil(count / rows), rows, 1];
}
