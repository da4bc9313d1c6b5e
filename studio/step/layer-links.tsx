import type { StudioKernel } from '../../src/studio/protocol.ts';

interface LayerLinksProps {
  readonly kernel: StudioKernel;
  readonly knows: (path: string) => boolean;
  readonly onGo: (path: string) => void;
}

const mostShown = 4;

/** For which layers a kernel computes, gradients with ∂; each leads to the layer. */
export function LayerLinks({ kernel, knows, onGo }: LayerLinksProps) {
  const all = [
    ...kernel.forward.map((path) => ({ path, sign: '' })),
    ...kernel.backward.map((path) => ({ path, sign: '∂' })),
  ];
  const more = all.length - mostShown;
  return (
    <>
      {all.slice(0, mostShown).map(({ path, sign }) =>
        knows(path) ? (
          <button type="button" class="plain link" key={sign + path} title={path} onClick={() => onGo(path)}>
            {sign}
            {path.slice(path.lastIndexOf('/') + 1)}
          </button>
        ) : (
          <span key={sign + path} title={path}>
            {sign}
            {path.slice(path.lastIndexOf('/') + 1)}
          </span>
        ),
      )}
      {more > 0 && (
        <span
          title={all
            .slice(mostShown)
            .map(({ path, sign }) => sign + path)
            .join(', ')}
        >
          +{more}
        </span>
      )}
    </>
  );
}
