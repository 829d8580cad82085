/** `count` times what `write` gives, with spaces between. */
export const repeat = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

/** `core` within so many levels of brackets. */
export const nest = (levels: number, open: string, close: string, core = ''): string =>
  open.repeat(levels) + core + close.repeat(levels);
