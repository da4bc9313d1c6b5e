import { type LayoutGraph, layOut } from './layout.ts';

interface Port {
  onmessage: ((event: { readonly data: { readonly id: number; readonly graph: LayoutGraph } }) => void) | null;
  postMessage(message: unknown): void;
}
const port = globalThis as unknown as Port;
port.onmessage = ({ data: { id, graph } }) => port.postMessage({ id, layout: layOut(graph) });
