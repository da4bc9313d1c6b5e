/** Handwritten digits, 8x8 ink values from 0 to 1 each, one after the other, and which digits they are. */
export interface Digits {
  readonly count: number;
  readonly pixels: Float32Array;
  readonly labels: Float32Array;
}

/** The digits of `digits.csv.gz`: a line each, 64 ink values from 0 to 16 and the label. */
export async function fetchDigits(url: URL): Promise<Digits> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await new Response(response.body!.pipeThrough(new DecompressionStream('gzip'))).text();
  const rows = text.trim().split('\n');
  const pixels = new Float32Array(rows.length * 64);
  const labels = new Float32Array(rows.length);
  for (const [n, row] of rows.entries()) {
    const numbers = row.split(',').map(Number);
    for (let k = 0; k < 64; k++) pixels[n * 64 + k] = numbers[k]! / 16;
    labels[n] = numbers[64]!;
  }
  return { count: rows.length, pixels, labels };
}
