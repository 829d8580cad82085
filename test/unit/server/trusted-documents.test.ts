import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadSchema } from '../../../scripts/schema.js';
import { GatewayError } from '../../../src/errors.js';
import { ManifestError } from '../../../src/server/document-manifest.js';
import {
  createTrustedDocuments,
  type TrustedDocumentsEvent,
  type TrustedDocumentsOptions,
} from '../../../src/server/trusted-documents.js';
import { startGuardedApollo } from '../../support/guarded-apollo.js';

const schema = loadSchema();
const hash = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

const LISTED = 'query Me { extension { name } }';
const SECOND = 'query Limits { rateLimits { group remaining } }';
const UNLISTED = 'query Other { __typename }';
const sha1 = hash('sha1', LISTED);
const sha256 = hash('sha256', LISTED);
/** As the client preset of graphql-codegen writes it. */
const listedId = `sha256:${sha256}`;

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'manifest-'));
  file = join(directory, 'persisted-documents.json');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const write = (manifest: unknown) => {
  writeFileSync(file, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
};

function start(mode: TrustedDocumentsOptions['mode'], manifest: unknown = { [listedId]: LISTED }) {
  write(manifest);
  const events: TrustedDocumentsEvent['kind'][] = [];
  const documents = createTrustedDocuments({
    file,
    mode,
    schema,
    onEvent: ({ kind }) => {
      events.push(kind);
    },
  });
  return { ...documents, events };
}

function refusal(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof GatewayError) return error.code;
    throw error;
  }
}

const apollo = (sha256Hash: unknown) => ({ persistedQuery: { version: 1, sha256Hash } });

