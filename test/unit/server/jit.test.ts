import { ApolloServer, HeaderMap } from '@apollo/server';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Connection, ConnectionEdge } from '../../../src/domain-kit/connection.js';
import { GatewayError } from '../../../src/errors.js';
import { DateTime } from '../../../src/scalars.js';
import { createFormatError } from '../../../src/server/format-error.js';
import { createJit } from '../../../src/server/jit.js';
import { answerTwice, createJitRunner } from '../../support/jit-runner.js';
import { ManualClock } from '../../support/manual-clock.js';

const refused = () => new GatewayError('gone', { code: 'NOT_FOUND' });
const fail = async (turns: number) => {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  throw refused();
};
const edges = [new ConnectionEdge('filter', 0, 'first'), new ConnectionEdge<string>('filter', 1, refused())];
const slice = { offset: 0, size: 2, numbered: false };

const createTestSchema = () =>
  makeExecutableSchema({
    typeDefs: /* GraphQL */ `
      scalar DateTime
      type Query {
        a: String
        b: String
        echo(list: [String], text: String = "none"): String
        late: [Int]
        list: Numbers
        when: DateTime
        parent: Parent
        promised: String
      }
      type Mutation {
        a: String
      }
      type Parent {
        must: String!
        also: String!
        maybe: String
        child: Parent
      }
      type Numbers {
        nodes: [String]!
        edges: [Edge]!
        pageInfo: PageInfo!
        totalCount: Int
      }
      type Edge {
        cursor: String!
        node: String
      }
      type PageInfo {
        hasNextPage: Boolean!
        endCursor: String
      }
    `,
    resolvers: {
      DateTime,
      Query: {
        a: () => 'a',
        b: () => 'b',
        echo: (_root, { list, text }: { list?: unknown; text?: unknown }) => JSON.stringify([list, text]),
        // The second fails before the first has come.
        late: () => [Promise.resolve().then(() => Promise.resolve(1)), fail(0), 3],
        list: () => new Connection(slice, { records: [], more: true, totalCount: 2, pageCount: 1 }, edges),
        when: () => new Date(0),
        parent: () => ({}),
        promised: () => Promise.resolve(refused()),
      },
      Mutation: { a: () => 'a' },
      Parent: { must: () => fail(3), also: () => fail(1), maybe: () => fail(2), child: () => ({}) },
    },
  });

describe('answers as graphql-js does', () => {
  it.each([
    [
      'getters of a connection, and errors among its nodes',
      '{ list { nodes edges { cursor node } pageInfo { hasNextPage endCursor } totalCount } }',
    ],
    ['dates', '{ when }'],
    ['a promise that gives an error', '{ promised }'],
    ['a list whose items fail before their neighbours come', '{ late }'],
    [
      'a fragment that is spread under two conditions',
      'query ($no: Boolean = false) { ...f @include(if: $no) ...f } fragment f on Query { a b @skip(if: $no) }',
    ],
    ['nothing left to select', '{ a @skip(if: true) }'],
    ['an argument whose variable is not given', 'query ($text: String) { echo(text: $text) }'],
  ])('%s', async (_what, text) => {
    const { compiled, interpreted } = await answerTwice(createTestSchema, text);
    expect(compiled).toBeDefined();
    expect(compiled).toEqual(interpreted);
  });

  it('one operation for each set of conditions', async () => {
    const text = 'query ($x: Boolean!) { a @include(if: $x) b @skip(if: $x) }';
    for (const x of [true, false]) {
      const { compiled } = await answerTwice(createTestSchema, text, { x });
      expect(compiled?.data).toBe(x ? '{"a":"a"}' : '{"b":"b"}');
    }
  });
});

