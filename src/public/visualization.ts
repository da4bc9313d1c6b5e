export * from './page-visualization.ts';
export {
  type ModelEdge,
  type ModelGraph,
  type ModelGraphOptions,
  type ModelNode,
  modelGraph,
  type PrecisionRecallPlotOptions,
  precisionRecallPlot,
} from './tools.ts';
