import { vectorWidth } from './memory/features.ts';
import { foreign } from './memory/foreign.ts';

/** The vector widths that this machine can run. Prints why if there are none. */
export function widthsHere(): readonly (8 | 16)[] {
  try {
    foreign();
  } catch (error) {
    console.info(`tests of machine code are skipped: ${(error as Error).message.split('\n')[0]}`);
    return [];
  }
  const width = vectorWidth();
  if (width === 0) console.info('tests of machine code are skipped: this processor lacks AVX2 or FMA');
  return ([8, 16] as const).filter((lanes) => lanes <= width);
}
