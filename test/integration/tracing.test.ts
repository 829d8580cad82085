import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config.js';
import { startEmulator, type Emulator } from '../../src/emulator/emulator.js';
import { unavailable } from '../../src/emulator/faults.js';
import { startProcess, type GatewayProcess } from '../support/process.js';
import { startTraceCollector, type TraceCollector } from '../support/trace-collector.js';
import { blockedId } from '../support/upstream.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN = '00f067aa0ba902b7';

let collector: TraceCollector;
let emulator: Emulator;
let gateway: GatewayProcess;

async function start(env: Readonly<Record<string, string>> = {}) {
  gateway = await startProcess({
    RINGCENTRAL_SERVER_URL: emulator.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...env,
  });
}

async function ask(body: object, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${gateway.url ?? ''}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${emulator.demoToken}`,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  await response.json();
}

/** The end of the process sends what is left. */
async function stop() {
  gateway.child.kill('SIGTERM');
  expect(await gateway.exited).toBe(0);
}

const QUERY = `query Page12345678($a: ID!, $b: ID!) {
  extension { a: blockedNumber(resourceId: $a) { label phoneNumber } b: blockedNumber(resourceId: $b) { label } }
}`;
const VARIABLES = { a: blockedId(0), b: 'bm9ib2R5' };

describe('a GraphQL request that is traced', () => {
  beforeEach(async () => {
    collector = await startTraceCollector();
    emulator = await startEmulator();
  });
  afterEach(async () => {
    gateway.child.kill();
    await gateway.exited;
    await emulator.stop();
    await collector.stop();
  });

  it('is a span of the trace that its client began, with a child for each call upstream', async () => {
    await start({ OTEL_SERVICE_NAME: 'gateway-of-tests' });
    emulator.fault({ answer: unavailable() });
    const traceparent = `00-${TRACE}-${CLIENT_SPAN}-01`;
    await ask({ query: QUERY, variables: VARIABLES }, { traceparent });
    await stop();

    const [request] = collector.spans.filter(({ name }) => name === 'graphql');
    expect(request).toMatchObject({
      traceId: TRACE,
      parentSpanId: CLIENT_SPAN,
      attributes: {
        'graphql.operation.name': 'Page#',
        'switchboard.outcome': 'partial',
        'switchboard.codes': ['NOT_FOUND'],
        'http.response.status_code': 200,
      },
      status: 0,
    });
    const calls = collector.spans.filter(({ name }) => name === 'listBlockedAllowedPhoneNumber');
    const ids = { 'switchboard.ids': 2 };
    expect(calls.map(({ attributes, status }) => ({ attributes, status }))).toEqual([
      { attributes: { ...ids, 'http.response.status_code': 503 }, status: 2 },
      { attributes: { ...ids, 'http.response.status_code': 207 }, status: 0 },
    ]);
    for (const { traceId, parentSpanId } of calls) {
      expect([traceId, parentSpanId]).toEqual([TRACE, request?.spanId]);
    }
    expect(collector.resource).toMatchObject({ 'service.name': 'gateway-of-tests' });
    expect(collector.requests[0]).toBe('POST /v1/traces application/x-protobuf');
  });

  it('begins a trace of its own where its client began none, or says so in a way that cannot be read', async () => {
    await start();
    await ask({ query: '{ __typename }' });
    await ask({ query: '{ __typename }' }, { traceparent: '00-nonsense' });
    await stop();
    expect(collector.spans.map(({ name, parentSpanId }) => [name, parentSpanId])).toEqual([
      ['graphql', ''],
      ['graphql', ''],
    ]);
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(2);
    expect(collector.resource).toMatchObject({ 'service.name': 'switchboard' });
  });

  it('gives away no token, id, number, address, query or variable', async () => {
    await start();
    await ask({ query: QUERY, variables: VARIABLES });
    const input = { phoneNumber: '+16505550777', label: 'Sells fridges' };
    const query =
      'mutation ($input: AddBlockedNumberInput!) { addBlockedNumber(input: $input) { userErrors { code } } }';
    await ask({ query, variables: { input } });
    await ask({ query: '{ secretField }' });
    await stop();
    expect(collector.spans.length).toBeGreaterThanOrEqual(5);
    const secrets = [
      ...[emulator.demoToken, emulator.url, '/restapi', '401900', 'resourceId', 'secretField'],
      ...[...Object.values(VARIABLES), ...Object.values(input), '6505550', 'Caller 0', '12345678'],
    ];
    for (const secret of secrets) expect(collector.text()).not.toContain(secret);
  });

  it('is not where tracing is turned off', async () => {
    await start({ OTEL_SDK_DISABLED: 'true' });
    await ask({ query: '{ __typename }' });
    await stop();
    expect(collector.requests).toEqual([]);
  });

  it('is answered, and the process ends, though no collector takes its span', async () => {
    await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    await ask({ query: '{ __typename }' });
    await stop();
    expect(gateway.output()).toContain('"outcome":"ok"');
  });
});

describe('tracing', () => {
  const isOn = (env: Record<string, string>) => parseConfig(env).tracing;
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318';

  it('is on where the environment says where to, and off where it says so', () => {
    expect(isOn({})).toBe(false);
    expect(isOn({ OTEL_EXPORTER_OTLP_ENDPOINT })).toBe(true);
    expect(isOn({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: OTEL_EXPORTER_OTLP_ENDPOINT })).toBe(true);
    expect(isOn({ OTEL_TRACES_EXPORTER: 'otlp' })).toBe(true);
    expect(isOn({ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT })).toBe(false);
    expect(isOn({ OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT })).toBe(false);
  });

  it('refuses what would silently send nothing', () => {
    const wrong = () => parseConfig({ OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    expect(wrong).toThrow(ConfigError);
    expect(wrong).toThrow(
      /OTEL_TRACES_EXPORTER must be otlp or none[^]*OTEL_EXPORTER_OTLP_PROTOCOL must be http/,
    );
  });
});