describe('leaves to graphql-js', () => {
  it.each([
    ['mutations', 'mutation { a }'],
    ['a variable within a list', 'query ($x: String) { echo(list: [$x]) }'],
    ['a name that JavaScript gives a meaning', '{ __proto__: a }'],
    ['a condition that is null', 'query ($x: Boolean = true) { a @skip(if: $x) }', { x: null }],
    ['variables that do not fit', 'query ($text: String) { echo(text: $text) }', { text: 1 }],
    ['a failure that makes its parent null', '{ parent { must also maybe } }'],
  ])('%s', async (_what, text, variables?: Readonly<Record<string, unknown>>) => {
    const { compiled } = await answerTwice(createTestSchema, text, variables);
    expect(compiled).toBeUndefined();
  });
});

describe('compiles within a budget', () => {
  const start = (budget: Parameters<typeof createJitRunner>[1]) => {
    const clock = new ManualClock();
    const run = createJitRunner(createTestSchema(), budget, clock);
    const isCompiled = async (document: ReturnType<typeof parse>) => (await run(document)) !== undefined;
    return { clock, isCompiled };
  };
  /** So many operations, all different. */
  const distinct = (count: number) =>
    Array.from({ length: count }, (_, index) => parse(`{ x${String(index)}: a }`));

  it('what comes for the third time, and no sooner', async () => {
    const { isCompiled } = start({ uses: 3 });
    const document = parse('{ a }');
    const seen = [await isCompiled(document), await isCompiled(document), await isCompiled(document)];
    expect(seen).toEqual([false, false, true]);
  });

  it('so many selections a second, whoever asks', async () => {
    const { clock, isCompiled } = start({ uses: 1, selectionsPerSecond: 10, burst: 20 });
    const compiled = async (documents: ReturnType<typeof distinct>) => {
      let count = 0;
      for (const document of documents) count += (await isCompiled(document)) ? 1 : 0;
      return count;
    };
    expect(await compiled(distinct(100))).toBe(20);
    await clock.advance(1000);
    expect(await compiled(distinct(100))).toBe(10);
  });

  it('no operation that is larger than all of that, however small its fragments make it look', async () => {
    const { isCompiled } = start({ uses: 1, burst: 1000 });
    const levels = Array.from(
      { length: 10 },
      (_, n) =>
        `fragment f${String(n)} on Parent { x: child { ...f${String(n + 1)} } y: child { ...f${String(n + 1)} } }`,
    );
    expect(
      await isCompiled(parse(`{ parent { ...f0 } } ${levels.join(' ')} fragment f10 on Parent { maybe }`)),
    ).toBe(false);
  });

  it('and keeps what is in use while others come and go', async () => {
    const { clock, isCompiled } = start({ uses: 1, kept: 5, selectionsPerSecond: 10 });
    const inUse = parse('{ a b }');
    expect(await isCompiled(inUse)).toBe(true);
    for (const document of distinct(50)) {
      await isCompiled(document);
      await clock.advance(200);
      expect(await isCompiled(inUse)).toBe(true);
    }
  });
});

it('gives through Apollo the very response that graphql-js gives', async () => {
  const formatError = createFormatError({ suggestions: false, report: () => undefined });
  const ask = async (query: string, jit: boolean) => {
    const plugin = createJit({
      schema: createTestSchema(),
      clock: new ManualClock(),
      formatError,
      budget: { uses: 1 },
    });
    const apollo = new ApolloServer({
      schema: createTestSchema(),
      formatError,
      plugins: jit ? [plugin] : [],
      stopOnTerminationSignals: false,
    });
    await apollo.start();
    const response = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: 'POST',
        headers: new HeaderMap([['content-type', 'application/json']]),
        search: '',
        body: { query },
      },
      context: () => Promise.resolve({}),
    });
    await apollo.stop();
    const headers = [...response.headers].filter(([name]) => name !== 'cache-control');
    return { status: response.status, headers, body: response.body };
  };
  for (const query of ['{ a when }', '{ promised late }', '{ parent { must } }']) {
    expect(await ask(query, true)).toEqual(await ask(query, false));
  }
});
