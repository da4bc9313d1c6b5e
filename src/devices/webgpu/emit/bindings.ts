import type { DType } from '../../../base/dtype.ts';
import type { Region } from '../../../ir/expr.ts';
import type { Binding, EmitContext, Gpu } from '../dispatch.ts';

/** Types of the elements of storage buffers. */
export type ElementType = 'f32' | 'f16' | 'i32' | 'u32';

/**
 * How elements of a dtype are stored in a buffer. All but float16 have 32 bits: booleans are 0 and 1, narrow integers
 * are widened, and bfloat16 (float16 where the device has none) is a float32 rounded to what the narrow type holds.
 */
export function elementType(dtype: DType, gpu: Pick<Gpu, 'f16'>): ElementType {
  if (dtype === 'float16') return gpu.f16 ? 'f16' : 'f32';
  if (dtype === 'bfloat16' || dtype === 'float32' || dtype === 'float64') return 'f32';
  return dtype === 'int8' || dtype === 'int16' || dtype === 'int32' ? 'i32' : 'u32';
}

/** Collects a kernel's bindings: one name per place, read-only until something writes there. */
export class Bindings {
  private readonly context: EmitContext;
  private readonly entries = new Map<unknown, { name: string; region: Region; type: string; isWritten: boolean }>();

  constructor(context: EmitContext) {
    this.context = context;
  }

  /** The name of the array variable for a region that is read; elements may be read in vectors of 2 or 4. */
  read(region: Region, width: 1 | 2 | 4 = 1): string {
    return this.entry(region, width).name;
  }

  /** The same for a region that is written, and perhaps read too. */
  write(region: Region, width: 1 | 2 | 4 = 1): string {
    const entry = this.entry(region, width);
    entry.isWritten = true;
    return entry.name;
  }

  private entry(region: Region, width: number) {
    const place = this.context.placeOf(region);
    let entry = this.entries.get(place);
    const element = elementType(region.dtype, this.context.gpu);
    const type = width === 1 ? element : `vec${width}<${element}>`;
    if (!entry) this.entries.set(place, (entry = { name: `b${this.entries.size}`, region, type, isWritten: false }));
    if (entry.type !== type)
      throw new Error(`a kernel binds region ${region.name} as ${type} and as ${entry.type}: bind it once`);
    return entry;
  }

  /** The bindings for a dispatch. */
  get list(): Binding[] {
    return [...this.entries.values()].map(({ region, isWritten }) => ({
      region,
      access: isWritten ? 'read_write' : 'read',
    }));
  }

  /** The variables in WGSL, after the `enable` lines that their types need. */
  get declarations(): string {
    return [...this.entries.values()]
      .map(
        ({ name, type, isWritten }, k) =>
          `@group(0) @binding(${k}) var<storage, ${isWritten ? 'read_write' : 'read'}> ${name}: array<${type}>;`,
      )
      .join('\n');
  }
}
