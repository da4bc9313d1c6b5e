import { useStep } from '../step/use-step.ts';
import type { Studio } from '../studio.ts';

export type Level = 'ops' | 'kernels';
interface LevelSwitchProps {
  readonly studio: Studio;
  readonly level: Level;
  readonly onLevel: (level: Level) => void;
}

/** Whether layers open to their ops, or to the kernels that compute them in the compiled step. */
export function LevelSwitch({ studio, level, onLevel }: LevelSwitchProps) {
  const { problem, isBusy } = useStep(studio, level === 'kernels');
  return (
    <div class="level-switch">
      <fieldset class="choice" aria-label="What layers open into">
        {(['ops', 'kernels'] as const).map((each) => (
          <button
            type="button"
            key={each}
            aria-pressed={each === level}
            title={
              each === 'ops' ? 'Layers open into their operations' : 'Layers open into the kernels of the compiled step'
            }
            onClick={() => onLevel(each)}
          >
            {each}
          </button>
        ))}
      </fieldset>
      {isBusy && <p class="hint">The step is being compiled…</p>}
      {problem && <p class="hint bad">{problem}</p>}
    </div>
  );
}
