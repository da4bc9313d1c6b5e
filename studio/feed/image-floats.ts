/** A picture, scaled to a model's input `[height, width, channels]`, with values between `low` and `high`. */
export async function imageFloats(
  file: Blob,
  sizes: readonly number[],
  low: number,
  high: number,
): Promise<Float32Array> {
  const [height, width, channels] = sizes as [number, number, number];
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) throw new Error('there is no canvas here');
  pen.drawImage(bitmap, 0, 0, width, height);
  const { data } = pen.getImageData(0, 0, width, height);
  const values = new Float32Array(height * width * channels);
  for (let k = 0; k < height * width; k++) {
    const [r, g, b] = [data[4 * k]!, data[4 * k + 1]!, data[4 * k + 2]!];
    const all = channels === 1 ? [0.299 * r + 0.587 * g + 0.114 * b] : [r, g, b];
    all.forEach((v, c) => (values[k * channels + c] = low + (v / 255) * (high - low)));
  }
  return values;
}
