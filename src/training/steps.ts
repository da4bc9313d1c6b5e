import type { Executable, Timing } from '../devices/device.ts';
import { explain } from '../runtime/explain.ts';
import { jit } from '../tensor/index.ts';

/** A runnable step: compiled, or op by op. */
export interface StepFunction {
  (...args: readonly unknown[]): unknown;
  /** Kernels of the compiled step: what was fused into each, bytes, FLOPs. */
  explain(options?: { timed?: false }): string;
  /**
   * With `timed`, also milliseconds, measured now on copies of the variables, on one thread or on a GPU that supports
   * it. On a GPU the result must be awaited.
   */
  explain(options: { timed?: boolean }): string | Promise<string>;
  readonly executable: Executable | undefined;
}

/** Turns a function of a batch into a step. */
export function makeStep(name: string, f: (...args: readonly unknown[]) => unknown, runEagerly: boolean): StepFunction {
  const compiled = jit(f, { name });
  let last: readonly unknown[] | undefined;
  const step = (...args: readonly unknown[]): unknown => {
    last = args;
    return runEagerly ? f(...args) : compiled(...args);
  };
  const executable = (): Executable | undefined => (last && !runEagerly ? compiled.compile(...last) : undefined);
  Object.defineProperty(step, 'executable', { get: executable });
  return Object.assign(step, {
    explain: ({ timed = false } = {}) => {
      const made = executable();
      if (!made)
        return runEagerly
          ? 'The step runs op by op (runEagerly): there is no program.'
          : 'The step has not run yet: its program depends on the shape of the batch.';
      const show = (timing?: Timing): string => explain(made, timing);
      if (!timed) return show();
      const timing = compiled.time(...last!);
      return timing instanceof Promise ? timing.then(show) : show(timing);
    },
  }) as StepFunction;
}
