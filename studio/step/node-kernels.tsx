import type { Item } from '../model/items.ts';
import { bytes } from '../parts/format.ts';
import type { Studio } from '../studio.ts';
import { costOf, familyOfKernel, kernelsOf, type Part, weightOf } from './kernels.ts';
import { useStep } from './use-step.ts';

interface NodeKernelsProps {
  readonly studio: Studio;
  readonly item: Item;
  readonly onShow: () => void;
}

/** The kernels of the compiled step that compute something for a node: results, and gradients where it is trained. */
export function NodeKernels({ studio, item, onShow }: NodeKernelsProps) {
  const { step, problem, isBusy, ask } = useStep(studio, false);
  if (!step)
    return studio.can('step') ? (
      <section class="node-kernels">
        <h3>Kernels</h3>
        {problem ? (
          <p class="hint">{problem}</p>
        ) : (
          <button type="button" class="plain link" disabled={isBusy} onClick={() => ask(false)}>
            {isBusy ? 'The step is being compiled…' : 'Compile the step to see them'}
          </button>
        )}
      </section>
    ) : null;
  const parts = kernelsOf(step, item);
  if (parts.length === 0) return null;
  const total = step.kernels.reduce((sum, k) => sum + weightOf(k), 0) || 1;
  const sumOf = (of: (part: Part) => number): number => parts.reduce((sum, part) => sum + of(part), 0);
  const ms = sumOf(({ kernel }) => kernel.ms ?? 0);
  const share = sumOf(({ kernel }) => weightOf(kernel)) / total;
  return (
    <section class="node-kernels">
      <h3>
        Kernels <small>{step.name === 'train' ? 'of the training step' : 'of prediction'}</small>
      </h3>
      <p class="line">
        <span>{parts.length === 1 ? 'one kernel' : `${parts.length} kernels`}</span>
        <em>
          {step.timed ? `${ms.toPrecision(3)} ms, ` : ''}
          {(100 * share).toPrecision(2)} % of the step
        </em>
      </p>
      <ol>
        {parts.map(({ kernel, number, isForward, isBackward }) => (
          <li key={number} title={kernel.fused.join(' ')}>
            <i style={{ background: `var(--family-${familyOfKernel(kernel)})` }} />
            <b>
              {isBackward && !isForward ? '∂ ' : ''}
              {kernel.name}
            </b>
            <small>
              {costOf(kernel)} · {bytes(kernel.bytes)}
            </small>
          </li>
        ))}
      </ol>
      <button type="button" class="plain link" onClick={onShow}>
        Show them in the step
      </button>
    </section>
  );
}
