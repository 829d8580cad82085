import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  dropLastEntry,
  dropLastPart,
  duplicateEntry,
  failEntry,
  foreignEntry,
  foreignPart,
  shuffleEntries,
} from '../../../src/emulator/batch-faults.js';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import type { MultiStatus } from '../../../src/emulator/multi-status.js';
import { blockedId, CANONICAL, send, toMultipart, toParts, type Sent } from './client.js';

const JSON_FORM = 'application/vnd.ringcentral.multipart+json';
const [A, B, C] = ['+16505550100', '+16505550101', '+16505550102'].map(blockedId) as [string, string, string];
const BLOCKING = 'caller-blocking/phone-numbers';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ limits: 'off' });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

/** The summary and the bodies of a multipart answer. */
async function ask(path: string, sent?: Sent) {
  const answer = await send(emulator, path, sent);
  const [summary, ...parts] = toParts(answer);
  return {
    status: answer.status,
    text: answer.text,
    type: answer.headers.get('content-type') ?? '',
    parts,
    entries: JSON.parse(summary?.body ?? '{}').response,
    bodies: parts.map(({ body }) => (body.trim() === '' ? undefined : JSON.parse(body))),
  };
}

describe('a read of several ids', () => {
  it('is a 207 in multipart/mixed: a summary, then a part for each id in the order asked for', async () => {
    const { status, type, entries, bodies } = await ask(`${BLOCKING}/${B},nobody,${A}`);
    expect(status).toBe(207);
    expect(type).toMatch(/^multipart\/mixed; boundary=Boundary_\w+$/);
    expect(entries).toEqual([
      { href: `${CANONICAL}/${BLOCKING}/${B}`, status: 200, responseDescription: 'OK' },
      { href: `${CANONICAL}/${BLOCKING}/nobody`, status: 404, responseDescription: 'Error' },
      { href: `${CANONICAL}/${BLOCKING}/${A}`, status: 200, responseDescription: 'OK' },
    ]);
    expect(bodies).toMatchObject([{ id: B }, { errorCode: 'CMN-102' }, { id: A }]);
    expect(JSON.stringify(bodies[1])).not.toContain('nobody');
  });

  it('is JSON where that is asked for', async () => {
    const { headers, status, json } = await send(emulator, `${BLOCKING}/${B},nobody`, {
      headers: { accept: `${JSON_FORM}, multipart/mixed;q=0.9` },
    });
    expect([status, headers.get('content-type')]).toEqual([207, JSON_FORM]);
    expect(json).toMatchObject([
      { resourceId: B, status: 200, body: { id: B } },
      { resourceId: 'nobody', status: 404, body: { errorCode: 'CMN-102' } },
    ]);
  });

  it('is multipart all the same where the JSON form is not known', async () => {
    emulator.setVariant({ jsonForm: false });
    const { type } = await ask(`${BLOCKING}/${A},${B}`, { headers: { accept: JSON_FORM } });
    expect(type).toMatch(/^multipart\/mixed/);
  });

  it('exists for the old family and for an account’s phone numbers too', async () => {
    expect((await ask(`blocked-number/${A},${B}`)).bodies).toMatchObject([{ id: A }, { id: B }]);
    const numbers = await ask('/restapi/v1.0/account/~/phone-number/299282001,299282007');
    expect(numbers.bodies).toMatchObject([{ id: 299282001 }, { id: '299282007' }]);
  });

  it('does not exist for forwarding numbers, where a comma is a character like any other', async () => {
    const { json } = await send(emulator, 'forwarding-number');
    const [one, two] = json.records;
    expect((await send(emulator, `forwarding-number/${one.id},${two.id}`)).status).toBe(404);
  });

  it('of one id is a plain answer', async () => {
    const { headers, status, json } = await send(emulator, `${BLOCKING}/${A}`, {
      headers: { accept: JSON_FORM },
    });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json;charset=utf-8']);
    expect(json.id).toBe(A);
  });

  it('of more ids than the limit is CMN-106, and names the limit', async () => {
    const small = await startEmulator({ limits: 'off', batchLimit: 2 });
    expect((await send(small, `${BLOCKING}/${A},${B}`)).status).toBe(207);
    const { status, json } = await send(small, `${BLOCKING}/${A},${B},${C}`);
    expect(status).toBe(400);
    expect(json.errors[0]).toEqual({
      errorCode: 'CMN-106',
      message: 'Batch request is limited to 2 entries',
    });
    await small.stop();
  });

  it('of one id twice is CMN-406', async () => {
    const { status, json } = await send(emulator, `${BLOCKING}/${A},${A}`);
    expect([status, json.errorCode]).toEqual([400, 'CMN-406']);
  });
});

