import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Structured logs on standard output. Nothing personal is logged; what might slip in by these names is taken out. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: ['*.authorization', '*.cookie', '*.token', '*.phoneNumber'], censor: '***' },
    serializers: { error: toLoggedError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
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
