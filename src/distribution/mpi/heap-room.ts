/** By how many bytes the heap of a process can grow, from what Linux says of its memory (`/proc/self/maps`). */
export function heapRoom(maps: string): number {
  const areas = maps.split('\n').map((line) => {
    const [from, to] = (line.split(' ', 1)[0] ?? '').split('-').map((text) => Number.parseInt(text, 16));
    return { from: from!, to: to!, isHeap: line.endsWith('[heap]') };
  });
  const end = areas.find(({ isHeap }) => isHeap)?.to;
  if (end === undefined) return Number.POSITIVE_INFINITY;
  return Math.min(...areas.filter(({ from }) => from >= end).map(({ from }) => from)) - end;
}

/** More than MPI takes of the heap while it begins. */
const room = 2 ** 26;

/**
 * UCX, which MPICH sends with, tries its hooks of the heap by growing it by a page and giving that page back, without
 * looking whether it grew: where V8 has put machine code right behind the heap, a page that is in use is lost. There
 * it has to do without the hooks. To be called before the library is loaded.
 */
export function spareFullHeap(env: NodeJS.ProcessEnv): void {
  if (process.platform !== 'linux' || env['UCX_MEM_EVENTS'] !== undefined) return;
  let maps: string;
  try {
    maps = process.getBuiltinModule('node:fs').readFileSync('/proc/self/maps', 'utf8');
  } catch {
    return; // Nothing is known of the heap.
  }
  if (heapRoom(maps) < room) env['UCX_MEM_EVENTS'] = 'n';
}
