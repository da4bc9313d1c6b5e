import type { Tree } from '../base/tree.ts';
import type { ModelNode, TensorInfo } from './model-graph.ts';

/** What to show in the boxes of a plot. */
export interface LabelOptions {
  /** Shapes of inputs and outputs. */
  readonly showShapes?: boolean | undefined;
  /** Dtypes of outputs. */
  readonly showDtype?: boolean | undefined;
  /** Names of layers, in addition to their classes. */
  readonly showLayerNames?: boolean | undefined;
  /** Activation functions of layers that have one. */
  readonly showLayerActivations?: boolean | undefined;
  /** Whether layers with weights are trainable. */
  readonly showTrainable?: boolean | undefined;
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A layer's box as Keras draws it: name and class on black, under them a row of cells. */
export function layerLabel(node: ModelNode, options: LabelOptions): string {
  const { showShapes, showDtype, showLayerNames, showLayerActivations, showTrainable } = options;
  const span = Math.max(1, (showShapes ? 2 : 0) + Number(showDtype ?? false) + Number(showTrainable ?? false));
  const title = showLayerNames
    ? `<b>${escapeHtml(node.name)}</b> (${escapeHtml(node.className)})`
    : `<b>${escapeHtml(node.className)}</b>`;
  const cells: string[] = [];
  if (showShapes && node.className !== 'InputLayer') cells.push(cell('Input shape', shapesText(node.inputs)));
  if (showShapes) cells.push(cell('Output shape', shapesText(node.outputs)));
  if (showDtype) cells.push(cell('Output dtype', dtypesText(node.outputs)));
  if (showTrainable && node.params > 0)
    cells.push(
      `<td bgcolor="${node.trainable ? 'forestgreen' : 'firebrick'}"><font point-size="14" color="white"><b>${node.trainable ? 'Trainable' : 'Non-trainable'}</b></font></td>`,
    );
  return [
    '<<table border="0" cellborder="1" bgcolor="black" cellpadding="10">',
    `<tr><td colspan="${span}" bgcolor="black"><font point-size="16" color="white">${title}</font></td></tr>`,
    showLayerActivations && node.activation
      ? `<tr><td bgcolor="white" colspan="${span}"><font point-size="14">Activation: <b>${escapeHtml(node.activation)}</b></font></td></tr>`
      : '',
    cells.length > 0 ? `<tr>${cells.join('')}</tr>` : '',
    '</table>>',
  ].join('');
}
const cell = (what: string, value: string): string =>
  `<td bgcolor="white"><font point-size="14">${what}: <b>${escapeHtml(value)}</b></font></td>`;

/** An op within an opened layer: a small box with its name, and its output's shape. */
export function opLabel(node: ModelNode, { showShapes }: LabelOptions): string {
  const shape = showShapes
    ? `<br/><font point-size="12" color="#57606a">${escapeHtml(shapesText(node.outputs))}</font>`
    : '';
  return `<<font point-size="14"><b>${escapeHtml(node.name.replace(/_\d+$/, ''))}</b></font>${shape}>`;
}

const isInfo = (x: Tree<TensorInfo>): x is TensorInfo => 'shape' in x && 'dtype' in x;

/** A nest as Python shows it; at the top a dictionary has no braces. */
function nested(form: Tree<TensorInfo>, leaf: (info: TensorInfo) => string, isTop = false): string {
  if (isInfo(form)) return leaf(form);
  if (Array.isArray(form)) return `[${form.map((x: Tree<TensorInfo>) => nested(x, leaf)).join(', ')}]`;
  const entries = Object.entries(form as Readonly<Record<string, Tree<TensorInfo>>>);
  return isTop
    ? entries.map(([key, x]) => `${key}: ${nested(x, leaf)}`).join(', ')
    : `{${entries.map(([key, x]) => `'${key}': ${nested(x, leaf)}`).join(', ')}}`;
}
const shapesText = (form: Tree<TensorInfo> | undefined): string =>
  form === undefined
    ? '?'
    : nested(
        form,
        ({ shape }) => `(${shape.map((n) => n ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`,
        true,
      );
const dtypesText = (form: Tree<TensorInfo> | undefined): string => {
  if (form === undefined) return '?';
  return isInfo(form) ? form.dtype : nested(form, ({ dtype }) => `'${dtype}'`);
};
