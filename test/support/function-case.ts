import { BodyAbortedError, streamBody } from '../../src/base/body.ts'
import type { FunctionInvocation, FunctionOutcome } from '../../src/ports/functions.ts'

/**
 * What a golden case says that a function gives. The payload alone, or a first line and then the payload:
 * `202`, `Unhandled`, `timeout`, `unreachable`, `refused 429 Code Reason` (the text below is the message);
 * `streams`: each line below is a piece, `<8 NUL>` in it stands for as many bytes, `<x 100>` for so many letters
 * x; `fails` and JSON behind it: the function fails there.
 */
export function functionOutcomeOf(text: string): FunctionOutcome {
  const [first = '', ...rest] = text.split('\n')
  const below = rest.join('\n')
  const answered = { outcome: 'answered', requestId: 'req-1', executedVersion: '2' } as const
  const [word = '', status, code = '', reason] = first.split(' ')
  if (word === 'streams') return streamOf(rest)
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

function streamOf(lines: readonly string[]): FunctionOutcome {
  const failure = lines.find((line) => line.startsWith('fails '))?.slice('fails '.length)
  const pieces = lines.filter((line) => !line.startsWith('fails ')).map(pieceOf)
  async function* stream() {
    yield* pieces
    if (failure !== undefined) throw new BodyAbortedError('the function failed')
  }
  return {
    outcome: 'streaming',
    requestId: 'req-1',
    executedVersion: '2',
    body: streamBody(stream(), undefined),
    ended: Promise.resolve(failure === undefined ? {} : { failure }),
  }
}

function pieceOf(line: string): Uint8Array {
  return Buffer.from(
    line
      .replaceAll(/<(\d) NUL>/g, (_, count) => '\0'.repeat(Number(count)))
      .replaceAll(/<x (\d+)>/g, (_, count) => 'x'.repeat(Number(count))),
  )
}

/** The text of an invocation in a golden case; `hidden`: without its payload. */
export function printInvocation(invocation: FunctionInvocation, isHidden: boolean): string {
  const { functionArn, invocationType, timeoutMs, caller, traceId, payload } = invocation
  const asked = [
    ...(invocation.logTail ? ['tail'] : []),
    ...(invocation.isStreamed ? ['streamed'] : []),
    ...(invocation.credentials ? [`with the key ${invocation.credentials.accessKeyId}`] : []),
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
