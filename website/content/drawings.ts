/** A picture that a block of code on a page draws: `<!-- draws: small.svg What it shows -->` stands before the block. */
export interface Drawing {
  /** The place in the site. */
  readonly url: string;
  /** The name of the file that the code writes. */
  readonly file: string;
  /** The program: what the page takes for granted, and the block. */
  readonly program: string;
}

const block =
  /((?:<!-- (?!draws)[^>]*?-->\s*)*)<!-- draws: (\S+) (.*?) -->\s*((?:<!--[\s\S]*?-->\s*)*)```ts\n([\s\S]*?)\n```/g;

/** Puts behind each block that draws the picture that it draws. */
export function withDrawings(
  markdown: string,
  page: string,
): { readonly markdown: string; readonly drawings: Drawing[] } {
  const imports = /^import [^;]*'hornbeam';$/gm;
  const first = [...markdown.matchAll(imports)].map(([line]) => line);
  const drawings: Drawing[] = [];
  const shown = markdown.replace(
    block,
    (whole, before: string, file: string, alt: string, after: string, code: string) => {
      const given = [...(before + after).matchAll(/<!-- given: ([\s\S]*?) ?-->/g)].map(([, text]) => text!);
      const name = `${page.replace(/\.html$/, '').replaceAll('/', '-')}-${file}`;
      const program = [...new Set(first), ...given, code.replace(imports, '')].join('\n');
      drawings.push({ url: `pictures/drawn/${name}`, file, program });
      return `${whole}\n\n![${alt}](/pictures/drawn/${name})`;
    },
  );
  return { markdown: shown, drawings };
}
