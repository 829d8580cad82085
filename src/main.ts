import { findManifestFaults, startApp, type App } from './app.js';
import { ConfigError, readConfig } from './config.js';

/** Exit codes: 1 for a configuration or a start that failed, 0 after a stop that was asked for. */
async function main(): Promise<void> {
  try {
    const starting = startApp(readConfig(findManifestFaults));
    hearSignals(starting);
    await starting;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** From the beginning: one that came before its handler would end the process as it stands. */
function hearSignals(starting: Promise<App>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      starting
        .then((app) => app.stop())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        );
    });
  }
  process.on('SIGHUP', () => {
    // A start that fails is told by main.
    starting.then(
      (app) => {
        app.reload();
      },
      () => undefined,
    );
  });
}

main().catch((error: unknown) => {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  process.stderr.write(`Switchboard could not start: ${name}: ${message}\n`);
  process.exit(1);
});
