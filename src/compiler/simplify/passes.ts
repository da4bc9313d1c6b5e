import type { Program } from '../../ir/program.ts';
import type { Formulas } from '../formulas.ts';
import { inlineCalls } from './inline-calls.ts';
import { mergeScans } from './merge-scans.ts';
import { asRecorded, smallFirst } from './order.ts';
import { simplify } from './simplify.ts';
import { splitReductions } from './split-reductions.ts';

/** A program made into one that computes the same. `sharers` is for how many threads reductions are cut. */
type Pass = (program: Program, formulas: Formulas, sharers: number) => Program;

/** What every program goes through, in this order, before it is grouped into kernels. */
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