describe.each(['log', 'enforce'] as const)('in the mode %s a listed document', (mode) => {
  it.each([
    ['the id in the manifest', { documentId: listedId }],
    ['its SHA-256 alone', { documentId: sha256 }],
    ['the extension of Apollo', { extensions: apollo(sha256) }],
    ['an id beside an empty text', { documentId: listedId, query: '' }],
    ['its text', { query: LISTED }],
    ['its text and the extension of Apollo', { query: LISTED, extensions: apollo(sha256) }],
  ])('is run by %s', (_how, asked) => {
    const { resolve, events } = start(mode);
    expect(resolve({ ...asked, variables: { a: 1 } })).toMatchObject({ query: LISTED, variables: { a: 1 } });
    expect(events).toEqual([]);
  });

  it('is run by a GET, whose extensions are JSON', () => {
    const { resolve } = start(mode);
    const extensions = JSON.stringify({ ...apollo(sha256), trace: 1 });
    expect(resolve({ extensions, variables: '{}' })).toEqual({
      query: LISTED,
      extensions: '{"trace":1}',
      variables: '{}',
    });
  });

  it('is run under the SHA-1 of a manifest of earlier versions, and under its SHA-256 as well', () => {
    const { resolve } = start(mode, { [sha1]: LISTED, [`sha1:${hash('sha1', SECOND)}`]: SECOND });
    expect(resolve({ documentId: sha1 })).toMatchObject({ query: LISTED });
    expect(resolve({ extensions: apollo(sha256) })).toMatchObject({ query: LISTED });
    expect(resolve({ documentId: `sha1:${hash('sha1', SECOND)}` })).toMatchObject({ query: SECOND });
  });

  it('is what is asked for, and an id that is not listed is refused', () => {
    const { resolve, events } = start(mode);
    const unlisted = hash('sha256', UNLISTED);
    for (const asked of [
      { documentId: unlisted },
      { documentId: '__proto__' },
      { documentId: 'constructor' },
      { extensions: apollo(unlisted) },
    ]) {
      expect(refusal(() => resolve(asked))).toBe('UNKNOWN_DOCUMENT');
    }
    expect(events).toEqual(['refused', 'refused', 'refused', 'refused']);
  });

  it('reaches Apollo without the extension that Apollo would refuse', async () => {
    const { resolve } = start(mode, { [hash('sha1', UNLISTED)]: UNLISTED });
    const { post } = await startGuardedApollo({ schema });
    const asked = { extensions: apollo(hash('sha256', UNLISTED)) };
    expect((await post(resolve(asked))).body).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('a text that is not listed', () => {
  it('is run and counted in the mode log', () => {
    const { resolve, events } = start('log');
    expect(resolve({ query: UNLISTED })).toEqual({ query: UNLISTED });
    expect(events).toEqual(['unknown']);
  });

  it('is refused in the mode enforce', () => {
    const { resolve, events } = start('enforce');
    expect(refusal(() => resolve({ query: UNLISTED }))).toBe('UNKNOWN_DOCUMENT');
    expect(refusal(() => resolve({ query: `${LISTED} ` }))).toBe('UNKNOWN_DOCUMENT');
    expect(events).toEqual(['refused', 'refused']);
  });

  it.each([
    ['an id that is', { documentId: listedId }],
    ['the hash of one that is', { extensions: apollo(sha256) }],
    ['its own hash, to register it', { extensions: apollo(hash('sha256', UNLISTED)) }],
  ])('is refused in the mode enforce beside %s', (_what, beside) => {
    const { resolve } = start('enforce');
    const ask = () => resolve({ query: UNLISTED, ...beside });
    expect(refusal(ask)).toBe('UNKNOWN_DOCUMENT');
    expect(refusal(ask)).toBe('UNKNOWN_DOCUMENT');
  });

  it('never comes through the mode enforce, whatever form a request takes', () => {
    const { resolve } = start('enforce');
    const text = fc.oneof(fc.constantFrom(LISTED, UNLISTED, '', listedId), fc.string());
    const requests = fc.oneof(
      fc.anything(),
      fc.record(
        {
          query: fc.oneof(text, fc.array(text), fc.jsonValue()),
          documentId: fc.oneof(text, fc.jsonValue()),
          extensions: fc.oneof(
            fc.constant(apollo(sha256)),
            fc.constant(JSON.stringify(apollo(sha256))),
            fc.jsonValue(),
          ),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(requests, (request) => {
        const result = refusal(() => resolve(request));
        if (
          result === 'UNKNOWN_DOCUMENT' ||
          typeof result !== 'object' ||
          result === null ||
          Array.isArray(result)
        )
          return;
        // Without a text Apollo refuses the request.
        expect([LISTED, '', null, undefined]).toContain((result as { query?: unknown }).query);
      }),
      { numRuns: 2000 },
    );
  });
});

function failureOf(run: () => unknown): ManifestError {
  try {
    run();
  } catch (error) {
    if (error instanceof ManifestError) return error;
  }
  throw new Error('no ManifestError');
}

describe('what is no request', () => {
  it.each([[undefined], [null], ['text'], [[{ query: UNLISTED }]], [{}], [{ variables: {} }]])(
    'is left to Apollo: %j',
    (body) => {
      expect(start('enforce').resolve(body)).toEqual(body);
    },
  );
});

it('in the mode off nothing is read, and nothing changed', () => {
  const { resolve, reload } = start('off', 'no JSON');
  const request = { documentId: listedId, extensions: apollo(sha256) };
  expect(resolve(request)).toBe(request);
  expect(reload()).toBe(true);
});

describe('an unusable manifest', () => {
  it.each([
    ['is not JSON', '{', /PERSISTED_DOCUMENTS/],
    ['is no object', [LISTED], /must hold an object/],
    ['holds something else than texts', { [sha1]: { text: LISTED } }, /is no text/],
    [
      'has a key that is not the hash of its text',
      { [hash('sha1', SECOND)]: LISTED },
      /neither the SHA-1 nor the SHA-256/,
    ],
    ['has a key that is no hash', { me: LISTED }, /neither/],
    ['has a text that does not parse', { [hash('sha1', '{')]: '{' }, /Syntax Error/],
    [
      'has a text that the schema does not have',
      { [hash('sha1', '{ nothing }')]: '{ nothing }' },
      /Cannot query field/,
    ],
  ])('fails the start when it %s', (_why, manifest, told) => {
    expect(() => start('enforce', manifest)).toThrow(ManifestError);
    expect(() => start('log', manifest)).toThrow(told);
  });

  it('fails the start when there is none', () => {
    const options = { mode: 'enforce', schema, onEvent: vi.fn() } as const;
    expect(() => createTrustedDocuments({ ...options, file: join(directory, 'none.json') })).toThrow(
      ManifestError,
    );
    expect(() => createTrustedDocuments({ ...options, file: undefined })).toThrow(ManifestError);
  });

  it('names its variable in every fault, and quotes neither its path nor, for those who only see the log, its text', () => {
    const file = join(directory, 'none.json');
    const options = { mode: 'enforce', schema, onEvent: vi.fn() } as const;
    expect(() => createTrustedDocuments({ ...options, file })).toThrow(
      /^PERSISTED_DOCUMENTS: the file cannot be read \(ENOENT\)$/,
    );
    expect(() => start('enforce', '{"secret": x')).toThrow(/^PERSISTED_DOCUMENTS: the file is no JSON$/);
    const failure = failureOf(() => start('enforce', { one: LISTED, two: SECOND }));
    expect(failure.faults.every((fault) => fault.startsWith('PERSISTED_DOCUMENTS: '))).toBe(true);
    expect(failure.reason).toBe('documents in the file have 2 faults');
  });

  it('tells all its faults at once', () => {
    expect(() => start('enforce', { one: LISTED, two: SECOND, [sha1]: LISTED })).toThrow(/one.*\n.*two/);
  });
});

describe('reading it again', () => {
  it('brings new documents and takes old ones away', () => {
    const { resolve, reload, events } = start('enforce');
    write({ [hash('sha1', SECOND)]: SECOND });
    expect(reload()).toBe(true);
    expect(resolve({ query: SECOND })).toEqual({ query: SECOND });
    expect(refusal(() => resolve({ query: LISTED }))).toBe('UNKNOWN_DOCUMENT');
    expect(events).toEqual(['reloaded', 'refused']);
  });

  it('keeps the old ones when the new file is unusable', () => {
    const { resolve, reload, events } = start('enforce');
    write('{');
    expect(reload()).toBe(false);
    expect(resolve({ query: LISTED })).toEqual({ query: LISTED });
    expect(events).toEqual(['reload-failed']);
  });
});

it('the limits hold for a listed document too', async () => {
  const dear = `{ extension { ${'phoneNumbers { nodes { extension { '.repeat(3)} id ${'} } }'.repeat(3)} } }`;
  const { resolve } = start('enforce', { [hash('sha256', dear)]: dear });
  const { post } = await startGuardedApollo({ schema });
  const { errors } = (await post(resolve({ documentId: hash('sha256', dear) }))).body;
  expect(errors?.[0]?.extensions).toEqual({ code: 'LIMIT_EXCEEDED', limit: 'MAX_COST' });
});
