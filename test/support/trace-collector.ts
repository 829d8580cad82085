import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 0: unset, 2: error. */
  readonly status: number;
}

export interface TraceCollector {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Attributes of the process that sent them. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** "POST /path content-type" of each request. */
  readonly requests: readonly string[];
  /** All that came, byte by byte. */
  text(): string;
  stop(): Promise<void>;
}

/** Takes spans by OTLP over HTTP, in protobuf, on a socket of its own. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const bodies: Buffer[] = [];
  const requests: string[] = [];
  const spans: ReceivedSpan[] = [];
  const resource: Record<string, unknown> = {};
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      bodies.push(body);
      requests.push(
        `${String(request.method)} ${String(request.url)} ${String(request.headers['content-type'])}`,
      );
      // ExportTraceServiceRequest.resource_spans → .resource.attributes, .scope_spans → .spans
      for (const ofResource of all(body, 1)) {
        for (const described of all(ofResource, 1))
          Object.assign(resource, readAttributes(all(described, 1)));
        for (const ofScope of all(ofResource, 2)) spans.push(...all(ofScope, 2).map(readSpan));
      }
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    spans,
    resource,
    requests,
    text: () => Buffer.concat(bodies).toString('latin1'),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Field = readonly [number: number, value: Buffer | bigint];

/** The fields of a protobuf message, in order. */
function readFields(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(message[at++] ?? 0);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
    }
  };
  const bytes = (count: number) => message.subarray(at, (at += count));
  while (at < message.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    if (wire === 0) fields.push([tag >> 3, varint()]);
    else fields.push([tag >> 3, bytes(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()))]);
  }
  return fields;
}

const all = (message: Buffer, number: number): Buffer[] =>
  readFields(message).flatMap(([at, value]) => (at === number && Buffer.isBuffer(value) ? [value] : []));

/** KeyValue: key = 1, AnyValue = 2. */
const readAttributes = (pairs: readonly Buffer[]): Record<string, unknown> =>
  Object.fromEntries(
    pairs.map((pair) => [String(all(pair, 1)[0]), readValue(all(pair, 2)[0] ?? Buffer.alloc(0))]),
  );

/** AnyValue: string = 1, int = 3, array = 5 of values = 1. */
function readValue(any: Buffer): unknown {
  const [field] = readFields(any);
  if (field === undefined) return undefined;
  const [number, value] = field;
  if (typeof value === 'bigint') return Number(value);
  return number === 5 ? all(value, 1).map(readValue) : value.toString();
}

/** Span: trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, attributes = 9, status = 15 with its code = 3. */
function readSpan(span: Buffer): ReceivedSpan {
  const hex = (number: number) => (all(span, number)[0] ?? Buffer.alloc(0)).toString('hex');
  const code = all(span, 15)
    .flatMap(readFields)
    .find(([number]) => number === 3)?.[1];
  return {
    traceId: hex(1),
    spanId: hex(2),
    parentSpanId: hex(4),
    name: String(all(span, 5)[0]),
    attributes: readAttributes(all(span, 9)),
    status: Number(code ?? 0n),
  };
}
