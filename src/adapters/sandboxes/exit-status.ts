/** What a signal is called where AWS's messages come from: the Go runtime's names. */
const signalNames: Readonly<Record<string, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace/breakpoint trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGUSR1: 'user defined signal 1',
  SIGSEGV: 'segmentation fault',
  SIGUSR2: 'user defined signal 2',
  SIGPIPE: 'broken pipe',
  SIGALRM: 'alarm clock',
  SIGTERM: 'terminated',
}

/**
 * How a process ended, in the words that AWS uses: `exit status 1`, `signal: killed`.
 * Observed: `exit status 127` in Runtime.ExitError; the names of signals are the Go runtime's.
 */
export function exitStatus(code: number | null, signal: string | null): string {
  if (signal === null) return `exit status ${code ?? 0}`
  return `signal: ${signalNames[signal] ?? signal.toLowerCase()}`
}
