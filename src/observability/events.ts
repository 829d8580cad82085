import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import type { Tracing } from './tracing.js';

/** `refused`: never executed. */
export type RequestOutcome = 'ok' | 'partial' | 'error' | 'refused';

/** One GraphQL request that was answered. */
export interface RequestEvent {
  readonly requestId: string;
  readonly operationName: string | undefined;
  readonly outcome: RequestOutcome;
  readonly codes: readonly string[];
  /** The limits and guards that refused it, or a part of it. */
  readonly guards: readonly string[];
  readonly status: number;
  readonly durationMs: number;
  readonly upstream: { readonly calls: number; readonly ids: number; readonly cacheHits: number } | undefined;
}

export interface UpstreamCallEvent {
  /** Of the request that opened it; others may share it. */
  readonly requestId: string;
  readonly operation: string;
  readonly status: number | string;
  readonly durationMs: number;
  readonly ids: number;
}

/** What happens, told once to logs, metrics and, where it is on, tracing: one function an event. */
export function createEvents(log: Logger, metrics: Metrics, tracing?: Tracing) {
  return {
    requestBegan(requestId: string, traceparent: string | undefined): void {
      tracing?.requestBegan(requestId, traceparent);
    },
    requestEnded(event: RequestEvent): void {
      const { outcome, codes, guards, durationMs, ...rest } = event;
      const operationName = event.operationName && toLoggedName(event.operationName);
      metrics.requests.inc({ outcome });
      metrics.requestSeconds.observe(durationMs / 1000);
      for (const code of codes) metrics.errors.inc({ code });
      for (const guard of guards) metrics.refusals.inc({ guard });
      log.info(
        {
          ...rest,
          operationName,
          outcome,
          codes: codes.length === 0 ? undefined : [...new Set(codes)],
          guards: guards.length === 0 ? undefined : guards,
          durationMs: Math.round(durationMs * 10) / 10,
        },
        'request',
      );
      tracing?.requestEnded({ ...event, operationName });
    },
    upstreamCall(event: UpstreamCallEvent): void {
      const { operation, status, durationMs, ids } = event;
      metrics.upstreamCalls.inc({ operation, status: String(status) });
      metrics.upstreamSeconds.observe({ operation }, durationMs / 1000);
      if (ids > 0) metrics.idsPerCall.observe({ operation }, ids);
      log.debug({ operation, status, durationMs: Math.round(durationMs), ids }, 'upstream call');
      tracing?.upstreamCall(event);
    },
    unknownEnumValue(enumName: string): void {
      metrics.unknownEnumValues.inc({ enum: enumName });
    },
    /** A limit or guard refused what is no GraphQL request. */
    refused(guard: string, requestId?: string): void {
      metrics.refusals.inc({ guard });
      log.info({ guard, requestId }, 'refused');
    },
    /** Something went wrong beside a request, which goes on without it. */
    incident(incident: string, error?: unknown): void {
      metrics.incidents.inc({ incident });
      log.warn({ incident, error }, 'incident');
    },
    /** A browser session began, went on or ended; nothing of whose it is. */
    session({ action, outcome }: { readonly action: string; readonly outcome: string }): void {
      metrics.sessions.inc({ action, outcome });
      log.info({ action, outcome }, 'session');
    },
    /** A document that is not listed ran or was refused, or the list was read again. */
    document({ kind, reason }: { readonly kind: string; readonly reason?: string | undefined }): void {
      metrics.documents.inc({ kind });
      if (kind === 'reloaded') log.info({ kind }, 'trusted documents');
      else if (kind === 'reload-failed') log.warn({ kind, reason }, 'trusted documents');
    },
    /** A fault of our own. */
    fault(error: unknown, requestId?: string): void {
      log.error({ error, requestId }, 'fault');
    },
  };
}

export type Events = ReturnType<typeof createEvents>;

/** A client chooses the name; one long enough for a phone number or a token is not logged as it is. */
const toLoggedName = (name: string) => name.slice(0, 64).replaceAll(/\d{5,}/g, '#');
