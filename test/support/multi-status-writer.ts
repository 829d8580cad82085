import type { MultiAnswer } from '../../src/upstream/multi-status.js';

export interface SummaryEntry {
  readonly id: string;
  readonly status: number;
}

/** A batch answer before it is written: entry i describes part i, unless a test wants it otherwise. */
export interface BatchAnswer {
  readonly entries: readonly SummaryEntry[];
  /** JSON values; an undefined one is written as an empty part, or an absent `body`. */
  readonly parts: readonly unknown[];
}

/** How an entry names its id. */
export type Naming = 'absolute' | 'unversioned' | 'relative' | 'with query' | 'nothing';

export interface Layout {
  readonly encoding: 'multipart' | 'json';
  readonly naming: Naming;
  readonly newline: '\r\n' | '\n';
  readonly boundary: string;
  readonly quoted: boolean;
  /** What stands between the media type and the boundary parameter. */
  readonly separator: string;
  readonly headers: readonly string[];
  readonly preamble: string;
  readonly epilogue: string;
  readonly indent: number;
}

const PLAIN_LAYOUT: Layout = {
  encoding: 'multipart',
  naming: 'absolute',
  newline: '\r\n',
  boundary: 'Boundary_20_32057915_1351669531796',
  quoted: false,
  separator: '; ',
  headers: ['Content-Type: application/json'],
  preamble: '',
  epilogue: '',
  indent: 0,
};

export function writeBatchAnswer(answer: BatchAnswer, layout: Partial<Layout> = {}): MultiAnswer {
  const full = { ...PLAIN_LAYOUT, ...layout };
  return full.encoding === 'json' ? writeJson(answer, full) : writeMultipart(answer, full);
}

function writeJson({ entries, parts }: BatchAnswer, { naming, indent }: Layout): MultiAnswer {
  const items = entries.map(({ id, status }, index) => ({
    ...(naming === 'nothing' ? {} : { resourceId: id }),
    status,
    body: parts[index],
  }));
  return {
    status: 207,
    contentType: 'application/vnd.ringcentral.multipart+json',
    body: Buffer.from(JSON.stringify(items, undefined, indent)),
  };
}

function writeMultipart({ entries, parts }: BatchAnswer, layout: Layout): MultiAnswer {
  const { newline, boundary, quoted, separator, headers, preamble, epilogue, indent, naming } = layout;
  const response = entries.map(({ id, status }) => ({
    ...(naming === 'nothing' ? {} : { href: toHref(id, naming) }),
    status,
    responseDescription: status < 300 ? 'OK' : 'Error',
  }));
  const head = [`--${boundary}`, ...headers, '', ''].join(newline);
  const texts = [{ response }, ...parts].map((part) =>
    part === undefined ? '' : JSON.stringify(part, undefined, indent).replaceAll('\n', newline),
  );
  const lines = [
    ...(preamble === '' ? [] : [preamble]),
    ...texts.map((text) => head + text),
    `--${boundary}--`,
    epilogue,
  ];
  return {
    status: 207,
    contentType: `multipart/mixed${separator}boundary=${quoted ? `"${boundary}"` : boundary}`,
    body: Buffer.from(lines.join(newline)),
  };
}

export function toHref(id: string, naming: Exclude<Naming, 'nothing'> = 'absolute'): string {
  const collection = 'account/400100/extension/400200/caller-blocking/phone-numbers';
  const last = encodeURIComponent(id);
  switch (naming) {
    case 'absolute':
      return `https://platform.ringcentral.com/restapi/v1.0/${collection}/${last}`;
    case 'unversioned':
      return `https://platform.ringcentral.com/${collection}/${last}`;
    case 'relative':
      return `/restapi/v1.0/${collection}/${last}`;
    case 'with query':
      return `https://platform.ringcentral.com/restapi/v1.0/${collection}/${last}?view=Simple&of=/a/b`;
  }
}
