import * as keras from 'hornbeam';
import { answer, tell } from '../data/worker-calls.ts';
import { redraw } from './patches.ts';
import { manners, side, subjects } from './pictures.ts';

/** Red, green and blue of the pixels, 0 to 1. */
export interface Picture {
  readonly name: string;
  readonly side: number;
  readonly pixels: Float32Array;
}
/** What the page hears while a picture is redrawn. */
export interface Drawn extends Picture {
  readonly step: number;
  readonly of: number;
  readonly distance: number;
}

const drawnByCode = (pictures: typeof manners): Picture[] =>
  Object.entries(pictures).map(([name, draw]) => ({ name, side, pixels: draw(side).pixels }));
const asTensor = ({ pixels, side }: Picture): keras.Tensor => keras.tensor(pixels, { shape: [1, side, side, 3] });
let isStopping = false;

const functions = {
  pictures: (_: undefined) => ({ manners: drawnByCode(manners), subjects: drawnByCode(subjects) }),
  async redraw({ subject, manner, coarsest }: { subject: Picture; manner: Picture; coarsest: number }): Promise<void> {
    isStopping = false;
    let told = Number.NEGATIVE_INFINITY;
    for (const { picture, distance, side, step, of } of redraw(asTensor(subject), asTensor(manner), { coarsest })) {
      if (performance.now() - told < 150 && step < of) continue;
      const [pixels, squared] = await Promise.all([picture.data<'float32'>(), distance.item()]);
      tell({ name: subject.name, side, pixels, step, of, distance: Math.sqrt(squared as number) } satisfies Drawn);
      told = performance.now();
      // A wish to stop is heard.
      await new Promise((next) => setTimeout(next));
      if (isStopping) return;
    }
  },
  stop(): void {
    isStopping = true;
  },
};
export type Functions = typeof functions;
answer(functions);
