import fc from 'fast-check';
import { execute, getIntrospectionQuery, Kind, parse, validate, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { loadSchema } from '../../../scripts/schema.js';
import { createCostMeter, type CostMeter } from '../../../src/server/cost.js';

const schema = loadSchema();
const meter = createCostMeter(schema);

function measure(text: string, variables: Record<string, unknown> = {}, by: CostMeter = meter) {
  const document = parse(text);
  return by(document, toOperation(document.definitions[0]), variables);
}

function toOperation(definition: unknown): OperationDefinitionNode {
  const node = definition as OperationDefinitionNode | undefined;
  if (node?.kind !== Kind.OPERATION_DEFINITION) throw new Error('not an operation');
  return node;
}

const list = (args: string, definitions = '') =>
  `query ${definitions} { extension { phoneNumbers${args} { nodes { id label } } } }`;

describe('a list counts its size times its content', () => {
  // extension, phoneNumbers, and 50 times nodes, id, label.
  const FIFTY = { fields: 2 + 50 * 3, ids: 0 };
  it.each([
    ['first', list('(first: 50)'), {}],
    ['perPage', list('(page: 2, perPage: 50)'), {}],
    ['first behind other arguments', list('(usageType: [DIRECT_NUMBER], after: "x", first: 50)'), {}],
    ['a variable', list('(first: $n)', '($n: Int)'), { n: 50 }],
    ['the default of a variable', list('(first: $n)', '($n: Int = 50)'), {}],
    ['an alias', list('(first: 50)').replace('phoneNumbers', 'mine: phoneNumbers'), {}],
    [
      'a fragment',
      '{ extension { ...F } } fragment F on Extension { phoneNumbers(first: 50) { ...G } } fragment G on PhoneNumberConnection { ... { nodes { id label } } }',
      {},
    ],
  ])('by %s', (_how, text, variables) => {
    expect(measure(text, variables)).toEqual(FIFTY);
  });

  it.each([
    ['nothing says a size', list(''), {}],
    ['the variable is not given', list('(first: $n)', '($n: Int)'), {}],
    ['the variable is null', list('(first: $n)', '($n: Int = 5)'), { n: null }],
  ])('by the default page size where %s', (_why, text, variables) => {
    expect(measure(text, variables)?.fields).toBe(2 + 100 * 3);
  });

  it('which is never below none nor above what a list may have', () => {
    expect(measure(list('(first: -5)'))?.fields).toBe(2);
    expect(measure(list('(first: 2000000000)'))?.fields).toBe(2 + 1000 * 3);
  });

  it.each([
    ['nodes', 'query ($x: [ID!]!) { nodes(ids: $x) { id } }', 1 + 7],
    ['phone numbers', 'query ($x: [ID!]!) { phoneNumbers(resourceIds: $x) { id } }', 1 + 7],
    [
      'strings to parse',
      'query ($x: [String!]!) { parsePhoneNumbers(originalStrings: $x) { phoneNumbers { e164 } } }',
      1 + 7 * 2,
    ],
    [
      'what a mutation deletes',
      'mutation ($x: [ID!]!) { deleteBlockedNumbers(input: { ids: $x }) { userErrors { code } } }',
      1 + 7 * 2,
    ],
  ])('by the length of a list argument: %s', (_what, text, fields) => {
    const x = Array.from({ length: 7 }, (_, index) => String(index));
    expect(measure(text, { x })).toEqual({ fields, ids: 7 });
  });

  it('by the length of a list within an input', () => {
    const text = `mutation ($input: UpdateBlockedNumbersInput!) { updateBlockedNumbers(input: $input) { blockedNumbers { id } } }`;
    const blockedNumbers = Array.from({ length: 7 }, (_, index) => ({ id: String(index) }));
    expect(measure(text, { input: { blockedNumbers } })).toEqual({ fields: 1 + 7 * 2, ids: 7 });
    expect(measure(text, { input: { blockedNumbers: [] } })).toEqual({ fields: 1, ids: 0 });
  });

  it('times the lists around it, ids too', () => {
    const inner = 'blockedNumbersByResourceId(resourceIds: ["1", "2", "3"]) { id }';
    expect(measure(`{ extension { phoneNumbers(first: 10) { nodes { extension { ${inner} } } } } }`)).toEqual(
      {
        fields: 2 + 10 * (1 + 1 + (1 + 3)),
        ids: 30,
      },
    );
  });

  it('and values of an enum are no ids', () => {
    expect(measure(list('(usageType: [DIRECT_NUMBER, ELIN])'))?.ids).toBe(0);
  });
});

it('what is skipped or not included costs nothing', () => {
  const text = `query ($yes: Boolean!, $no: Boolean!) {
    a: __typename @include(if: $no) b: __typename @skip(if: $yes) c: __typename @include(if: $yes) @skip(if: $no)
    ... @include(if: $no) { extension { phoneNumbers(first: 1000) { nodes { id } } } }
  }`;
  expect(measure(text, { yes: true, no: false })?.fields).toBe(1);
});

it('of a type condition only the dearest type counts', () => {
  const text =
    '{ node(id: "x") { id ... on PhoneNumber { label location } ... on ForwardingNumber { label } } }';
  expect(measure(text)?.fields).toBe(1 + 1 + 2);
});

it('variables that do not fit cost nothing, for nothing will run', () => {
  expect(measure(list('(first: $n)', '($n: Int)'), { n: 'many' })).toBeUndefined();
  expect(measure('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [{}] })).toBeUndefined();
});

it('fragments that multiply past counting cost without end', () => {
  const fragments = Array.from(
    { length: 40 },
    (_, i) => `fragment f${String(i)} on Query { ...f${String(i + 1)} ...f${String(i + 1)} }`,
  );
  expect(measure(`{ ...f0 } ${fragments.join(' ')} fragment f40 on Query { __typename }`)?.fields).toBe(
    Infinity,
  );
});

describe('an operation that was counted before', () => {
  it('is counted again for variables of another size', () => {
    const document = parse(
      'query ($ids: [ID!]!, $n: Int, $all: Boolean = false) { nodes(ids: $ids) { id } extension { phoneNumbers(first: $n) @include(if: $all) { nodes { id } } } }',
    );
    const count = (variables: Record<string, unknown>) =>
      meter(document, toOperation(document.definitions[0]), variables);
    expect(count({ ids: ['a'] })).toEqual({ fields: 3, ids: 1 });
    expect(count({ ids: ['a', 'b'] })).toEqual({ fields: 4, ids: 2 });
    expect(count({ ids: 'a', n: 5, all: true })).toEqual({ fields: 3 + 1 + 5 * 2, ids: 1 });
    expect(count({ ids: ['b'] })).toEqual({ fields: 3, ids: 1 });
  });

  it('does not stay cheap for a field that could not run the first time', () => {
    const document = parse(
      'query ($id: ID = "x") { extension(extensionId: $id) { phoneNumbers(first: 1000) { nodes { id } } } }',
    );
    const count = (variables: Record<string, unknown>) =>
      meter(document, toOperation(document.definitions[0]), variables);
    expect(count({ id: null })?.fields).toBe(0);
    expect(count({})?.fields).toBe(2002);
  });

  it.each(['toString', 'constructor', 'valueOf', '__proto__', 'hasOwnProperty'])(
    'does not take what objects inherit for a variable named %s',
    (name) => {
      const document = parse(
        `query ($ids: [ID!]!, $${name}: Int = 1000) { nodes(ids: $ids) { id } extension { phoneNumbers(first: $${name}) { nodes { id } } } }`,
      );
      const operation = toOperation(document.definitions[0]);
      const idsDocument = parse(`query ($${name}: [ID!] = ["a", "b"]) { nodes(ids: $${name}) { id } }`);
      const idsOperation = toOperation(idsDocument.definitions[0]);
      // One entry of a list, and no number: what a client would prime the meter with.
      const primed = JSON.parse(`{"${name}":"a"}`) as Record<string, unknown>;
      meter(idsDocument, idsOperation, primed);
      expect(meter(idsDocument, idsOperation, {})).toEqual({ fields: 3, ids: 2 });
      meter(document, operation, JSON.parse(`{"ids":[],"${name}":1}`) as Record<string, unknown>);
      expect(meter(document, operation, { ids: [] })?.fields).toBe(1 + 2 + 1000 * 2);
    },
  );

  const variables = fc.record(
    {
      ids: fc.oneof(
        fc.array(fc.string(), { maxLength: 3 }),
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.jsonValue(),
      ),
      n: fc.oneof(fc.integer({ min: -2, max: 5 }), fc.constant(null), fc.jsonValue()),
      flag: fc.oneof(fc.boolean(), fc.constant(null), fc.jsonValue()),
      input: fc.record({ ids: fc.oneof(fc.array(fc.string(), { maxLength: 3 }), fc.string()) }),
    },
    { requiredKeys: [] },
  );
  it.each([
    'query ($ids: [ID!], $n: Int, $flag: Boolean = true) { nodes(ids: $ids) { id } extension @skip(if: $flag) { phoneNumbers(first: $n) { nodes { id } } } }',
    'query ($n: Int = 3) { extension { phoneNumbers(perPage: $n) { totalCount } } }',
    'mutation ($input: DeleteBlockedNumbersInput!) { deleteBlockedNumbers(input: $input) { deletedIds } }',
  ])('costs what it would cost if it were new: %s', (text) => {
    const document = parse(text);
    const operation = toOperation(document.definitions[0]);
    fc.assert(
      fc.property(variables, (given) => {
        const known = meter(document, operation, given);
        const fresh = createCostMeter(schema)(document, operation, given);
        // Variables that do not fit may be counted as fitting ones of the same size; nothing of theirs runs.
        if (fresh !== undefined) expect(known).toEqual(fresh);
      }),
      { numRuns: 300 },
    );
  });
});

describe('no answer has more fields than were counted', () => {
  /** Gives every list as long as it was asked for. */
  const extension = {
    id: 'e',
    phoneNumbers: ({ first, perPage }: { first?: number; perPage?: number }): unknown => {
      const nodes = Array.from({ length: first ?? perPage ?? 100 }, () => ({ id: 'p', extension }));
      return { nodes, edges: nodes.map((node) => ({ cursor: 'c', node })), totalCount: 1 };
    },
    blockedNumbersByResourceId: ({ resourceIds }: { resourceIds: string[] }): unknown =>
      resourceIds.map(() => ({ id: 'b', extension })),
  };
  const rootValue = { extension, nodes: ({ ids }: { ids: string[] }) => ids.map(() => null) };

  const size = fc.integer({ min: 1, max: 4 }).map(String);
  const { onExtension } = fc.letrec<{ onExtension: string; onNumber: string }>((tie) => ({
    onExtension: fc
      .array(
        fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom('id', 'e: id', '__typename'),
          fc
            .tuple(size, tie('onNumber'))
            .map(([n, content]) => `phoneNumbers(first: ${n}) { nodes { ${content} } totalCount }`),
          fc
            .tuple(size, tie('onNumber'))
            .map(([n, content]) => `x: phoneNumbers(perPage: ${n}) { edges { cursor node { ${content} } } }`),
          tie('onNumber').map(
            (content) =>
              `blockedNumbersByResourceId(resourceIds: ["1", "2"]) { ... on Node { id } ${content} }`,
          ),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map((fields) => fields.join(' ')),
    onNumber: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('id', 'id n: id'),
      tie('onExtension').map((content) => `id extension { ${content} }`),
    ),
  }));

  it('whatever is asked of an extension', () => {
    let answered = 0;
    fc.assert(
      fc.property(onExtension, (selection) => {
        const document = parse(`{ extension { ${selection} } }`);
        if (validate(schema, document).length > 0) return;
        const result = execute({ schema, document, rootValue });
        if (result instanceof Promise || result.errors) throw new Error('the fixture does not answer');
        answered += 1;
        const cost = meter(document, toOperation(document.definitions[0]), {});
        expect(countFields(result.data)).toBeLessThanOrEqual(cost?.fields ?? -1);
      }),
      { numRuns: 300 },
    );
    expect(answered).toBeGreaterThan(100);
  });
});

describe('introspection', () => {
  /** What is selected of a type, a field and an argument, down to a depth at which an answer stays small. */
  const { onType } = fc.letrec<{ onType: string; onField: string; onValue: string }>((tie) => ({
    onType: fc
      .array(
        fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom('kind', 'n: name', 'enumValues(includeDeprecated: true) { name x: name }'),
          tie('onField').map((content) => `fields(includeDeprecated: true) { ${content} }`),
          tie('onType').map((content) => `possibleTypes { ${content} }`),
          tie('onType').map((content) => `interfaces { ${content} }`),
          tie('onType').map((content) => `ofType { ${content} }`),
          tie('onValue').map((content) => `inputFields { ${content} }`),
        ),
        { minLength: 1, maxLength: 3 },
      )
      .map(merge),
    onField: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('name', 'name isDeprecated'),
      fc.tuple(tie('onType'), tie('onValue')).map(([t, v]) => `name type { ${t} } args { ${v} }`),
    ),
    onValue: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('name', 'name defaultValue'),
      tie('onType').map((content) => `type { ${content} }`),
    ),
  }));
  /** Aliases keep two selections of one field apart. */
  function merge(fields: readonly string[]): string {
    return fields
      .map((field, at) => (/^\w+:/.test(field) ? `k${String(at)}_${field}` : `k${String(at)}: ${field}`))
      .join(' ');
  }

  it('answers no more fields than were counted, of one type or of all', () => {
    let answered = 0;
    fc.assert(
      fc.property(
        onType,
        fc.constantFrom('Query', 'Node', 'Extension', 'UpdateBlockedNumbersInput'),
        (selection, name) => {
          for (const query of [
            `{ __schema { types { ${selection} } } }`,
            `{ __type(name: "${name}") { ${selection} } }`,
          ]) {
            const document = parse(query);
            const cost = meter(document, toOperation(document.definitions[0]), {});
            // What would take too long to answer here is refused by the limit.
            if (cost === undefined || cost.fields > 120_000) continue;
            const result = execute({ schema, document });
            if (result instanceof Promise || result.errors) throw new Error('the fixture does not answer');
            answered += 1;
            expect(countFields(result.data)).toBeLessThanOrEqual(cost.fields);
          }
        },
      ),
      { numRuns: 100 },
    );
    expect(answered).toBeGreaterThan(100);
  });

  it('is counted as what it is where all is asked for', () => {
    const document = parse(
      getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true }),
    );
    const { data } = execute({ schema, document }) as { data: unknown };
    const cost = meter(document, toOperation(document.definitions[0]), {});
    const fields = countFields(data);
    expect(cost?.fields).toBeGreaterThanOrEqual(fields);
    // References lead to types as deep as seven wrappers, which few are.
    expect(cost?.fields).toBeLessThan(10 * fields);
    expect(cost?.fields).toBeLessThan(60_000);
  });
});

function countFields(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + countFields(entry), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, entry) => sum + 1 + countFields(entry), 0);
}
