import { fail, type Named } from '../../base/errors.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';

interface Contraction extends Named {
  readonly equation: string;
  readonly outputShape: SymbolicShape;
  readonly biasAxes: string | null;
}
const forms = [
  /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/,
  /^\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)$/,
  /^([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.$/,
];

/** Shapes of kernel and bias of a contraction with inputs of a known shape. */
export function einsumShapes(
  layer: Contraction,
  inputShape: SymbolicShape,
): { kernel: SymbolicShape; bias: SymbolicShape | null } {
  const equation = layer.equation.replace(/\s/g, '');
  const form = forms.findIndex((f) => f.test(equation));
  if (form < 0)
    fail(
      layer,
      `equation "${layer.equation}" is none of the form [X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]...`,
      'for example "abc,cd->abd"',
    );
  const [, inputs, weights, outputs] = forms[form].exec(equation)!;
  const elided = Math.max(0, inputShape.length - inputs.length);
  const isElidedLeft = form === 1;
  // The output's whole shape: batch, what the ellipsis stands for, what the layer was told.
  const outputShape = [
    inputShape[0],
    ...(isElidedLeft ? inputShape.slice(1, elided) : []),
    ...layer.outputShape,
    ...(isElidedLeft ? [] : inputShape.slice(inputShape.length - elided)),
  ];
  const offset = isElidedLeft ? elided : 0;
  const inputSizes = new Map([...inputs].map((c, i) => [c, inputShape[i + offset] ?? null]));
  const outputSizes = new Map([...outputs].map((c, i) => [c, outputShape[i + offset] ?? null]));
  for (const [c, size] of inputSizes) {
    const wanted = outputSizes.get(c);
    if (wanted !== undefined && wanted !== null && wanted !== size)
      fail(
        layer,
        `axis "${c}" of equation "${layer.equation}" has size ${size} in inputs of shape ${showShape(inputShape)}, ${wanted} in the output`,
        'give outputShape null, or that size, for the axis',
      );
  }
  const sizeOf = (c: string): number | null => {
    if (inputSizes.has(c)) return inputSizes.get(c)!;
    if (outputSizes.has(c)) return outputSizes.get(c)!;
    return fail(
      layer,
      `axis "${c}" of the kernel occurs in neither side of equation "${layer.equation}"`,
      'name it in the inputs or the outputs',
    );
  };
  for (const c of outputs)
    if (!inputs.includes(c) && !weights.includes(c))
      fail(
        layer,
        `axis "${c}" of the output comes from nowhere in equation "${layer.equation}"`,
        'name it in the inputs or the kernel',
      );
  return { kernel: [...weights].map(sizeOf), bias: biasShape(layer, outputs, outputSizes, isElidedLeft ? 0 : elided) };
}

function biasShape(
  layer: Contraction,
  outputs: string,
  sizes: ReadonlyMap<string, number | null>,
  trailing: number,
): SymbolicShape | null {
  const { biasAxes } = layer;
  if (biasAxes === null) return null;
  for (const c of biasAxes)
    if (!outputs.includes(c))
      fail(layer, `biasAxes names "${c}", which is no axis of the output "${outputs}"`, 'use letters of the output');
  const first = Math.min(...[...biasAxes].map((c) => outputs.indexOf(c)));
  return [
    ...[...outputs.slice(first)].map((c) => (biasAxes.includes(c) ? sizes.get(c)! : 1)),
    ...new Array<number>(trailing).fill(1),
  ];
}
