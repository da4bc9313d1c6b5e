import type { Region } from '../../ir/expr.ts';
import type { Aval } from '../../ir/tensor.ts';

/** The GPU as emitters see it: its limits and optional features. */
export interface Gpu {
  /** WGSL has the type f16 (`shader-f16`). */
  readonly f16: boolean;
  /** Bounds on the size of a subgroup; undefined without subgroup operations (`enable subgroups;`). */
  readonly subgroups: { readonly min: number; readonly max: number } | undefined;
  /** The most storage buffers that a kernel may bind. */
  readonly bindings: number;
  /** The most invocations of a workgroup, and bytes of its memory. */
  readonly threads: number;
  readonly sharedBytes: number;
  /** The GPU is emulated on the CPU, where kernels that use much workgroup memory take seconds to compile. */
  readonly isSoftware: boolean;
  /** Kernels can be timed (`timestamp-query`). */
  readonly timestamps: boolean;
  /** The most workgroups along each dimension of a dispatch. */
  readonly workgroups: number;
  /** The largest buffer that a kernel can bind whole, in bytes. */
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

/** What an emitter needs from the program around a step. */
export interface EmitContext {
  readonly gpu: Gpu;
  /** Equal for regions that share bytes, which must be bound only once. */
  placeOf(region: Region): unknown;
  /** A region that passes data from one dispatch of the step to a later one. */
  scratch(aval: Aval): Region;
}

/**
 * A two-dimensional dispatch of at least `count` workgroups, in rows no longer than the device's limit. In WGSL the
 * number of a workgroup is `group.y * rowLength + group.x`.
 */
export function spread(count: number, gpu: Pick<Gpu, 'workgroups'>): [x: number, y: number, z: number] {
  if (count <= gpu.workgroups) return [count, 1, 1];
  const rows = Math.ceil(count / gpu.workgroups);
  return [Math.ceil(count / rows), rows, 1];
}
