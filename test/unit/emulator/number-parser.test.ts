import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COUNTRIES } from '../../../src/emulator/countries.js';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { parseNumber } from '../../../src/emulator/number-parser.js';
import { send } from './client.js';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ limits: 'off' });
});
afterAll(() => emulator.stop());

const ask = (originalStrings: unknown, query = '') =>
  send(emulator, `/restapi/v1.0/number-parser/parse${query}`, { method: 'POST', body: { originalStrings } });

async function parse(text: string, query?: string): Promise<Record<string, unknown>> {
  const { json } = await ask([text], query);
  return json.phoneNumbers[0];
}

describe('a text', () => {
  it('that is a North American number is told in all its forms', async () => {
    expect(await parse('(650) 555-0100')).toEqual({
      originalString: '(650) 555-0100',
      country: {
        id: '1',
        uri: 'https://platform.ringcentral.com/restapi/v1.0/dictionary/country/1',
        callingCode: '1',
        isoCode: 'US',
        name: 'United States',
      },
      areaCode: '650',
      subscriberNumber: '5550100',
      dialable: '+16505550100',
      e164: '+16505550100',
      formattedInternational: '+1 (650) 555-0100',
      formattedNational: '(650) 555-0100',
      normalized: '16505550100',
      special: false,
      tollFree: false,
    });
  });

  it.each([
    ['1-650-555-0100', { e164: '+16505550100' }],
    ['+1 650.555.0100', { e164: '+16505550100' }],
    ['1-800-FLOWERS', { e164: '+18003569377', tollFree: true }],
    ['+1 416 555 0100', { e164: '+14165550100', country: { isoCode: 'CA' } }],
    ['+44 20 7946 0100', { e164: '+442079460100', formattedNational: '020 7946 0100' }],
    ['650-555-0100*101', { e164: '+16505550100', subAddress: '101' }],
    ['650-555-0100 ext. 101', { e164: '+16505550100', subAddress: '101' }],
    ['650-555-0100,,123#', { e164: '+16505550100', dtmfPostfix: ',,123#' }],
    ['911', { special: true, dialable: '911' }],
  ])('%s is understood', async (text, parsed) => {
    expect(await parse(text)).toMatchObject({ originalString: text, ...parsed });
  });

  it.each(['', 'hello', '12345', '+999 123', '1234567890123456789'])(
    '"%s" comes back as it is',
    async (text) => {
      expect(await parse(text)).toEqual({ originalString: text });
    },
  );

  it('of digits alone is the home country’s first where nationals have priority', async () => {
    expect(await parse('4420794601', '?homeCountry=DE')).toMatchObject({ e164: '+4420794601' });
    expect(await parse('4420794601', '?homeCountry=DE&nationalAsPriority=true')).toMatchObject({
      e164: '+494420794601',
    });
  });

  it('of any characters at all is answered with itself, and an E.164 number where there is one', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ maxLength: 64 }), fc.stringMatching(/^[+\d() .,;*x-]{0,64}$/)),
        fc.constantFrom(...COUNTRIES),
        fc.boolean(),
        (text, home, nationalAsPriority) => {
          const parsed = parseNumber(text, { home, nationalAsPriority });
          expect(parsed['originalString']).toBe(text);
          if ('e164' in parsed) expect(parsed['e164']).toMatch(/^\+[1-9]\d{6,14}$/);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('a request', () => {
  it('is answered in its order, with the home country', async () => {
    const { status, json } = await ask(['911', 'x', '+33 1 99 00 00 01'], '?homeCountry=FR');
    expect(status).toBe(200);
    expect(json.homeCountry.isoCode).toBe('FR');
    expect(json.phoneNumbers.map(({ originalString }: { originalString: string }) => originalString)).toEqual(
      ['911', 'x', '+33 1 99 00 00 01'],
    );
  });

  it.each<[string, unknown, string, string]>([
    ['65 strings', Array(65).fill('1'), '', 'originalStrings'],
    ['a string of 65 characters', ['1'.repeat(65)], '', 'originalStrings'],
    ['no list', 'x', '', 'originalStrings'],
    ['an unknown country', [], '?homeCountry=1', 'homeCountry'],
    ['a priority that is neither true nor false', [], '?nationalAsPriority=maybe', 'nationalAsPriority'],
  ])('with %s is CMN-101', async (_name, strings, query, parameterName) => {
    const { status, json } = await ask(strings, query);
    expect(status).toBe(400);
    expect(json.errors[0]).toMatchObject({ errorCode: 'CMN-101', parameterName });
  });

  it('of 64 strings of 64 characters is taken', async () => {
    expect((await ask(Array(64).fill('1'.repeat(64)))).status).toBe(200);
  });
});
