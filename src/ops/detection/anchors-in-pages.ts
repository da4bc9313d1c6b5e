import { fail } from '../../base/errors.ts';

/** What stands in the core of pages for a function of detectors that is in a file beside it. */
const inTools = (name: string) => (): never =>
  fail(
    `keras.utils.boundingBoxes.${name}`,
    'it is not in the core of pages',
    `import { ${name} } from 'hornbeam/browser/tools' (tools.js beside the core)`,
  );

export const generateAnchors = inTools('generateAnchors');
export const decodeDistancesToBoxes = inTools('decodeDistancesToBoxes');
export const encodeBoxToDistances = inTools('encodeBoxToDistances');
