/** What CI runs besides the tests: every step is an npm script, and all of them run, so that one run tells all faults. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Steps of one phase run side by side, the longest first; a phase begins when the one before has ended. */
const PHASES = [
  // The other steps read src/generated/, which is no part of the repository.
  ['codegen'],
  ['lint:code', 'types', 'format:check', 'lint:imports', 'knip', 'schema:check', 'lockfile:check'],
  // These judge a gateway at work, which must not wait for the steps above.
  ['mutation-check'],
  ['fuzz:short'],
];

/** CI has two cores, and no step uses more than one. */
const SIDE_BY_SIDE = 2;

export interface Outcome {
  readonly passed: boolean;
  /** What the step printed. */
  readonly output: string;
}

/** Runs every step and prints its name, its time and, where it failed, its output; resolves with those that failed. */
export async function runPhases(
  phases: readonly (readonly string[])[],
  runStep: (step: string) => Promise<Outcome>,
  print: (text: string) => void,
): Promise<string[]> {
  const failed: string[] = [];

  async function run(step: string) {
    const start = performance.now();
    const { passed, output } = await runStep(step);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    print(`${passed ? 'passed' : 'FAILED'}  ${step.padEnd(16)} ${seconds.padStart(6)} s\n`);
    if (passed) return;
    failed.push(step);
    print(`${output.trimEnd()}\n`);
  }

  for (const phase of phases) {
    const waiting = phase.values();
    const work = async () => {
      for (const step of waiting) await run(step);
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  }
  return failed;
}

const runScript = (script: string) =>
  new Promise<Outcome>((done) => {
    execFile('npm', ['run', '--silent', script], { maxBuffer: Infinity }, (error, stdout, stderr) => {
      done({ passed: error === null, output: stdout + stderr });
    });
  });

const entry = process.argv[1];
if (entry !== undefined && resolve(entry) === fileURLToPath(import.meta.url)) {
  const start = performance.now();
  const failed = await runPhases(PHASES, runScript, (text) => process.stdout.write(text));
  const verdict = failed.length === 0 ? 'all passed' : `${failed.join(', ')} FAILED`;
  process.stdout.write(`verify: ${verdict}, ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
