/**
 * The floor: what the same answers cost by hand on node:http and its client, without GraphQL, credentials, limits,
 * metrics or logs. What is asked is told by the operation's name. Takes PORT and RINGCENTRAL_SERVER_URL.
 */
import { Agent, createServer, get } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const base = `${process.env['RINGCENTRAL_SERVER_URL'] ?? ''}/restapi/v1.0/account/~/extension/~`;

interface Fetched {
  readonly type: string;
  readonly text: string;
}

const fetchText = (path: string, authorization: string) =>
  new Promise<Fetched>((resolve, reject) => {
    get(`${base}${path}`, { agent, headers: { authorization } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ type: response.headers['content-type'] ?? '', text: Buffer.concat(chunks).toString() });
      });
    }).on('error', reject);
  });

type Json = Readonly<Record<string, unknown>>;

const toGlobalId = (...parts: unknown[]) => Buffer.from(parts.join('/')).toString('base64url');
const toEnum = (name: unknown) =>
  String(name)
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toUpperCase();
const toBlocked = (record: Json) => ({
  id: toGlobalId('BlockedNumber', '403858014008', '403858015008', record['id']),
  resourceId: record['id'],
  phoneNumber: record['phoneNumber'],
  label: record['label'],
  status: toEnum(record['status']),
});

async function readBlocked(ids: readonly string[], authorization: string) {
  const { type, text } = await fetchText(`/caller-blocking/phone-numbers/${ids.join(',')}`, authorization);
  if (!type.startsWith('multipart/')) return [toBlocked(JSON.parse(text) as Json)];
  const boundary = `--${/boundary=(.*)/.exec(type)?.[1] ?? ''}`;
  const parts = text.split(boundary).slice(2, -1);
  return parts.map((part) => toBlocked(JSON.parse(part.slice(part.indexOf('\r\n\r\n'))) as Json));
}

async function readList(perPage: number, authorization: string) {
  const { text } = await fetchText(`/phone-number?page=1&perPage=${String(perPage)}`, authorization);
  const { records } = JSON.parse(text) as { records: readonly Json[] };
  return records.map((record) => {
    const { name, extensionNumber } = record['extension'] as Json;
    return {
      id: toGlobalId('PhoneNumber', '403858014008', record['id']),
      resourceId: String(record['id']),
      phoneNumber: record['phoneNumber'],
      label: record['label'],
      type: toEnum(record['type']),
      usageType: toEnum(record['usageType']),
      status: toEnum(record['status']),
      country: { name: (record['country'] as Json)['name'] },
      extension: { name, extensionNumber },
    };
  });
}

interface Body {
  readonly operationName?: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, string>> & {
    readonly perPage: number;
    readonly ids: readonly string[];
  };
}

const idsOf = new Map<string, readonly (readonly [string, string])[]>();

async function toData({ operationName, query, variables }: Body, authorization: string): Promise<unknown> {
  if (operationName === 'List') {
    return { extension: { phoneNumbers: { nodes: await readList(variables.perPage, authorization) } } };
  }
  if (operationName === 'ByList') {
    return { extension: { blockedNumbersByResourceId: await readBlocked(variables.ids, authorization) } };
  }
  if (operationName === undefined) return { __typename: 'Query' };
  let named = operationName === 'Few' ? Object.entries<string>(variables) : idsOf.get(query);
  if (named === undefined) {
    named = [...query.matchAll(/(\w+): blockedNumber\(resourceId: "(.*?)"/g)].map(
      ([, name = '', id = '']) => [name, id],
    );
    idsOf.set(query, named);
  }
  const ids = named.map(([, id]) => id);
  const chunks = Array.from({ length: Math.ceil(ids.length / 30) }, (_, n) => ids.slice(n * 30, n * 30 + 30));
  const records = (await Promise.all(chunks.map((chunk) => readBlocked(chunk, authorization)))).flat();
  return { extension: Object.fromEntries(named.map(([name], n) => [name, records[n]])) };
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url !== '/graphql') {
      response.end('ready');
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    void toData(body, request.headers.authorization ?? '').then(
      (data) => {
        const text = Buffer.from(JSON.stringify({ data }));
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
          .end(text);
      },
      () => response.writeHead(500).end(),
    );
  });
}).listen(Number(process.env['PORT']), '127.0.0.1');
