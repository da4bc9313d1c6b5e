import type { DType } from '../../src/base/dtype.ts';

/** A device that pages are tested on. */
export interface TestedDevice {
  readonly name: 'wasm' | 'webgpu';
  /** What Chromium must be told to offer it. */
  readonly flags: readonly string[];
  /** How far float32 results may be from the reference's, relative to 1 + their size. */
  readonly tolerance: number;
  /** Dtypes that it has not, and refuses. */
  readonly lacks: readonly DType[];
  /** Whether it is a GPU that the processor plays: right, and slow. */
  readonly isEmulated: boolean;
}

export const devices: readonly TestedDevice[] = [
  { name: 'wasm', flags: [], tolerance: 1e-5, lacks: [], isEmulated: false },
  {
    name: 'webgpu',
    flags: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    tolerance: 1e-4,
    lacks: ['float64'],
    isEmulated: true,
  },
];
