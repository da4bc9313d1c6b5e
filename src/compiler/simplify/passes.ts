import type { Program } from '../../ir/program.ts';
import type { Formulas } from '../formulas.ts';
import { inlineCalls } from './inline-calls.ts';
import { mergeScans } from './merge-scans.ts';
import { asRecorded, smallFirst } from './order.ts';
import { simplify } from './simplify.ts';
import { splitReductions } from './split-reductions.ts';

/** Turns a program into an equivalent one. `sharers` is the number of threads that reductions are cut for. */
type Pass = (program: Program, formulas: Formulas, sharers: number) => Program;

/** The passes that every program goes through, in this order, before it is grouped into kernels. */
const passes: readonly Pass[] = [
  asRecorded,
  inlineCalls,
  smallFirst,
  simplify,
  // Equal inputs are one tensor by now, and bodies are as they were recorded.
  mergeScans,
  splitReductions,
];

export const simplified: Pass = (program, formulas, sharers) =>
  passes.reduce((made, pass) => pass(made, formulas, sharers), program);
