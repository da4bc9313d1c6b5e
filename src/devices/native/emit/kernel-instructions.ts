import type { Condition } from '../encoder/instructions.ts';
import type { Name } from './context.ts';

/** Instructions for WebAssembly's operations on integers, which kernels are written in. */
export const arithmetic: Record<string, readonly [byRegister: Name, byNumber: Name]> = {
  'i32.add': ['add', 'addNumber'],
  'i32.sub': ['sub', 'subNumber'],
  'i32.mul': ['imul', 'imulNumber'],
  'i32.and': ['and', 'andNumber'],
  'i32.or': ['or', 'orNumber'],
};
/** Conditions of its comparisons. */
export const comparisons: Record<string, Condition> = {
  'i32.eq': 'equal',
  'i32.ne': 'notEqual',
  'i32.lt_s': 'less',
  'i32.lt_u': 'below',
  'i32.ge_s': 'greaterEqual',
  'i32.gt_s': 'greater',
  'i32.le_s': 'lessEqual',
};
/** Shuffles of four words that take one instruction, keyed by the source byte of each word. */
export const shuffles: Record<string, Name> = {
  '0,16,4,20': 'vunpcklps',
  '8,24,12,28': 'vunpckhps',
  '0,4,16,20': 'vunpcklpd',
  '8,12,24,28': 'vunpckhpd',
};
