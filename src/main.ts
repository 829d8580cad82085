import { findManifestFaults, startApp, type App } from './app.js';
import { ConfigError, readConfig } from './config.js';

let app: App | undefined;
let stopping = false;

/** Before it has started there is nothing to finish. */
function stop(): void {
  if (stopping) return;
  stopping = true;
  (app?.stop() ?? Promise.resolve()).then(
    () => process.exit(0),
    () => process.exit(1),
  );
}

/** Exit codes: 1 for a configuration or a start that failed, 0 after a stop that was asked for. */
async function main(): Promise<void> {
  // From the first moment on: who is told that it listens may signal at once.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => app?.reload());
  try {
    app = await startApp(readConfig(findManifestFaults));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

main().catch((error: unknown) => {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  process.stderr.write(`Switchboard could not start: ${name}: ${message}\n`);
  process.exit(1);
});
