import type { StudioKernel } from '../../src/studio/protocol.ts';

interface LayerLinksProps {
  readonly kernel: StudioKernel;
  /** How many are shown; 4 by default. */
  readonly most?: number;
  readonly knows: (path: string) => boolean;
  readonly onGo: (path: string) => void;
}

/** For which layers a kernel computes, gradients with ∂; each leads to the layer. */
export function LayerLinks({ kernel, most = 4, knows, onGo }: LayerLinksProps) {
  const all = [
    ...kernel.forward.map((path) => ({ path, sign: '' })),
    ...kernel.backward.map((path) => ({ path, sign: '∂' })),
  ];
  const more = all.length - most;
  return (
    <>
      {all.slice(0, most).map(({ path, sign }) =>
        knows(path) ? (
          <button type="button" class="plain link" key={sign + path} title={path} onClick={() => onGo(path)}>
            {sign}
            {shortName(path)}
          </button>
        ) : (
          <span key={sign + path} title={path}>
            {sign}
            {shortName(path)}
          </span>
        ),
      )}
      {more > 0 && (
        <span
          title={all
            .slice(most)
            .map(({ path, sign }) => sign + path)
            .join(', ')}
        >
          +{more}
        </span>
      )}
    </>
  );
}

/** The last name of a path; `:loss` and the like without the colon. */
const shortName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/^:/, '');
