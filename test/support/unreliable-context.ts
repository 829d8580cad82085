import { GraphQLError } from 'graphql';
import type { Context } from '../../src/context.js';
import { Connection, ConnectionEdge } from '../../src/domain-kit/connection.js';
import { PhoneNumberEdgeModel } from '../../src/domains/phone-number/model.js';
import { GatewayError } from '../../src/errors.js';
import { createRandom, toSeed, type Random } from './operation-generator.js';

/**
 * A context whose loaders answer with records, nulls and failures of every kind, at once or after some turns: always
 * the same for the same seed, loader and arguments.
 */
export function createUnreliableContext(seed: number): Context {
  const answer = (name: string, args: readonly unknown[], make: (random: Random) => unknown) => {
    const random = createRandom(toSeed(JSON.stringify([seed, name, args], sortKeys)));
    return deliver(random, () => make(random));
  };
  const loader = (name: string, make: (random: Random) => unknown) => ({
    load: (...args: unknown[]) => answer(`${name}.load`, args, make),
    list: (...args: unknown[]) => answer(`${name}.list`, args, (random) => toConnection(random, name, make)),
  });
  const loaders = {
    extension: {
      ...loader('extension', toExtensionFields),
      refer: (owner: unknown, uri: unknown, known: unknown) => {
        const random = createRandom(toSeed(JSON.stringify([seed, 'refer', owner, known])));
        fail(random, 0.05);
        return { __typename: 'Extension', owner, uri, known: known ?? {} };
      },
      identify: (...args: unknown[]) =>
        answer('identify', args, () => ({ accountId: '7', extensionId: '8' })),
      identifyAccount: (...args: unknown[]) => answer('identifyAccount', args, () => ({ accountId: '7' })),
    },
    blockedNumber: loader('blockedNumber', (random) => ({
      ...toNumber(random, 'BlockedNumber'),
      source: 'CALLER_BLOCKING',
      status: oneOf(random, ['BLOCKED', 'ALLOWED', 'UNKNOWN', null]),
    })),
    forwardingNumber: loader('forwardingNumber', (random) => ({
      ...toNumber(random, 'ForwardingNumber'),
      type: oneOf(random, ['HOME', 'MOBILE', null, 'not of the schema']),
      features: oneOf(random, [null, [], ['CALL_FLIP', 'CALL_FORWARDING'], ['CALL_FLIP', null]]),
    })),
    phoneNumber: loader('phoneNumber', toPhoneNumber),
    numberParser: {
      parse: (args: { originalStrings: readonly string[] }) =>
        answer('parse', [args], (random) => ({
          homeCountry: oneOf(random, [null, { id: '1', name: 'United States' }]),
          phoneNumbers: args.originalStrings.map((originalString) =>
            random() < 0.3 ? refusal(random) : { originalString, special: false, country: null },
          ),
        })),
    },
  };
  const upstream = {
    rateLimits: () => {
      const random = createRandom(toSeed(`${String(seed)} rateLimits`));
      fail(random, 0.2);
      return ['light', 'medium'].map((group) => ({ group, limit: 10, resetAt: Math.floor(random() * 1e12) }));
    },
  };
  return { loaders, upstream } as unknown as Context;
}

/** The order of arguments is nobody's promise. */
const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** A record, null, an Error or a refusal; given, promised or thrown. */
function deliver(random: Random, make: () => unknown): unknown {
  fail(random, 0.05);
  const kind = random();
  const value = kind < 0.1 ? null : kind < 0.2 ? refusal(random) : make();
  if (random() < 0.25) return value;
  const rejected = random() < 0.15;
  const promise = later(random, () => {
    if (rejected) throw refusal(random);
    return value;
  });
  // Nobody may be there to see it, where a neighbour was thrown at once.
  promise.catch(() => undefined);
  return promise;
}

async function later(random: Random, settle: () => unknown): Promise<unknown> {
  const turns = Math.floor(random() * 4);
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  if (random() < 0.1) await new Promise((resolve) => setImmediate(resolve));
  return settle();
}

function fail(random: Random, likely: number): void {
  if (random() < likely) throw refusal(random);
}

const refusal = (random: Random): Error =>
  oneOf(random, [
    new GatewayError('Not found.', { code: 'NOT_FOUND', upstream: { status: 404 } }),
    new GatewayError('Slow down.', { code: 'RATE_LIMITED', retryAfterSeconds: 3 }),
    new GraphQLError('Told by GraphQL.', { extensions: { code: 'BAD_USER_INPUT' } }),
    new TypeError('A fault of ours.'),
  ]);

function toConnection(random: Random, name: string, make: (random: Random) => unknown) {
  const slice = { offset: Math.floor(random() * 2), size: 3, numbered: false };
  const edges = Array.from({ length: Math.floor(random() * 4) }, (_, position) => {
    const kind = random();
    // Null is what no loader should give; the type of the list allows it.
    const node = kind < 0.2 ? refusal(random) : kind < 0.3 ? (null as unknown as Error) : make(random);
    return name === 'phoneNumber'
      ? new PhoneNumberEdgeModel(
          name,
          position,
          node as Error,
          oneOf(random, [null, ['CALLER_ID', 'SMS_SENDER']]),
        )
      : new ConnectionEdge(name, position, node);
  });
  const found = {
    records: [],
    more: random() < 0.5,
    totalCount: oneOf(random, [null, 3, 2 ** 40]),
    pageCount: 1,
  };
  return new Connection(slice, found, edges);
}

const toNumber = (random: Random, typename: string) => ({
  __typename: typename,
  owner: { accountId: '7', extensionId: oneOf(random, ['8', '~']) },
  uri: null,
  resourceId: oneOf(random, ['1', '2', '3', null]),
  phoneNumber: oneOf(random, ['+16505550100', null, new Error('no number')]),
  label: oneOf(random, ['Desk', null, '']),
});

const toPhoneNumber = (random: Random) => ({
  ...toNumber(random, 'PhoneNumber'),
  primary: oneOf(random, [true, false, null]),
  type: oneOf(random, ['VOICE_FAX', 'UNKNOWN', null]),
  country: oneOf(random, [null, { id: '1', name: 'United States', isoCode: 'US' }]),
  assignedTo: oneOf(random, [null, { extensionId: '9', uri: null, known: { name: 'Reception' } }]),
});

const toExtensionFields = (random: Random) => ({
  __typename: 'Extension',
  extensionNumber: oneOf(random, ['101', null]),
  name: oneOf(random, ['Reception', null]),
  type: oneOf(random, ['USER', 'not of the schema', null]),
  status: oneOf(random, ['ENABLED', null]),
  contact: oneOf(random, [
    null,
    { firstName: 'Ann', businessAddress: { city: 'Galt' }, pronouncedName: { text: 'A' } },
  ]),
});

function oneOf<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}
