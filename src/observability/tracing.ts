import type { Context, Span } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import type { RequestEvent, UpstreamCallEvent } from './events.js';

/** Spans of what happens, for OpenTelemetry. */
export interface Tracing {
  /** @param traceparent the header of the request, by which its span joins the client's trace */
  requestBegan(requestId: string, traceparent: string | undefined): void;
  requestEnded(event: RequestEvent): void;
  upstreamCall(event: UpstreamCallEvent): void;
  /** Sends what is left, within a short time. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  readonly version: string;
  /** Spans could not be sent; they are lost. */
  readonly onFailure: (error: unknown) => void;
}

/** Requests whose span is known to their calls; a call may end after the request that opened it. */
const MAX_REQUESTS = 10_000;
/** A collector that does not answer must not keep the process from its end. */
const STOP_MS = 2000;

/**
 * Loads OpenTelemetry, which reads the standard OTEL_* variables itself: where spans go, how many are kept, the name of
 * the service. An attribute holds nothing but what a metric's label or the log line of the request does.
 */
export async function startTracing({ version, onFailure }: TracingOptions): Promise<Tracing> {
  const [api, core, exporter, resources, sdk] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
  ]);
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = api;
  core.setGlobalErrorHandler(onFailure);
  const provider = new sdk.BasicTracerProvider({
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ 'service.name': 'switchboard', 'service.version': version }))
      .merge(resources.detectResources({ detectors: [resources.envDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('switchboard', version);
  const requests = new LRUCache<string, { readonly span: Span; readonly context: Context }>({
    max: MAX_REQUESTS,
  });

  return {
    requestBegan(requestId, traceparent) {
      const client = core.parseTraceParent(traceparent ?? '');
      const around =
        client === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...client, isRemote: true });
      const span = tracer.startSpan('graphql', { kind: SpanKind.SERVER }, around);
      requests.set(requestId, { span, context: trace.setSpan(ROOT_CONTEXT, span) });
    },
    requestEnded({ requestId, operationName, outcome, codes, status }) {
      const span = requests.get(requestId)?.span;
      if (span === undefined) return;
      if (operationName !== undefined) span.setAttribute('graphql.operation.name', operationName);
      span.setAttribute('switchboard.outcome', outcome);
      if (codes.length > 0) span.setAttribute('switchboard.codes', [...new Set(codes)]);
      span.setAttribute('http.response.status_code', status);
      if (outcome === 'error' || outcome === 'refused') span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
    upstreamCall({ requestId, operation, status, durationMs, ids }) {
      const ended = Date.now();
      const options = { kind: SpanKind.CLIENT, startTime: ended - durationMs };
      const span = tracer.startSpan(operation, options, requests.get(requestId)?.context ?? ROOT_CONTEXT);
      span.setAttribute('switchboard.ids', ids);
      if (typeof status === 'number') span.setAttribute('http.response.status_code', status);
      else span.setAttribute('error.type', status);
      if (typeof status === 'string' || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(ended);
    },
    async stop() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS)));
      await Promise.race([provider.shutdown().catch(onFailure), late]);
      clearTimeout(timer);
    },
  };
}
