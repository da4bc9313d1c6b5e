import type { BarrierAttrs } from './barrier.ts';
import type { CallAttrs } from './call.ts';
import type { ScanAttrs } from './scan-attrs.ts';
import type { SwitchAttrs } from './switch.ts';
import type { WhileAttrs } from './while.ts';

/** Attributes of the primitives of kind `control`: `form` says how their programs run. */
export type ControlAttrs = CallAttrs | SwitchAttrs | WhileAttrs | ScanAttrs | BarrierAttrs;

export { type BarrierAttrs, barrier } from './barrier.ts';
export { type CallAttrs, type CustomVjp, call, callAgain, callWithGradient } from './call.ts';
export { map, type ScanBody, scan } from './scan.ts';
export type { ScanAttrs } from './scan-attrs.ts';
export { type Complete, cond, type SwitchAttrs, switchCase } from './switch.ts';
export { type WhileAttrs, whileLoop } from './while.ts';
