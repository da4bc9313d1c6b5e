import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { figure } from '../parts/format.ts';
import { type Picture, pictureOf } from './weight-picture.ts';

/** Weights as an image: filters of a convolution as tiles, matrices as they are; blue is below zero, red above. */
export function WeightImage({ values, shape }: { readonly values: Float32Array; readonly shape: readonly number[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [channel, setChannel] = useState(0);
  const picture = useMemo<Picture>(() => pictureOf(values, shape, channel), [values, channel]);
  useLayoutEffect(() => {
    const { current } = canvas;
    if (!current) return;
    current.width = picture.width;
    current.height = picture.height;
    current.getContext('2d')?.putImageData(new ImageData(picture.pixels, picture.width, picture.height), 0, 0);
  }, [picture]);
  return (
    <figure class="weight-image">
      <canvas
        ref={canvas}
        style={{ aspectRatio: `${picture.width} / ${picture.height}` }}
        role="img"
        aria-label={picture.title}
      />
      <figcaption>
        <span>{picture.title}</span>
        {picture.channels > 1 && (
          <label>
            input channel{' '}
            <input
              type="number"
              min={0}
              max={picture.channels - 1}
              value={channel}
              onInput={(event) =>
                setChannel(
                  Math.min(picture.channels - 1, Math.max(0, Math.floor(event.currentTarget.valueAsNumber) || 0)),
                )
              }
            />
          </label>
        )}
        <span class="scale">
          −{figure(picture.most)} <i /> {figure(picture.most)}
        </span>
      </figcaption>
    </figure>
  );
}
