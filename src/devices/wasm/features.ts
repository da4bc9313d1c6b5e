import { compiling } from '../../base/content-policy.ts';
import { fail } from '../../base/errors.ts';
import { isNode } from '../host/platform.ts';
import { ModuleBuilder, op } from './encoder/index.ts';

/**
 * What this engine's WebAssembly supports beyond the first edition of the standard. 128-bit SIMD is not listed: without
 * it there is no WebAssembly device (`features()` says so).
 */
export interface Features {
  /** Relaxed SIMD: `f32x4.relaxed_madd` exists. */
  readonly relaxedMadd: boolean;
  /** `relaxed_madd` rounds once here (a fused multiply-add), not twice. */
  readonly fused: boolean;
}

let known: Features | undefined;

/** The engine's features, probed once. */
export function features(): Features {
  if (known) return known;
  if (!WebAssembly.validate(probe('f32x4.mul'))) {
    fail(
      'wasm device',
      'this engine has no WebAssembly SIMD',
      'use Node 20.19 or later, or a browser of 2023 or later',
    );
  }
  const relaxedMadd = relaxed();
  known = { relaxedMadd, fused: relaxedMadd && roundsOnce() };
  return known;
}

/**
 * Whether the engine has relaxed SIMD. V8 11.3 (Node 20) implements it completely, with the final opcodes, but one
 * version before it was enabled by default, so it is enabled here. It makes matrix products a third faster.
 */
export function relaxed(): boolean {
  const bytes = probe('f32x4.relaxed_madd');
  if (WebAssembly.validate(bytes)) return true;
  if (!isNode() || !process.versions['v8']?.startsWith('11.3.')) return false;
  process.getBuiltinModule('node:v8').setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(bytes);
}

/** f(a, b, c) of f32: lane 0 of an instruction applied to a, b (and c). */
function probe(name: 'f32x4.mul' | 'f32x4.relaxed_madd'): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const f = module.func('f', ['f32', 'f32', 'f32'], ['f32']);
  const operands = f.params.slice(0, name === 'f32x4.mul' ? 2 : 3).map((p) => op('f32x4.splat', p));
  f.op(name, ...operands);
  f.lane('f32x4.extract_lane', 0);
  module.export('f', f);
  return module.build();
}

function roundsOnce(): boolean {
  const { exports } = new WebAssembly.Instance(
    compiling('wasm device', () => new WebAssembly.Module(probe('f32x4.relaxed_madd'))),
  );
  const a = 1 + 2 ** -12;
  // a * a = 1 + 2^-11 + 2^-24: the last bit survives only if the product is not rounded.
  return (exports['f'] as (a: number, b: number, c: number) => number)(a, a, -1) !== Math.fround(a * a) - 1;
}
