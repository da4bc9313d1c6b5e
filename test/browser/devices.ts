/** A device that pages are tested on. */
export interface TestedDevice {
  readonly name: 'wasm' | 'webgpu';
  /** What Chromium must be told to offer it. */
  readonly flags: readonly string[];
  /** How far float32 results may be from the reference's, relative to 1 + their size. */
  readonly tolerance: number;
}

export const devices: readonly TestedDevice[] = [{ name: 'wasm', flags: [], tolerance: 1e-5 }];
