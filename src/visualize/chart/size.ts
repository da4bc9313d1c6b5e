import { fail } from '../../base/errors.ts';

/** Refuses pictures that are none, and those that would take all memory. */
export function checkSize(who: string, width: number, height: number): void {
  for (const [name, size] of Object.entries({ width, height }))
    if (!(size >= 100 && size <= 10_000)) fail(who, `${name} is ${size}`, 'give from 100 to 10000 pixels');
}
