import type { DType } from '../../base/dtype.ts';
import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { fixed } from '../../base/fixed.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { sourceNameOf } from '../../base/registry/serialize.ts';
import { sizeOf } from '../../base/shape.ts';
import { terminalColumns } from '../../base/terminal.ts';
import { type AnyLayer, isLayer, type Shapes } from '../../layers/layer/layer.ts';
import type { GraphNode, Operation } from '../../tensor/index.ts';
import { callsOf } from '../../tensor/index.ts';
import type { Graph } from '../functional/graph.ts';
import { graphOf } from '../functional/graph-of.ts';
import { drawTable } from './text-table.ts';

export interface SummaryOptions {
  /** Characters per line. Default: 88 for a stack of layers, 108 for a graph, limited by the terminal. */
  readonly lineLength?: number | undefined;
  /** The ends of the columns, as fractions of the line. */
  readonly positions?: readonly number[] | undefined;
  /** Whether layers of nested models are listed too. */
  readonly expandNested?: boolean | undefined;
  /** Whether to say which layers are trained. */
  readonly showTrainable?: boolean | undefined;
  /** Names, or regular expressions, of the first and the last layer to show. */
  readonly layerRange?: readonly [first: string, last: string] | undefined;
}
export const summaryOptions: OptionNames<SummaryOptions> = {
  lineLength: true,
  positions: true,
  expandNested: true,
  showTrainable: true,
  layerRange: true,
};

