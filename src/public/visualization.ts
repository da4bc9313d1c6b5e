export * from './page-visualization.ts';
export { type ModelEdge, type ModelGraph, type ModelGraphOptions, type ModelNode, modelGraph } from './tools.ts';
