import { clientContextBytesMax, functionPayloadBytesMax } from '../../aws/limits.ts'
import { lambdaTable } from '../../aws/lambda-model.ts'
import type {
  InvocationRequest,
  InvocationResponse,
  LambdaOperations,
} from '../../aws/models/lambda-types.ts'
import { ServiceError } from '../../aws/service-error.ts'
import { readBase64, writeBase64 } from '../../base/base64.ts'
import { omitUndefined } from '../../base/omit-undefined.ts'
import type { FunctionInvocation, FunctionOutcome } from '../../ports/functions.ts'
import type { Handlers } from '../service.ts'
import { functionArn } from './arns.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { readFunctionAddress } from './function-name.ts'

/** The operations that run a function. Any credentials may: whose they are is the account's business. */
export const invocations = {
  /**
   * Refuses in this order: name, what is not built, client context, size, text; then the function plane in
   * its own order: function, size of an event, JSON, concurrency.
   *
   * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
   */
  async Invoke(input, context) {
    const address = readFunctionAddress(context.scope, input)
    refuseUnimplementedMembers(input)
    const { InvocationType = 'RequestResponse', LogType, ClientContext, Payload } = input
    const invocation: FunctionInvocation = {
      functionArn: functionArn(context.scope, address.functionName, address.qualifier),
      caller: { kind: 'account' },
      invocationType: InvocationType,
      ...omitUndefined({ clientContext: readClientContext(ClientContext) }),
      payload: readPayload(Payload),
      logTail: LogType === 'Tail',
      requestId: context.requestId,
    }
    return invocationAnswer(await invoke(invocation, context))
  },

  /** The older way to hand over an event. */
  async InvokeAsync(input, context) {
    const { functionName, qualifier } = readFunctionAddress(context.scope, input)
    const { status } = await invoke(
      {
        functionArn: functionArn(context.scope, functionName, qualifier),
        caller: { kind: 'account' },
        invocationType: 'Event',
        payload: readPayload(input.InvokeArgs),
        logTail: false,
        requestId: context.requestId,
      },
      context,
    )
    return { Status: status }
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

/** Members of Invoke that are refused: what they ask for is not built. */
export const refusedInvocationMembers = [
  { member: 'DurableExecutionName', why: 'durable executions are not built' },
  { member: 'TenantId', why: 'invocations are not isolated by tenant' },
] as const

function refuseUnimplementedMembers(input: InvocationRequest): void {
  for (const { member, why } of refusedInvocationMembers) {
    if (input[member] !== undefined) throw refusals.refusedMember(member, why)
  }
}

/** The JSON text; undefined when there is none. */
function readClientContext(base64 = ''): string | undefined {
  if (base64 === '') return undefined
  if (base64.length > clientContextBytesMax) throw refusals.longClientContext(clientContextBytesMax)
  const bytes = readBase64(base64)
  const text = bytes === undefined ? undefined : readText(bytes)
  if (text === undefined || !isJsonObject(text)) throw refusals.clientContext()
  return text
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

function readPayload(bytes: Uint8Array = new Uint8Array(0)): string {
  if (bytes.length > functionPayloadBytesMax)
    throw refusals.payloadTooLarge(functionPayloadBytesMax)
  const text = readText(bytes)
  if (text === undefined) throw refusals.payloadNotText()
  return text
}

/** Undefined: no UTF-8. */
function readText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

type Answered = Extract<FunctionOutcome, { readonly outcome: 'answered' }>

/** @throws {ServiceError} what Lambda refuses with; ServiceException when functions cannot be reached. */
async function invoke(
  invocation: FunctionInvocation,
  { functions, log }: LambdaContext,
): Promise<Answered> {
  const outcome = await functions.invoke(invocation)
  switch (outcome.outcome) {
    case 'answered':
      return outcome
    case 'refused':
      throw refusalOf(outcome)
    // Neither a time nor a stream was asked for: whoever says so is out of order.
    case 'streaming':
    case 'timeout':
    case 'unreachable': {
      if (outcome.outcome === 'streaming') outcome.body.discard()
      const detail = outcome.outcome === 'unreachable' ? outcome.detail : outcome.outcome
      log.error('functions-unreachable', { functionArn: invocation.functionArn, detail })
      throw new ServiceError('ServiceException', 500, 'An error occurred. Please try again.', {
        Type: 'Service',
      })
    }
  }
}

/** The members are those that the model has for the code: a front end's errors have none. */
function refusalOf({
  status,
  code,
  message,
  reason,
}: Extract<FunctionOutcome, { readonly outcome: 'refused' }>): ServiceError {
  const isModelled = Object.hasOwn(lambdaTable.errors, code)
  return new ServiceError(code, status, message, {
    ...(isModelled ? { Type: status < 500 ? 'User' : 'Service' } : {}),
    ...(reason === undefined ? {} : { Reason: reason }),
  })
}

function invocationAnswer({
  status,
  payload,
  functionError,
  executedVersion,
  logTail,
}: Answered): InvocationResponse {
  const encoder = new TextEncoder()
  return {
    StatusCode: status,
    Payload: encoder.encode(payload),
    FunctionError: functionError,
    ExecutedVersion: executedVersion,
    LogResult: logTail === undefined ? undefined : writeBase64(encoder.encode(logTail)),
  }
}
