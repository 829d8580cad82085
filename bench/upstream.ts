/**
 * A very cheap stand-in for RingCentral: bodies are made once for each caller and URL and then replayed. Every label
 * carries the caller's marker, so that a mixed answer shows. Prints its address; /__count tells the calls since last.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { markerOf } from './workloads.js';

const PREFIX = 'https://platform.ringcentral.com/restapi/v1.0/account/403858014008/extension/403858015008';
const BOUNDARY = 'Boundary_20_32057915_1351669531796';
const LIMITS = {
  'x-rate-limit-group': 'light',
  'x-rate-limit-limit': '1000000000',
  'x-rate-limit-remaining': '999999999',
  'x-rate-limit-window': '60',
};
const USAGE = ['DirectNumber', 'CompanyNumber', 'MainCompanyNumber', 'ForwardedNumber', 'CompanyFaxNumber'];

const toPhoneNumber = (n: number, marker: string) => ({
  uri: `${PREFIX}/phone-number/${String(299_282_000 + n)}`,
  id: 299_282_000 + n,
  phoneNumber: `+1209207${String(1000 + n).slice(-4)}`,
  paymentType: 'Local',
  location: 'Galt, CA',
  type: 'VoiceFax',
  usageType: USAGE[n % USAGE.length],
  status: 'Normal',
  label: `Line ${String(n)} ${marker}`,
  primary: n === 0,
  callerIdName: 'Acme Corp',
  country: { id: '1', name: 'United States' },
  extension: { uri: PREFIX, id: 403_858_015_008, extensionNumber: '101', name: 'Reception', type: 'User' },
  features: ['CallerId', 'SmsSender', 'MmsSender'],
});

const toBlocked = (id: string, marker: string) => ({
  uri: `${PREFIX}/caller-blocking/phone-numbers/${id}`,
  id,
  phoneNumber: `+${Buffer.from(id, 'base64').toString('latin1')}`,
  label: `Blocked ${marker}`,
  status: 'Blocked',
});

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

function toMultiStatus(ids: readonly string[], marker: string): Reply {
  const response = ids.map((id) => ({
    href: `${PREFIX}/caller-blocking/phone-numbers/${id}`,
    status: 200,
    responseDescription: 'OK',
  }));
  const parts = [{ response }, ...ids.map((id) => toBlocked(id, marker))];
  const text = parts
    .map((part) => `--${BOUNDARY}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(part)}\r\n`)
    .join('');
  return {
    status: 207,
    type: `multipart/mixed; boundary=${BOUNDARY}`,
    body: Buffer.from(`${text}--${BOUNDARY}--\r\n`),
  };
}

function toReply(url: string, marker: string): Reply | undefined {
  const { pathname, searchParams } = new URL(url, 'http://upstream');
  const path = pathname.split('/').slice(7).join('/');
  const json = (body: object): Reply => ({
    status: 200,
    type: 'application/json',
    body: Buffer.from(JSON.stringify(body)),
  });
  if (path === 'phone-number') {
    const perPage = Number(searchParams.get('perPage') ?? 100);
    const records = Array.from({ length: perPage }, (_, n) => toPhoneNumber(n, marker));
    return json({
      uri: `${PREFIX}/${path}`,
      records,
      paging: { page: 1, perPage, totalPages: 1, totalElements: perPage },
      navigation: {},
    });
  }
  const [family, collection, ids] = path.split('/');
  if (family !== 'caller-blocking' || collection !== 'phone-numbers' || ids === undefined) return undefined;
  const [first = '', ...others] = ids.split(',').map(decodeURIComponent);
  return others.length === 0 ? json(toBlocked(first, marker)) : toMultiStatus([first, ...others], marker);
}

const replies = new Map<string, Reply | undefined>();
let calls = 0;
const server = createServer((request, response) => {
  const { url = '', headers } = request;
  if (url === '/__count') {
    response.end(JSON.stringify({ calls }));
    calls = 0;
    return;
  }
  calls += 1;
  const key = `${headers.authorization ?? ''} ${url}`;
  if (!replies.has(key)) {
    // So many lists of 1,000 records, and no more, fit into memory.
    if (replies.size > 5000) replies.clear();
    replies.set(key, toReply(url, markerOf(headers.authorization ?? '')));
  }
  const reply = replies.get(key);
  if (reply === undefined) response.writeHead(404, LIMITS).end('{"errorCode":"AGW-404"}');
  else
    response
      .writeHead(reply.status, { ...LIMITS, 'content-type': reply.type, 'content-length': reply.body.length })
      .end(reply.body);
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
});
