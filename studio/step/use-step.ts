import { useEffect, useState } from 'preact/hooks';
import type { StudioStep } from '../../src/studio/protocol.ts';
import type { Studio } from '../studio.ts';

export interface AskedStep {
  readonly step: StudioStep | undefined;
  readonly problem: string | undefined;
  readonly isBusy: boolean;
  readonly ask: (timed: boolean) => void;
}

/** The compiled step, and how to request it. If `wanted`, it is compiled at once, which may take seconds. */
export function useStep(studio: Studio, wanted: boolean): AskedStep {
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const { step } = studio.store;
  const ask = (timed: boolean) => {
    setBusy(true);
    setProblem(undefined);
    studio
      .step(timed)
      .catch((error: Error) => setProblem(error.message))
      .finally(() => setBusy(false));
  };
  useEffect(() => {
    if (wanted && !step && !problem && !isBusy && studio.can('step')) ask(false);
  }, [wanted]);
  return { step, problem, isBusy, ask };
}
