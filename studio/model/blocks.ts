/** Nodes shown together: a block with a name, or a single node without one. */
export interface Block {
  readonly name: string | undefined;
  readonly members: readonly number[];
}

/**
 * Divides a long list of names, in the order of the graph, into blocks: neighbours with the same beginning up to a number
 * (`conv2_block1_1_conv`, `conv2_block1_add`). No path between neighbours in that order leaves the block, so a block can
 * represent its nodes. Undefined if there are no blocks; `prefix` is the common beginning of all names.
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
  // One or two nodes are no block.
  const whole = blocks.flatMap(({ name, members }): Block[] =>
    members.length > 2 && name !== undefined
      ? [{ name, members }]
      : members.map((k) => ({ name: undefined, members: [k] })),
  );
  const made = whole.filter(({ name }) => name !== undefined).length;
  return made > 1 ? whole : undefined;
}

/** `conv2_block1_1_conv` -> `conv2`, and after the prefix `conv2` -> `conv2_block1`; names that Keras numbers (`dense_1`) have no beginning. */
function beginning(name: string, prefix: string): string | undefined {
  const from = name.startsWith(prefix) ? prefix.length : 0;
  const found = /^[_/.]*[A-Za-z][A-Za-z_]*?_?\d+[a-z]?(?=[_/.]\D|[_/.]\d+[_/.])/.exec(name.slice(from))?.[0];
  return found === undefined ? undefined : name.slice(0, from) + found;
}
