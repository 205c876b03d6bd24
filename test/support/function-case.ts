import type { FunctionInvocation, FunctionOutcome } from '../../src/ports/functions.ts'

/**
 * What a golden case says that a function gives. The payload alone, or a first line and then the payload:
 * `202`, `Unhandled`, `timeout`, `unreachable`, `refused 429 Code Reason` (the text below is the message).
 */
export function functionOutcomeOf(text: string): FunctionOutcome {
  const [first = '', ...rest] = text.split('\n')
  const below = rest.join('\n')
  const answered = { outcome: 'answered', requestId: 'req-1', executedVersion: '2' } as const
  const [word = '', status, code = '', reason] = first.split(' ')
  if (word === 'timeout') return { outcome: 'timeout' }
  if (word === 'unreachable') return { outcome: 'unreachable', detail: below }
  if (word === 'refused') {
    const refusal = { outcome: 'refused', status: Number(status), code, message: below } as const
    return reason === undefined ? refusal : { ...refusal, reason }
  }
  if (word === 'Unhandled' || word === 'Handled') {
    return { ...answered, status: 200, payload: below, functionError: word, logTail: 'END' }
  }
  if (/^\d{3}$/.test(first)) return { ...answered, status: Number(first), payload: below }
  return { ...answered, status: 200, payload: text, logTail: 'END' }
}

/** The text of an invocation in a golden case; `hidden`: without its payload. */
export function printInvocation(invocation: FunctionInvocation, isHidden: boolean): string {
  const { functionArn, invocationType, timeoutMs, caller, traceId, payload } = invocation
  const asked = [
    ...(invocation.logTail ? ['tail'] : []),
    ...(invocation.clientContext === undefined ? [] : [`context ${invocation.clientContext}`]),
  ]
  const lines = [
    [`${invocationType} ${functionArn} within ${timeoutMs} ms`, ...asked].join(', '),
    caller.kind === 'service'
      ? `by ${caller.service} for ${caller.sourceArn} of ${caller.sourceAccount}`
      : 'by the account',
    `trace ${traceId ?? 'none'}`,
  ]
  return isHidden || payload === '' ? lines.join('\n') : [...lines, '', pretty(payload)].join('\n')
}

function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), undefined, 1)
  } catch {
    return payload
  }
}
