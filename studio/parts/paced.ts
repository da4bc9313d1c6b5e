/** The fraction of time that drawing may take while many lines arrive. */
const share = 0.25;

/** Draws on request: at once after a pause, otherwise as often as leaves time for everything else. */
export class Paced {
  readonly #draw: () => void;
  #next = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(draw: () => void) {
    this.#draw = draw;
  }
  ask(): void {
    if (this.#waiting !== undefined) return;
    const wait = this.#next - performance.now();
    if (wait <= 0) this.#now();
    else
      this.#waiting = setTimeout(() => {
        this.#waiting = undefined;
        this.#now();
      }, wait);
  }
  #now(): void {
    const begun = performance.now();
    this.#draw();
    // In a hidden tab there are no animation frames.
    this.#next = begun + 1000;
    requestAnimationFrame(() =>
      setTimeout(() => {
        const now = performance.now();
        this.#next = now + (now - begun) * (1 / share - 1);
      }, 0),
    );
  }
  close(): void {
    clearTimeout(this.#waiting);
  }
}