describe('a write of several ids', () => {
  const toBody = (phoneNumber: string, label: string) => ({ phoneNumber, label, status: 'Blocked' });
  const bodies = [toBody('+16505550101', 'B'), toBody('+16505550100', 'A')];

  it('takes one part for each id in the path’s order', async () => {
    const answer = await ask(`${BLOCKING}/${B},${A}`, toMultipart(bodies));
    expect(answer.bodies).toMatchObject([
      { id: B, label: 'B' },
      { id: A, label: 'A' },
    ]);
    expect((await send(emulator, `${BLOCKING}/${A}`)).json.label).toBe('A');
  });

  it('takes the JSON form too', async () => {
    const { bodies: answered } = await ask(`${BLOCKING}/${B},${A}`, {
      method: 'PUT',
      body: bodies.map((body) => ({ body })),
      headers: { 'content-type': JSON_FORM },
    });
    expect(answered).toMatchObject([{ label: 'B' }, { label: 'A' }]);
  });

  it('carries out what it can', async () => {
    const mixed = [toBody('+16505550101', 'B'), toBody('nothing', 'A')];
    const { entries, bodies: answered } = await ask(`${BLOCKING}/${B},${A}`, toMultipart(mixed));
    expect(entries.map(({ status }: { status: number }) => status)).toEqual([200, 400]);
    expect(answered).toMatchObject([{ label: 'B' }, { errors: [{ errorCode: 'CMN-101' }] }]);
  });

  it.each<[string, Sent]>([
    ['too few parts', toMultipart(bodies.slice(1))],
    ['too many parts', toMultipart([...bodies, ...bodies])],
    ['a part that is no JSON', { ...toMultipart(bodies), body: '--outgoing\r\n\r\n{\r\n--outgoing--' }],
    ['no end', { ...toMultipart(bodies), body: (toMultipart(bodies).body as string).slice(0, -6) }],
    ['plain JSON', { method: 'PUT', body: bodies[0] }],
  ])('with %s is refused as a whole', async (_name, sent) => {
    const { status, json } = await send(emulator, `${BLOCKING}/${B},${A}`, sent);
    expect([status, json.errorCode]).toEqual([400, 'CMN-104']);
    expect((await send(emulator, `${BLOCKING}/${A}`)).json.label).toBe('Caller 0 of Ann Archer');
  });

  it('with a query is CMN-105', async () => {
    const { json } = await send(emulator, `${BLOCKING}/${B},${A}?x=1`, toMultipart(bodies));
    expect(json.errorCode).toBe('CMN-105');
  });

  it('in a form that nobody takes is 415', async () => {
    const headers = { 'content-type': 'text/plain' };
    const sent = { method: 'PUT', body: 'x', headers };
    expect((await send(emulator, `${BLOCKING}/${B},${A}`, sent)).status).toBe(415);
  });
});

describe('a DELETE of several ids', () => {
  it('is 204 where all are gone', async () => {
    const { status, text } = await send(emulator, `${BLOCKING}/${A},${B}`, { method: 'DELETE' });
    expect([status, text]).toEqual([204, '']);
    expect((await send(emulator, `${BLOCKING}/${A}`)).status).toBe(404);
  });

  it.each([
    ['empty', [undefined, { errorCode: 'CMN-102' }, undefined]],
    ['absent', [{ errorCode: 'CMN-102' }]],
  ] as const)('is a 207 where one failed, the deleted ones’ parts %s', async (deletedParts, bodies) => {
    emulator.setVariant({ deletedParts });
    const answer = await ask(`${BLOCKING}/${A},nobody,${B}`, { method: 'DELETE' });
    expect(answer.entries.map(({ status }: { status: number }) => status)).toEqual([204, 404, 204]);
    expect(answer.bodies).toMatchObject(bodies);
    expect((await send(emulator, `${BLOCKING}/${B}`)).status).toBe(404);
  });

  it('in the JSON form gives a deleted id an empty body or none', async () => {
    const sent = { method: 'DELETE', headers: { accept: JSON_FORM } };
    const empty = await send(emulator, `${BLOCKING}/${A},nobody`, sent);
    expect(empty.json[0]).toEqual({ resourceId: A, status: 204, body: {} });
    emulator.setVariant({ deletedParts: 'absent' });
    const absent = await send(emulator, `${BLOCKING}/nobody,${B}`, sent);
    expect(absent.json).toMatchObject([{ status: 404, body: { errorCode: 'CMN-102' } }, { status: 204 }]);
    expect(absent.json[1]).not.toHaveProperty('body');
  });
});

