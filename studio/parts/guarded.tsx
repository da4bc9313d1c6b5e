import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';

interface GuardedProps {
  /** What is shown inside. */
  readonly what: string;
  readonly children: ComponentChildren;
}
/** What cannot be shown, such as a line of a damaged file, says so, and the page goes on. */
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
