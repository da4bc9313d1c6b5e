import type { StudioKernel } from '../../src/studio/protocol.ts';
import { bytes } from '../parts/format.ts';

/** The memory in use from kernel to kernel, apart from weights and data. */
export function MemoryCurve({ kernels }: { readonly kernels: readonly StudioKernel[] }) {
  const most = Math.max(...kernels.map(({ scratch }) => scratch));
  if (!(most > 0)) return null;
  const peak = kernels.findIndex(({ scratch }) => scratch === most);
  const [width, height] = [kernels.length, 100];
  const top = (k: StudioKernel): number => height - (height * k.scratch) / most;
  const outline = kernels.map((k, n) => `H${n}V${top(k).toFixed(1)}`).join('');
  return (
    <figure class="memory">
      <figcaption>
        Memory of intermediates: at most <b>{bytes(most)}</b>, in kernel {peak} ({kernels[peak]!.name})
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Bytes of intermediates from kernel to kernel, at most ${bytes(most)} in kernel ${peak}`}
      >
        <path d={`M0,${height}${outline}H${width}V${height}Z`} />
        {kernels.map((k, n) => (
          <rect key={n} x={n} y="0" width="1" height={height}>
            <title>{`${n} ${k.name}: ${bytes(k.scratch)}`}</title>
          </rect>
        ))}
      </svg>
    </figure>
  );
}