describe('the manner of a 207', () => {
  it('is any that RingCentral is known for, and says the same in each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          boundary: fc.constantFrom(undefined, 'Boundary_20_32057915', 'glboundary_1', 'a b'),
          spaceAfterSemicolon: fc.boolean(),
          newline: fc.constantFrom('\r\n' as const, '\n' as const),
          headerName: fc.constantFrom('Content-Type' as const, 'content-type' as const),
          preamble: fc.constantFrom('', 'Hello\r\n', '\r\n'),
          epilogue: fc.constantFrom('', 'Bye'),
          href: fc.constantFrom('absolute' as const, 'short' as const, 'absent' as const),
          reversed: fc.boolean(),
        }),
        async (variant) => {
          emulator.setVariant({ ...variant, boundaryQuoted: variant.boundary === 'a b' });
          const { entries, bodies, parts, type } = await ask(`${BLOCKING}/${A},${B},${C}`);
          const asked = variant.reversed ? [C, B, A] : [A, B, C];
          expect(bodies.map(({ id }: { id: string }) => id)).toEqual(asked);
          expect(parts[0]?.headers).toBe(`${variant.headerName}: application/json`);
          expect(type).toContain(variant.spaceAfterSemicolon ? '; boundary' : ';boundary');
          const base = variant.href === 'short' ? CANONICAL.replace('/restapi/v1.0', '') : CANONICAL;
          const hrefs = asked.map((id) => `${base}/${BLOCKING}/${id}`);
          expect(entries.map(({ href }: { href?: string }) => href)).toEqual(
            variant.href === 'absent' ? [undefined, undefined, undefined] : hrefs,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is as at the start after a reset', async () => {
    emulator.setVariant({ reversed: true });
    emulator.reset();
    expect((await ask(`${BLOCKING}/${A},${B}`)).bodies[0].id).toBe(A);
  });
});

describe('a 207 can be ordered to be', () => {
  const whole: MultiStatus = {
    entries: [A, B, C].map((id) => ({ id, status: 200 })),
    parts: [A, B, C].map((id) => ({ id })),
  };
  const ids = (list: readonly unknown[]) => list.map((one) => (one as { id: string }).id);

  it.each([
    ['short of a part', dropLastPart, [A, B, C], [A, B]],
    ['short of an entry', dropLastEntry, [A, B], [A, B, C]],
    ['in two orders', shuffleEntries, [B, C, A], [A, B, C]],
    ['twice about one id', duplicateEntry, [A, A, B], [A, A, B]],
    ['about an id that nobody asked for', foreignEntry('x'), ['x', B, C], [A, B, C]],
    ['with a record that nobody asked for', foreignPart({ id: 'x' }), [A, B, C], ['x', B, C]],
  ])('%s', (_name, edit, entries, parts) => {
    const edited = edit(whole);
    expect(ids(edited.entries)).toEqual(entries);
    expect(ids(edited.parts)).toEqual(parts);
  });

  it('a failure of one id, over the wire', async () => {
    emulator.fault({
      operation: 'listBlockedAllowedPhoneNumber',
      batch: failEntry(1, 503, { errorCode: 'CMN-201' }),
    });
    const { entries, bodies } = await ask(`${BLOCKING}/${A},${B}`);
    expect(entries.map(({ status }: { status: number }) => status)).toEqual([200, 503]);
    expect(bodies).toMatchObject([{ id: A }, { errorCode: 'CMN-201' }]);
  });

  it('short of a part in the JSON form: the last body is absent', async () => {
    emulator.fault({ batch: dropLastPart });
    const { json } = await send(emulator, `${BLOCKING}/${A},${B}`, { headers: { accept: JSON_FORM } });
    expect(json[0].body.id).toBe(A);
    expect(json[1]).toEqual({ resourceId: B, status: 200 });
  });
});
