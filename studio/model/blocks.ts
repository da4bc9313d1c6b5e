/** Nodes that stand together: a block with a name, or one node without. */
export interface Block {
  readonly name: string | undefined;
  readonly members: readonly number[];
}

/**
 * Parts a long list of names, in the order of the graph, into blocks: neighbours that begin alike up to a number
 * (`conv2_block1_1_conv`, `conv2_block1_add`). Neighbours in that order never enclose a way that leaves the block, so a block can
 * stand for its nodes. Undefined where that gives nothing: `prefix` is what all names begin with.
 */
export function blocksOf(names: readonly string[], prefix: string): Block[] | undefined {
  if (names.length < (prefix === '' ? 16 : 8)) return undefined;
  const blocks: { name: string | undefined; members: number[] }[] = [];
  names.forEach((text, k) => {
    const name = beginning(text, prefix);
    const last = blocks.at(-1);
    if (name !== undefined && last?.name === name) last.members.push(k);
    else blocks.push({ name, members: [k] });
  });
  // What stands alone, or with one other, is no block.
  const whole = blocks.flatMap(({ name, members }): Block[] =>
    members.length > 2 && name !== undefined
      ? [{ name, members }]
      : members.map((k) => ({ name: undefined, members: [k] })),
  );
  const made = whole.filter(({ name }) => name !== undefined).length;
  return made > 1 ? whole : undefined;
}

/** `conv2_block1_1_conv` -> `conv2`, and behind the prefix `conv2` -> `conv2_block1`; names that Keras numbers (`dense_1`) begin with nothing. */
function beginning(name: string, prefix: string): string | undefined {
  const from = name.startsWith(prefix) ? prefix.length : 0;
  const found = /^[_/.]*[A-Za-z][A-Za-z_]*?_?\d+[a-z]?(?=[_/.]\D|[_/.]\d+[_/.])/.exec(name.slice(from))?.[0];
  return found === undefined ? undefined : name.slice(0, from) + found;
}
