import { useLayoutEffect, useRef } from 'preact/hooks';
import type { StudioActivation } from '../../src/studio/protocol.ts';
import { decodeBytes } from '../parts/numbers.ts';

/** The maps of the first channels, side by side. */
export function ActivationMaps({
  of: { width, height, data },
}: {
  readonly of: NonNullable<StudioActivation['maps']>;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const across = Math.min(8, data.length);
  const down = Math.ceil(data.length / across);
  useLayoutEffect(() => {
    const { current } = canvas;
    const pen = current?.getContext('2d');
    if (!current || !pen) return;
    current.width = across * (width + 1) - 1;
    current.height = down * (height + 1) - 1;
    data.forEach((text, k) => {
      const image = new ImageData(width, height);
      decodeBytes(text).forEach((v, at) => {
        image.data.set([v, v, v, 255], 4 * at);
      });
      pen.putImageData(image, (k % across) * (width + 1), Math.floor(k / across) * (height + 1));
    });
  }, [data]);
  return <canvas ref={canvas} class="maps" role="img" aria-label={`Maps of ${data.length} channels`} />;
}
