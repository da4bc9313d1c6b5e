import { interpretLinear } from '../../../test/linear-interpreter.ts';
import { judgeKernels } from '../../../test/linear-judge.ts';
import type { LinearTarget } from './ir.ts';

const targets: readonly LinearTarget[] = [
  { lanes: 4, fused: false, instructions: new Set() },
  { lanes: 8, fused: true, instructions: new Set() },
  { lanes: 16, fused: true, instructions: new Set(['exp', 'tanh']) },
];

judgeKernels(
  'kernels for vectors of 4, 8 and 16',
  targets,
  (code, target) => (arrays, worker, workers) => interpretLinear(code, arrays, target, worker, workers),
  // Convolutions as loops take the interpreter minutes.
  (name) => !name.startsWith('convolution'),
);
