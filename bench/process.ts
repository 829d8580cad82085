/** What Linux tells of a process. */
import { readFileSync, writeFileSync } from 'node:fs';

/** A tick of /proc/PID/stat: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_MICROS = 10_000;

/** CPU time in user and kernel of all its threads so far. */
export function cpuMicros(pid: number): number {
  const text = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

/** The largest resident memory since `forgetPeak`. */
export function peakMebibytes(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'latin1');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${String(pid)}/clear_refs`, '5');
}
