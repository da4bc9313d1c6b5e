/** The largest centred crop of an image with the aspect ratio of a size. */
export function middleOf(
  [height, width]: readonly [number, number],
  [toHeight, toWidth]: readonly [number, number],
): { readonly top: number; readonly left: number; readonly height: number; readonly width: number } {
  const partHeight = Math.max(1, Math.min(height, Math.trunc((width * toHeight) / toWidth)));
  const partWidth = Math.max(1, Math.min(width, Math.trunc((height * toWidth) / toHeight)));
  return {
    top: Math.trunc((height - partHeight) / 2),
    left: Math.trunc((width - partWidth) / 2),
    height: partHeight,
    width: partWidth,
  };
}
