/** A number with fixed decimals, exact ties to the even digit as in Python (`toFixed` rounds them up). */
export function fixed(value: number, digits: number): string {
  const scaled = value * 10 ** digits;
  const floor = Math.floor(scaled);
  // Only multiples of 1/16 are both ties and exact, so the product above is exact whenever it matters.
  const isTie =
    scaled - floor === 0.5 && scaled / 10 ** digits === value && Number.isInteger(value * 2 ** (digits + 1));
  const rounded = isTie ? (floor + Math.abs(floor % 2)) / 10 ** digits : value;
  return rounded.toFixed(digits);
}
