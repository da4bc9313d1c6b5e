type Name = 'batches' | 'epochs' | 'validation';

const [width, height] = [640, 380];
const edge = { left: 46, right: 8, top: 10, bottom: 28 };
const ticks = [0.01, 0.03, 0.1, 0.3, 1, 3];

/** A curve of losses over epochs, on a logarithmic scale: SVG, so that the style sheet colours it. */
export class LossChart {
  private readonly svg: SVGSVGElement;
  private readonly lines = new Map<Name, { element: Element; points: string[] }>();
  private epochs = 1;
  private isDue = false;

  constructor(svg: SVGSVGElement, epochs: number) {
    this.svg = svg;
    this.clear(epochs);
  }

  /** An empty chart for so many epochs. */
  clear(epochs: number): void {
    this.epochs = epochs;
    this.svg.replaceChildren();
    for (const tick of ticks) {
      const y = this.y(tick);
      this.add('line', { class: 'grid', x1: edge.left, x2: width - edge.right, y1: y, y2: y });
      this.add('text', { x: edge.left - 10, y: y + 4, 'text-anchor': 'end' }).textContent = String(tick);
    }
    for (let epoch = 0; epoch <= epochs; epoch += Math.ceil(epochs / 12))
      this.add('text', { x: this.x(epoch), y: height - 6, 'text-anchor': 'middle' }).textContent = String(epoch);
    for (const name of ['batches', 'epochs', 'validation'] as const)
      this.lines.set(name, { element: this.add('polyline', { class: name }), points: [] });
  }

  /** Extends a line to a loss after some number of epochs. */
  push(name: Name, epochs: number, loss: number): void {
    this.lines.get(name)!.points.push(`${this.x(epochs).toFixed(1)},${this.y(loss).toFixed(1)}`);
    // Batches arrive faster than screens can show them.
    if (!this.isDue) requestAnimationFrame(() => this.draw());
    this.isDue = true;
  }

  private draw(): void {
    for (const { element, points } of this.lines.values()) element.setAttribute('points', points.join(' '));
    this.isDue = false;
  }
  private x(epochs: number): number {
    return edge.left + (epochs / this.epochs) * (width - edge.left - edge.right);
  }
  private y(loss: number): number {
    const [low, high] = [Math.log(ticks[0]!), Math.log(ticks.at(-1)!)];
    const share = (Math.log(Math.max(loss, ticks[0]!)) - low) / (high - low);
    return height - edge.bottom - Math.min(1, share) * (height - edge.top - edge.bottom);
  }
  private add(tag: string, attributes: Readonly<Record<string, string | number>>): Element {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    return this.svg.appendChild(element);
  }
}
