import { Agent, request } from 'node:http';
import type { EmulatorOptions } from '../../src/emulator/emulator.js';

/** Each token of this form is a user of its own, who finds the token in every label and name. */
export const manyCallers: EmulatorOptions = {
  syntheticTokens: (token) => (/^user-\d+-$/.test(token) ? { marker: token } : undefined),
};

const idOf = (index: number) => Buffer.from(String(16_505_550_100 + index)).toString('base64url');
const QUERIES = [
  `{ extension { ${[0, 1, 2, 3, 4].map((i) => `a${String(i)}: blockedNumber(resourceId: "${idOf(i)}") { label }`).join(' ')} } }`,
  `{ extension { ${[3, 4, 5, 7, 8].map((i) => `a${String(i)}: blockedNumber(resourceId: "${idOf(i)}") { label }`).join(' ')} } }`,
  '{ extension { name blockedNumbers(first: 3) { nodes { label } } } }',
  '{ extension { name forwardingNumbers(first: 3) { nodes { label } } phoneNumbers(first: 3) { nodes { label } } } }',
];

export interface Tally {
  answered: number;
  /** Answers that held another caller's record. */
  foreign: number;
  /** Answers that were not whole. */
  failed: number;
}

export interface Load {
  readonly url: string;
  readonly callers: number;
  readonly requests: number;
  readonly concurrency: number;
}

/** Asks as many callers at once, and looks for each other's data in every answer. */
export async function askAsMany({ url, callers, requests, concurrency }: Load): Promise<Tally> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const tally: Tally = { answered: 0, foreign: 0, failed: 0 };
  let next = 0;
  const worker = async () => {
    while (next < requests) {
      const index = next++;
      // Neighbours in time are the same caller as often as another one, so that both sharing and mixing would show.
      const token = `user-${String(Math.floor(index / 4) % callers)}-`;
      const answer = await ask(url, agent, token, QUERIES[index % QUERIES.length] ?? '');
      tally.answered += 1;
      const markers = answer.match(/user-\d+-/g) ?? [];
      if (markers.some((marker) => marker !== token)) tally.foreign += 1;
      if (markers.length < 3 || answer.includes('"errors"')) tally.failed += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  return tally;
}

function ask(url: string, agent: Agent, token: string, query: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const sent = request(`${url}/graphql`, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => {
        resolve(Buffer.concat(chunks).toString('utf8'));
      });
    });
    sent.once('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}
