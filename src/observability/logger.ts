import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Characters of log lines kept for an output that is not read; beyond it lines are lost, not memory. */
const MAX_UNWRITTEN = 8 * 1024 * 1024;

/** Lines are written together, at least this often: a write of its own costs as much as half of a small request. */
const WRITE_EVERY_MS = 100;
const WRITE_BYTES = 8 * 1024;

/** Structured logs on standard output. What is logged is chosen field by field in events.ts: nothing personal is. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: toLoggedError },
  };
  // Nobody waits for a log line; what is left is written when the process ends.
  const output = {
    sync: false,
    minLength: WRITE_BYTES,
    periodicFlush: WRITE_EVERY_MS,
    maxLength: MAX_UNWRITTEN,
  };
  return pino(options, destination ?? pino.destination(output));
}

/** An error's kind and place in our code: messages and causes may quote what users sent. */
function toLoggedError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const { name, stack = '' } = error;
  const code = (error as { code?: unknown }).code;
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name,
    ...(typeof code === 'string' && { code }),
    at: frames.slice(0, 8).map((line) => line.trim()),
  };
}
