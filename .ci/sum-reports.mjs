/**
 * Sums vitest's JSON reports, named as arguments, to "N passed, N failed". Whatever did not pass failed: a skipped
 * test, and a file that broke before its tests. The exit code is 1 where something failed, where a report is missing,
 * and where one holds no test.
 */
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  const report = readReport(path);
  if (report === undefined || report.numTotalTests === 0) {
    console.log(`${path}: no test ran`);
    process.exitCode = 1;
  }
  if (report === undefined) continue;
  const { numTotalTests, numPassedTests, numFailedTests, testResults } = report;
  const broken = testResults.filter(isBroken).length;
  const skipped = numTotalTests - numPassedTests - numFailedTests;
  if (broken + skipped > 0)
    console.log(`${path}: ${skipped} tests skipped, ${broken} files broken: all count as failed`);
  passed += numPassedTests;
  failed += numFailedTests + skipped + broken;
}
if (failed > 0) process.exitCode = 1;
console.log(`${passed} passed, ${failed} failed`);

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** It failed, and none of its tests tells so. */
function isBroken({ status, assertionResults }) {
  return status === 'failed' && assertionResults.every((test) => test.status === 'passed');
}
