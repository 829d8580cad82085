import fc from 'fast-check';
import type { BatchMethod, ItemOutcome } from '../../src/upstream/multi-status.js';
import { toHref, type BatchAnswer, type Layout } from './multi-status-writer.js';

/** What upstream knows of one id. `body` names its owner, so that a test sees whose it got. */
export interface Truth {
  readonly id: string;
  readonly status: number;
  readonly body: { readonly owner: string };
}

/** How a record tells its id; `anonymous` ones must be told by their place. */
export type Telling = 'id' | 'number' | 'uri' | 'id and uri' | 'anonymous';

// Ids differ in many characters, so that no few flipped bits make one of another.
const IDS = [
  ...Array.from({ length: 20 }, (_, index) => String(((index + 3) * 7_919_000_213_077) % 9_999_999_967)),
  ...['8234962969801171948', '+16505550100', '__proto__', 'constructor', 'ünï côdé', '50%', '"--x', '0'],
];

function tell(id: string, telling: Telling): object {
  switch (telling) {
    case 'id':
      return { id };
    case 'number':
      return { id: /^[1-9]\d{0,14}$/.test(id) ? Number(id) : id };
    case 'uri':
      return { uri: toHref(id) };
    case 'id and uri':
      return { uri: toHref(id, 'relative'), id };
    case 'anonymous':
      return {};
  }
}

const label = (boundary: string) =>
  fc.constantFrom(
    '',
    'Café ☕',
    '\r\n\r\n',
    `--${boundary}`,
    `\r\n--${boundary}--\r\n`,
    '}\n{',
    '"response":[',
  );

const truths = (boundary: string, tellings: readonly Telling[]): fc.Arbitrary<Truth[]> => {
  const facts = fc.tuple(
    fc.constantFrom(200, 200, 200, 201, 400, 403, 404, 429, 500),
    fc.constantFrom(...tellings),
    label(boundary),
  );
  return fc.uniqueArray(fc.constantFrom(...IDS), { minLength: 1, maxLength: 12 }).chain((ids) =>
    fc.array(facts, { minLength: ids.length, maxLength: ids.length }).map((list) =>
      ids.map((id, index) => {
        const [status, telling, text] = list[index] ?? [404, 'id', ''];
        const body =
          status < 300
            ? { owner: id, ...tell(id, telling), label: text }
            : { owner: id, errorCode: 'CMN-102', message: text, errors: [{ errorCode: 'CMN-102' }] };
        return { id, status, body };
      }),
    ),
  );
};

const layouts: fc.Arbitrary<Layout> = fc
  .record({
    encoding: fc.constantFrom('multipart', 'multipart', 'json'),
    naming: fc.constantFrom('absolute', 'unversioned', 'relative', 'with query', 'nothing'),
    newline: fc.constantFrom('\r\n', '\n'),
    boundary: fc.constantFrom(
      'Boundary_20_32057915_1351669531796',
      'glboundary_1',
      'B',
      "'()+_,-./:=?",
      'with space',
    ),
    quoted: fc.boolean(),
    separator: fc.constantFrom('; ', ';', ' ; ', '; charset=UTF-8; ', ';type="a; boundary=no";'),
    headers: fc.constantFrom(
      [],
      ['Content-Type: application/json'],
      ['CONTENT-type: application/json', 'x: y'],
    ),
    preamble: fc.constantFrom('', 'A multipart answer.', '\r\n'),
    epilogue: fc.constantFrom('', 'The end.', '\r\n--\r\n'),
    indent: fc.constantFrom(0, 2),
  } satisfies { [Key in keyof Layout]: fc.Arbitrary<Layout[Key]> })
  .map((layout) => ({ ...layout, quoted: layout.quoted || layout.boundary.includes(' ') }));

export const written = (tellings: readonly Telling[]) =>
  layouts.chain((layout) =>
    fc.record({ layout: fc.constant(layout), truth: truths(layout.boundary, tellings) }),
  );

export const toAnswer = (truth: readonly Truth[]): BatchAnswer => ({
  entries: truth.map(({ id, status }) => ({ id, status })),
  parts: truth.map(({ body }) => body),
});

export const expectedOf = ({ status, body }: Truth, method: BatchMethod): ItemOutcome => {
  if (status >= 400) return { kind: 'refusal', status, body };
  return method === 'DELETE' ? { kind: 'done' } : { kind: 'record', body };
};
