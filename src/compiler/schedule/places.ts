import { partsOf } from '../../algebra/algebra.ts';
import { sizeOf } from '../../base/shape.ts';
import { type Expr, flatten, load, type Region } from '../../ir/expr.ts';
import type { Aval, Tensor } from '../../ir/tensor.ts';
import type { Formulas } from '../formulas.ts';

/** The flat regions in which a plan keeps tensors, and expressions that read them by a single position. */
export class Places {
  declare readonly formulas: Formulas;
  private readonly regions = new Map<Tensor, Region>();
  private readonly starts = new Map<Tensor, Expr>();
  private readonly shared = new Map<Region, Region>();
  private readonly flattened = new Map<Expr, Expr>();
  private count = 0;

  constructor(formulas: Formulas) {
    this.formulas = formulas;
  }

  regionOf(tensor: Tensor): Region {
    let region = this.regions.get(tensor);
    if (!region) {
      region = this.scratch(tensor);
      this.regions.set(tensor, region);
    }
    return region;
  }

  /** A new region for an array that is not a tensor of the program. */
  scratch({ shape, dtype }: Aval, name = `r${this.count++}`): Region {
    return { name, shape: [sizeOf(shape)], dtype };
  }

  /** Places a tensor's value in an existing region, from this position on. */
  put(tensor: Tensor, region: Region, start?: Expr): void {
    this.regions.set(tensor, region);
    if (start) this.starts.set(tensor, start);
  }

  /** Places a tensor with another one that has the same value. */
  putWith(tensor: Tensor, other: Tensor): void {
    this.put(tensor, this.regionOf(other), this.starts.get(other));
  }

  /** Whether the tensor lies inside a larger region, at a computed position. */
  isInside(tensor: Tensor): boolean {
    return this.starts.has(tensor);
  }

  /** Makes two regions share their memory. */
  share(region: Region, other: Region): void {
    this.shared.set(region, other);
  }

  /** The representative of all regions that share its bytes. */
  one(region: Region): Region {
    let found = region;
    for (let next = this.shared.get(found); next; next = this.shared.get(found)) found = next;
    return found;
  }

  /** Every region that shares the memory of another. */
  sharing(): Iterable<Region> {
    return this.shared.keys();
  }

  /**
   * A value as whoever loads it from memory will see it. Those who read it in the kernel that stores it must see no other: what two
   * kernels compute of a tensor would differ, and be compared.
   */
  asStored(value: Expr, { dtype }: Aval): Expr {
    const isRounded = value.op !== 'load' && (dtype === 'float16' || dtype === 'bfloat16');
    return isRounded ? this.formulas.algebra.apply(dtype, 'f32', [value]) : value;
  }

  /** The position of a tensor's element in its region. */
  positionIn(tensor: Tensor, index: readonly Expr[]): Expr {
    const position = this.position(index, tensor.shape);
    const start = this.starts.get(tensor);
    return start ? this.formulas.algebra.apply('add', 'i32', [start, position]) : position;
  }

  /** The position of an element of an array. */
  position(index: readonly Expr[], shape: readonly number[]): Expr {
    return this.formulas.algebra.simplify(flatten(index, shape));
  }

  /** The expression, with each load of a tensor turned into a load from its flat region. */
  flat(e: Expr): Expr {
    let result = this.flattened.get(e);
    if (result) return result;
    result = e;
    if (e.op === 'load') {
      const index = e.index.map((i) => this.flat(i));
      const tensor = this.formulas.tensorOf(e.from);
      result = this.formulas.algebra.simplify(
        tensor ? load(this.regionOf(tensor), [this.positionIn(tensor, index)]) : load(e.from, index),
      );
    } else if (partsOf(e).length > 0) {
      const parts = partsOf(e).map((x) => this.flat(x));
      if (e.op === 'apply') result = this.formulas.algebra.simplify({ ...e, args: parts });
      else if (e.op === 'reduce') result = this.formulas.algebra.simplify({ ...e, body: parts[0] });
    }
    this.flattened.set(e, result);
    return result;
  }
}
