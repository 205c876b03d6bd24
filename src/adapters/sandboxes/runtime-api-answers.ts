import { responseBytesMax, type SandboxInvocation } from '../../ports/sandboxes.ts'

/** An answer of the HTTP Runtime API. */
export interface RuntimeAnswer {
  readonly status: number
  /** name, value, name, value … */
  readonly fields: readonly string[]
  readonly body: string
}

const json = Object.freeze(['Content-Type', 'application/json'])

function refusal(status: number, errorType: string, errorMessage: string): RuntimeAnswer {
  return { status, fields: json, body: JSON.stringify({ errorMessage, errorType }) }
}

/**
 * Everything that the HTTP Runtime API answers. Documented:
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html; texts as AWS's runtime interface
 * emulator has them: https://github.com/aws/aws-lambda-runtime-interface-emulator
 */
export const answers = Object.freeze({
  accepted: { status: 202, fields: json, body: '{"status":"OK"}' },
  invalidRequestId: refusal(400, 'InvalidRequestID', 'Invalid request ID'),
  invalidMode: refusal(400, 'InvalidFunctionResponseMode', 'Invalid function response mode'),
  tooLarge: refusal(
    413,
    'RequestEntityTooLarge',
    `Exceeded maximum allowed payload size (${responseBytesMax} bytes).`,
  ),
  notFound: { status: 404, fields: ['Content-Type', 'text/plain'], body: '404 page not found\n' },
  pong: { status: 200, fields: ['Content-Type', 'text/plain'], body: 'pong' },
  wrongState: (from: string, to: string): RuntimeAnswer =>
    refusal(
      403,
      'InvalidStateTransition',
      `State transition from ${from} to ${to} failed for runtime. Error: State transition is not allowed`,
    ),
  event,
})

function event(invocation: SandboxInvocation): RuntimeAnswer {
  const { clientContext } = invocation
  const fields = [
    ...json,
    'Lambda-Runtime-Aws-Request-Id',
    invocation.requestId,
    'Lambda-Runtime-Deadline-Ms',
    String(invocation.deadlineMs),
    'Lambda-Runtime-Invoked-Function-Arn',
    invocation.invokedFunctionArn,
    'Lambda-Runtime-Trace-Id',
    fieldValue(invocation.traceId),
  ]
  if (clientContext !== undefined) {
    fields.push('Lambda-Runtime-Client-Context', fieldValue(clientContext))
  }
  return { status: 200, fields, body: invocation.payload }
}

/** JSON text, or a trace, as a field may carry it: other characters than ASCII's as JSON escapes them. */
function fieldValue(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) =>
    character < ' ' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