/** What a summary needs from a model. */
export interface Summarized {
  readonly name: string;
  /** An entry with a line of its own. */
  readonly operations: readonly Operation[];
  readonly trainableWeights: readonly Weight[];
  readonly nonTrainableWeights: readonly Weight[];
  readonly compiled: boolean;
  readonly optimizer: { readonly built: boolean; readonly variables: readonly Weight[] } | undefined;
}
interface Weight {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** The table of a model's layers with output shapes and numbers of parameters, as Keras prints it. */
export function summaryText(model: Summarized, options: SummaryOptions = {}): string {
  optionsOf('summary', summaryOptions, options);
  const { expandNested = false, showTrainable = false } = options;
  const graph = graphOf(model);
  // A model that is not listed by its graph (a Sequential or subclassed model) is shown as a stack.
  const isStack = !graph || model.operations !== graph.operations || isChain(graph);
  const header = ['Layer (type)', 'Output Shape', 'Param #', ...(isStack ? [] : ['Connected to'])];
  const ends = options.positions ?? (isStack ? [0.45, 0.8, 1] : [0.3, 0.56, 0.74, 1]);
  const lineLength =
    options.lineLength ?? Math.min((isStack ? 88 : 108) + (showTrainable ? 12 : 0), terminalColumns() - 4);
  const within = new Set(graph?.nodes);
  const line = (operation: Operation, level: number): string[] => [
    `${level > 0 ? `${'   '.repeat(level)}└ ` : ''}${operation.name} (${sourceNameOf(operation)})`,
    outputShape(operation),
    parameters(operation),
    ...(isStack ? [] : [connections(operation, within)]),
    ...(showTrainable ? [trainability(operation)] : []),
  ];
  const lines = (operation: Operation, level: number): string[][] => [
    line(operation, level),
    ...(expandNested ? layersWithin(operation).flatMap((inner) => lines(inner, level + 1)) : []),
  ];
  const table = drawTable({
    header: [...header, ...(showTrainable ? ['Trainable'] : [])],
    align: [
      'left',
      'left',
      'right',
      ...(isStack ? [] : (['left'] as const)),
      ...(showTrainable ? (['center'] as const) : []),
    ],
    widths: columnWidths(showTrainable ? [...ends.map((p) => p * 0.9), 1] : ends, lineLength),
    width: lineLength,
    rows: inRange(model, options.layerRange).flatMap((operation) => lines(operation, 0)),
  });
  return `Model: "${model.name}"\n${table}\n${totals(model)}`;
}

/** Whether each call follows the previous one and no layer is called twice. */
function isChain({ nodes, depths }: Graph): boolean {
  return (
    new Set(nodes.map((node) => depths.get(node))).size === nodes.length &&
    new Set(nodes.map((node) => node.operation)).size === nodes.length &&
    nodes.every((node) => node.inputs.length <= 1)
  );
}

function columnWidths(ends: readonly number[], lineLength: number): number[] {
  let current = 0;
  return ends.map((end) => {
    const width = Math.trunc(end * lineLength) - current;
    current += width;
    if (width < 4) fail('summary', `a line of ${lineLength} characters is too short`, 'give a greater `lineLength`');
    return width;
  });
}
/** The operations from the first that matches one pattern to the last that matches the other. */
function inRange({ name, operations }: Summarized, range: SummaryOptions['layerRange']): readonly Operation[] {
  if (!range) return operations;
  const matches = range.map((pattern) => {
    const begins = new RegExp(`^(?:${pattern})`);
    return [...operations.keys()].filter((k) => begins.test(operations[k].name));
  });
  const [first, last] = matches as [number[], number[]];
  if (first.length === 0 || last.length === 0)
    fail(
      `Model "${name}"`,
      `no layer matches "${range[first.length === 0 ? 0 : 1]}" of layerRange`,
      `its layers are ${operations.map((o) => o.name).join(', ')}`,
    );
  const [low, high] = [first[0], last.at(-1)!];
  return low <= high ? operations.slice(low, high + 1) : operations.slice(last[0], first.at(-1)! + 1);
}

const isLayerLike = (operation: Operation): operation is AnyLayer =>
  typeof operation === 'function' && isLayer(operation);

function layersWithin(operation: Operation): readonly AnyLayer[] {
  return 'layers' in operation && Array.isArray(operation.layers) ? operation.layers : [];
}
function parameters(operation: Operation): string {
  if (!isLayerLike(operation)) return '0';
  return operation.built ? grouped(operation.countParams()) : '0 (unbuilt)';
}
function trainability(operation: Operation): string {
  if (!isLayerLike(operation) || operation.weights.length === 0) return '-';
  return operation.trainable ? 'Y' : 'N';
}
function connections(operation: Operation, within: ReadonlySet<GraphNode>): string {
  const sources = callsOf(operation)
    .filter((node) => within.has(node))
    .flatMap((node) => node.inputs)
    .map(({ history }) => {
      const { node, index } = history!;
      return `${node.operation.name}[${callsOf(node.operation).indexOf(node)}][${index}]`;
    });
  return sources.join(', ') || '-';
}

/** Shapes of the last call's outputs, or those that follow from the shapes on which the layer was built. */
function outputShape(operation: Operation): string {
  const node = callsOf(operation).at(-1);
  if (node) return listed(node.outputs.map((t) => pythonShape(t.symbolicShape)));
  if (!isLayerLike(operation)) return '?';
  const build = operation.getBuildConfig();
  if (!build) return '?';
  const shapes = 'input_shape' in build ? [build['input_shape']] : Object.values(build);
  return showShapes(operation.computeOutputShape(...shapes));
}
const isShape = (x: unknown): x is readonly (number | null)[] =>
  Array.isArray(x) && x.every((n) => n === null || typeof n === 'number');
function showShapes(shapes: Shapes): string {
  if (isShape(shapes)) return pythonShape(shapes);
  if (Array.isArray(shapes)) return listed((shapes as readonly Shapes[]).map(showShapes));
  return `{${Object.entries(shapes)
    .map(([key, shape]) => `${key}: ${showShapes(shape as Shapes)}`)
    .join(', ')}}`;
}
const listed = (shapes: readonly string[]): string => (shapes.length === 1 ? shapes[0] : `[${shapes.join(', ')}]`);
const pythonShape = (shape: readonly (number | null)[]): string => `(${shape.map((n) => n ?? 'None').join(', ')})`;

function totals({ trainableWeights, nonTrainableWeights, compiled, optimizer }: Summarized): string {
  const built = compiled && optimizer?.built ? optimizer.variables : undefined;
  const all = [...trainableWeights, ...nonTrainableWeights, ...(built ?? [])];
  const line = (label: string, weights: readonly Weight[]): string => {
    const count = weights.reduce((n, v) => n + sizeOf(v.shape), 0);
    const bytes = weights.reduce((n, v) => n + sizeOf(v.shape) * dtypeInfo[v.dtype].bytes, 0);
    return ` ${label} params: ${grouped(count)} (${readableSize(bytes)})\n`;
  };
  return (
    line('Total', all) +
    line('Trainable', trainableWeights) +
    line('Non-trainable', nonTrainableWeights) +
    (built ? line('Optimizer', built) : '')
  );
}
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

function readableSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${fixed(size, 2)} ${units[unit]}`;
}
