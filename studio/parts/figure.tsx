interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}
/** A key figure with its label. */
export function Figure({ name, value, note }: FigureProps) {
  return (
    <div class="figure">
      <span>{name}</span>
      <b>{value}</b>
      <small>{note}</small>
    </div>
  );
}
