import { describe, expect, it } from 'vitest';
import { runPhases, type Outcome } from '../../scripts/verify.js';

/** Runs phases of which the steps in `failing` fail; tells what ran, what failed and what was printed. */
async function verify(phases: string[][], ...failing: string[]) {
  const ran: string[] = [];
  let printed = '';
  const runStep = (step: string): Promise<Outcome> => {
    ran.push(step);
    return Promise.resolve({ passed: !failing.includes(step), output: `${step} says why\n` });
  };
  const failed = await runPhases(phases, runStep, (text) => (printed += text));
  return { ran, failed, printed };
}

describe('npm run verify', () => {
  const phases = [['first'], ['a', 'b', 'c'], ['last']];

  it('runs every step, phase by phase, and tells each', async () => {
    const { ran, failed, printed } = await verify(phases);
    expect(failed).toEqual([]);
    expect(ran).toEqual(['first', 'a', 'b', 'c', 'last']);
    for (const step of ran) expect(printed).toMatch(new RegExp(`^passed {2}${step} +\\d+\\.\\d s$`, 'm'));
    expect(printed).not.toContain('says why');
  });

  it('goes on after a failure, names it and shows what it printed', async () => {
    const { ran, failed, printed } = await verify(phases, 'first', 'b');
    expect(ran).toHaveLength(5);
    expect(failed).toEqual(['first', 'b']);
    expect(printed).toMatch(/^FAILED {2}b .*\nb says why$/m);
  });

  it('begins no phase before the one before has ended', async () => {
    const running = new Set<string>();
    const together: string[][] = [];
    const runStep = async (step: string): Promise<Outcome> => {
      running.add(step);
      together.push([...running]);
      await new Promise(setImmediate);
      running.delete(step);
      return { passed: true, output: '' };
    };
    await runPhases(phases, runStep, () => undefined);
    expect(together).toEqual([['first'], ['a'], ['a', 'b'], ['b', 'c'], ['last']]);
  });
});
