import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { GatewayError } from '../../src/errors.js';
import { createRandom, toSeed, type Random } from './operation-generator.js';

/** A schema with what ours has none of: unions, lists of lists, failures of properties, types of a type's own. */
export const createUnreliableSchema = (): GraphQLSchema =>
  makeExecutableSchema({
    typeDefs: /* GraphQL */ `
      type Query {
        box(n: Int = 1, tags: [String!], size: Size! = SMALL): Box
        boxes(n: Int): [Box]
        grid: [[Thing]!]
        things: [Thing!]
        plain: Plain
      }
      enum Size {
        SMALL
        LARGE
      }
      interface Named {
        name: String
      }
      type Box implements Named {
        name: String!
        inner: Box
        things: [Thing]!
        sizes: [Size]
        plain: Plain
      }
      type Ball implements Named {
        name: String
        bounce: Float
        owner: Named
      }
      type Plain {
        name: String!
        list: [String!]!
        other: Plain
        thing: Thing
        flags: [Boolean]
      }
      union Thing = Box | Ball | Plain
    `,
    resolvers: {
      Query: {
        box: toOne('Box'),
        boxes: toListOf('Box', 1),
        grid: toListOf('', 2),
        things: toListOf('', 1),
        plain: toOne('Plain'),
      },
      Box: { inner: toOne('Box'), things: toListOf('', 1), name: toOne('text') },
      Ball: { owner: toOne('Ball'), bounce: toOne('number') },
    },
  });

/** Something of this type, made by where it is asked for. */
function toOne(type: string) {
  return (_parent: unknown, args: object, { seed }: { seed: number }, { path }: { path: Path }) =>
    delay(createRandom(toSeed(JSON.stringify([seed, keysOf(path)]))), (random) => make(type, random));
}
function toListOf(type: string, levels: number) {
  return (_parent: unknown, _args: object, { seed }: { seed: number }, { path }: { path: Path }) => {
    const random = createRandom(toSeed(JSON.stringify([seed, keysOf(path)])));
    const list = (level: number): unknown =>
      Array.from({ length: Math.floor(random() * 4) }, () =>
        level > 1
          ? random() < 0.1
            ? null
            : list(level - 1)
          : random() < 0.3
            ? make(type, random)
            : delay(random, (own) => make(type, own)),
      );
    return delay(random, () => list(levels));
  };
}
interface Path {
  readonly prev: Path | undefined;
  readonly key: string | number;
}
const keysOf = (path: Path | undefined): unknown[] =>
  path === undefined ? [] : [...keysOf(path.prev), path.key];

function delay(random: Random, give: (random: Random) => unknown): unknown {
  if (random() < 0.05) throw new GatewayError('thrown', { code: 'FORBIDDEN' });
  const value = random() < 0.1 ? null : give(random);
  if (random() < 0.3) return value;
  const rejected = random() < 0.15;
  const turns = Math.floor(random() * 5);
  const promise = (async () => {
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    if (rejected) throw new GatewayError('rejected', { code: 'NOT_FOUND' });
    return value;
  })();
  promise.catch(() => undefined);
  return promise;
}

function make(type: string, random: Random): unknown {
  if (random() < 0.1) return new GatewayError('a value', { code: 'RATE_LIMITED' });
  if (type === 'text') return 'a text';
  if (type === 'number') return random() < 0.2 ? 'no number' : 1.5;
  const __typename = type || (['Box', 'Ball', 'Plain'] as const)[Math.floor(random() * 3)];
  const plain = {
    __typename: 'Plain',
    name: random() < 0.1 ? null : 'plain',
    list: random() < 0.9 ? ['a', 'b'] : [null],
    flags: [true, null],
  };
  const thing =
    random() < 0.3
      ? null
      : { ...plain, other: random() < 0.5 ? plain : new GatewayError('inside', { code: 'NOT_FOUND' }) };
  return {
    ...plain,
    __typename,
    plain,
    sizes: ['SMALL', random() < 0.2 ? 'HUGE' : 'LARGE', null],
    thing,
    other: thing,
  };
}
