import { findManifestFaults, startApp, type App } from './app.js';
import { ConfigError, readConfig } from './config.js';

/** Exit codes: 1 for a configuration or a start that failed, 0 after a stop that was asked for. */
async function main(): Promise<void> {
  let app: App;
  try {
    app = await startApp(readConfig(findManifestFaults));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      app.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
  process.on('SIGHUP', () => {
    app.reload();
  });
}

main().catch((error: unknown) => {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  process.stderr.write(`Switchboard could not start: ${name}: ${message}\n`);
  process.exit(1);
});
