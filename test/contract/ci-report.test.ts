import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numTotalTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

describe('the last line of CI', () => {
  const directory = mkdtempSync(join(tmpdir(), 'reports-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const file = (...statuses: string[]) => ({
    status: statuses.includes('failed') ? 'failed' : 'passed',
    assertionResults: statuses.map((status) => ({ status })),
  });
  const good: Report = {
    numPassedTests: 3,
    numFailedTests: 0,
    numTotalTests: 3,
    testResults: [file('passed', 'passed', 'passed')],
  };

  /** Sums reports; undefined stands for one that was never written. */
  function sum(...reports: (Report | undefined)[]): Promise<{ line: string | undefined; code: number }> {
    const paths = reports.map((report, index) => {
      const path = join(directory, `${String(index)}.json`);
      rmSync(path, { force: true });
      if (report !== undefined) writeFileSync(path, JSON.stringify(report));
      return path;
    });
    return new Promise((done) => {
      execFile(process.execPath, ['.ci/sum-reports.mjs', ...paths], (error, stdout) => {
        done({ line: stdout.trimEnd().split('\n').at(-1), code: error === null ? 0 : Number(error.code) });
      });
    });
  }

  it('sums the reports of both runs', async () => {
    expect(await sum(good, good)).toEqual({ line: '6 passed, 0 failed', code: 0 });
  });

  it.each<[string, Report, string]>([
    ['a failed test', { ...good, numPassedTests: 2, numFailedTests: 1 }, '5 passed, 1 failed'],
    [
      'a skipped test',
      { ...good, numPassedTests: 2, testResults: [file('passed', 'skipped')] },
      '5 passed, 1 failed',
    ],
    [
      'a file that broke before its tests',
      { ...good, testResults: [...good.testResults, { status: 'failed', assertionResults: [] }] },
      '6 passed, 1 failed',
    ],
  ])('fails for %s', async (_what, report, line) => {
    expect(await sum(good, report)).toEqual({ line, code: 1 });
  });

  it('fails where a run left no report or ran no test', async () => {
    const empty = { numPassedTests: 0, numFailedTests: 0, numTotalTests: 0, testResults: [] };
    expect(await sum(good, undefined)).toEqual({ line: '3 passed, 0 failed', code: 1 });
    expect(await sum(good, empty)).toEqual({ line: '3 passed, 0 failed', code: 1 });
  });
});
