import { fail } from '../../base/errors.ts';

/** Refuses sizes that are invalid or would exhaust the memory. */
export function checkSize(who: string, width: number, height: number): void {
  for (const [name, size] of Object.entries({ width, height }))
    if (!(size >= 100 && size <= 10_000)) fail(who, `${name} is ${size}`, 'give from 100 to 10000 pixels');
}
