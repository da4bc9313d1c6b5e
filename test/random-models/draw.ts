/** Choices made by a list of numbers. 0 always is the simplest choice, and a list that ends goes on with 0. */
export class Draw {
  private readonly numbers: readonly number[];
  private at = 0;

  constructor(numbers: readonly number[]) {
    this.numbers = numbers;
  }
  /** An integer from 0 to n - 1. */
  below(n: number): number {
    return (this.numbers[this.at++] ?? 0) % n;
  }
  from(low: number, high: number): number {
    return low + this.below(Math.max(0, high - low) + 1);
  }
  /** True once in so many times. */
  oneIn(n: number): boolean {
    return this.below(n) === n - 1;
  }
  of<const T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
  /** A size up to `most`: often small, often at or beside a power of two, where kernels change their ways. */
  size(most = 40): number {
    const fitting = sizes.filter((n) => n <= most);
    return fitting.length > 0 ? this.of(fitting) : Math.max(1, most);
  }
}
const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 20, 24, 25, 31, 32, 33, 36, 39, 40];
