import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { createSchema } from '../../src/schema.js';
import { createJitRunner, EAGER, interpret } from '../support/jit-runner.js';
import { createRandom, generateOperation } from '../support/operation-generator.js';
import { createUnreliableContext } from '../support/unreliable-context.js';
import { createUnreliableSchema } from '../support/unreliable-schema.js';

const OPERATIONS = 5000;

it(`answers ${String(OPERATIONS)} generated operations as graphql-js does, failures and all`, async () => {
  const schema = createSchema();
  const run = createJitRunner(createSchema(), EAGER);
  let compiled = 0;
  let failed = 0;
  for (let seed = 0; seed < OPERATIONS; seed += 1) {
    const { query, variables } = generateOperation(schema, createRandom(seed), 4);
    const document = parse(query);
    const actual = await run(document, variables, createUnreliableContext(seed));
    // Left to graphql-js: nothing to compare.
    if (actual === undefined) continue;
    const expected = await interpret(schema, document, variables, createUnreliableContext(seed));
    expect(actual, `seed ${String(seed)}: ${query} ${JSON.stringify(variables)}`).toEqual(expected);
    compiled += 1;
    failed += expected.errors.length > 0 ? 1 : 0;
  }
  // Or nothing was proved.
  expect(compiled).toBeGreaterThan(OPERATIONS / 3);
  expect(failed).toBeGreaterThan(OPERATIONS / 8);
}, 90_000);

it('answers generated operations over unions and lists of lists as graphql-js does', async () => {
  const schema = createUnreliableSchema();
  const run = createJitRunner(createUnreliableSchema(), EAGER);
  let compiled = 0;
  for (let seed = 0; seed < 1000; seed += 1) {
    const { query, variables } = generateOperation(schema, createRandom(seed), 3);
    const document = parse(query);
    const actual = await run(document, variables, { seed });
    if (actual === undefined) continue;
    const expected = await interpret(schema, document, variables, { seed });
    expect(actual, `seed ${String(seed)}: ${query} ${JSON.stringify(variables)}`).toEqual(expected);
    compiled += 1;
  }
  expect(compiled).toBeGreaterThan(300);
}, 30_000);
