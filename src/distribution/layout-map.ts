import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { refuseBeside } from '../base/options.ts';
import { DeviceMesh } from './device-mesh.ts';
import { TensorLayout } from './tensor-layout.ts';

/**
 * Layouts by variable path: keys are paths, or regular expressions that match several.
 * @example
 * const mesh = new DeviceMesh({ shape: [1, 1], axisNames: ['batch', 'model'] });
 * const map = new LayoutMap(mesh);
 * map.set('.*dense.*kernel', [null, 'model']);
 * map.get('dense_1/kernel')?.axes // [null, 'model']
 * @see https://keras.io/api/distribution/layout_map/
 */
export class LayoutMap implements Iterable<[string, TensorLayout]> {
  /** The mesh on which its layouts are placed. */
  readonly deviceMesh: DeviceMesh;
  readonly #layouts = new Map<string, TensorLayout>();

  constructor(deviceMesh: DeviceMesh, ...surplus: undefined[]) {
    refuseBeside('LayoutMap', surplus);
    if (!(deviceMesh instanceof DeviceMesh)) fail('LayoutMap', 'deviceMesh is no DeviceMesh', 'give a DeviceMesh');
    this.deviceMesh = deviceMesh;
  }

  /** The layout of this key, or else of the expression that matches it; undefined if there is none. */
  get(key: string): TensorLayout | undefined {
    const known = this.#layouts.get(key);
    if (known) return known;
    const fitting = [...this.#layouts].filter(([expression]) => new RegExp(expression).test(key));
    if (fitting.length > 1)
      fail(
        'LayoutMap',
        `"${key}" fits several keys: ${fitting.map(([k]) => `"${k}"`).join(', ')}`,
        'let the expressions exclude each other',
      );
    return fitting[0]?.[1];
  }
  /** Adds a layout, given as such or by its axes. */
  set(key: string, layout: TensorLayout | readonly (string | null)[]): this {
    if (this.#layouts.has(key)) fail('LayoutMap', `"${key}" has a layout already`, 'delete it first');
    const made = layout instanceof TensorLayout ? layout : new TensorLayout(layout);
    if (!made.deviceMesh) made.deviceMesh = this.deviceMesh;
    this.#layouts.set(key, made);
    return this;
  }
  /** Whether it has this key itself. */
  has(key: string): boolean {
    return this.#layouts.has(key);
  }
  /** Removes the layout of exactly this key; returns whether there was one. */
  delete(key: string): boolean {
    return this.#layouts.delete(key);
  }
  /** Removes all layouts. */
  clear(): void {
    this.#layouts.clear();
  }
  /** Number of layouts. */
  get size(): number {
    return this.#layouts.size;
  }
  /** The keys (patterns of variable paths), in the order in which they were set. */
  keys(): IterableIterator<string> {
    return this.#layouts.keys();
  }
  /** The layouts, in the order in which they were set. */
  values(): IterableIterator<TensorLayout> {
    return this.#layouts.values();
  }
  [Symbol.iterator](): Iterator<[string, TensorLayout]> {
    return this.#layouts[Symbol.iterator]();
  }

  static {
    exactMethods(this);
  }
}
