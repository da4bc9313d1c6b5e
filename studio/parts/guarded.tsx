import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';

interface GuardedProps {
  /** The contents. */
  readonly what: string;
  readonly children: ComponentChildren;
}
/** Shows an error in place of contents that fail, such as a line of a damaged file; the rest of the page goes on. */
export function Guarded({ what, children }: GuardedProps) {
  const [error] = useErrorBoundary() as [Error | undefined, () => void];
  if (!error) return <>{children}</>;
  return (
    <article class="chart">
      <p class="hint bad">
        {what} cannot be shown: {error.message}
      </p>
    </article>
  );
}
