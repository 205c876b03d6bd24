import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ServiceError } from '../../aws/service-error.ts'
import type { FunctionInvocation, FunctionOutcome } from '../../ports/functions.ts'
import { testLambda } from '../../../test/support/lambda-context.ts'
import { invocations } from './invoke.ts'

const answered = { outcome: 'answered', status: 200, payload: 'null', requestId: 'r' } as const

/** Functions that answer all alike, and what they were asked. */
function lambdaThat(outcome: FunctionOutcome = answered) {
  const asked: FunctionInvocation[] = []
  const { context } = testLambda({
    invoke: async (invocation) => {
      asked.push(invocation)
      return outcome
    },
  })
  return { context, asked }
}

const refusedWith = (expected: object) => (error: unknown) => {
  assert.ok(error instanceof ServiceError)
  const { code, status, message, members } = error
  assert.deepEqual({ code, status, message, members }, expected)
  return true
}

describe('Invoke()', () => {
  test('hands the payload over as text, and back as bytes', async () => {
    const { context, asked } = lambdaThat({ ...answered, payload: '{"b":"ß"}' })
    const { Payload } = await invocations.Invoke(
      { FunctionName: 'hello', Payload: new TextEncoder().encode('{"a":"ä"}') },
      context,
    )
    assert.equal(asked[0]?.payload, '{"a":"ä"}')
    assert.equal(new TextDecoder().decode(Payload), '{"b":"ß"}')
  })

  test('is known by the id of the call, for as long as it takes', async () => {
    const { context, asked } = lambdaThat()
    await invocations.Invoke({ FunctionName: 'hello' }, { ...context, requestId: 'call-7' })
    assert.equal(asked[0]?.requestId, 'call-7')
    assert.equal(asked[0]?.timeoutMs, undefined)
    assert.deepEqual(asked[0]?.caller, { kind: 'account' })
  })

  test('gives the end of the log in base64', async () => {
    const { context } = lambdaThat({ ...answered, logTail: 'START ä\n' })
    const { LogResult = '' } = await invocations.Invoke(
      { FunctionName: 'hello', LogType: 'Tail' },
      context,
    )
    assert.equal(Buffer.from(LogResult, 'base64').toString(), 'START ä\n')
  })

  test('refuses a payload that is no UTF-8 before anything is invoked', async () => {
    const { context, asked } = lambdaThat()
    const Payload = Uint8Array.of(0x22, 0xff, 0x22)
    await assert.rejects(invocations.Invoke({ FunctionName: 'hello', Payload }, context), {
      code: 'InvalidRequestContentException',
      status: 400,
    })
    assert.deepEqual(asked, [])
  })

  test('refuses what is larger than any payload before it is handed on', async () => {
    const { context, asked } = lambdaThat()
    const invoke = (bytes: number) =>
      invocations.Invoke(
        { FunctionName: 'hello', Payload: new Uint8Array(bytes).fill(0x31) },
        context,
      )
    await assert.rejects(invoke(6_291_457), { code: 'RequestEntityTooLargeException', status: 413 })
    assert.deepEqual(asked, [])
    await invoke(6_291_456)
    assert.equal(asked.length, 1)
  })

  test('refuses with the members of the error that the API has', async () => {
    const { context } = lambdaThat({
      outcome: 'refused',
      status: 429,
      code: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    })
    await assert.rejects(
      invocations.Invoke({ FunctionName: 'hello' }, context),
      refusedWith({
        code: 'TooManyRequestsException',
        status: 429,
        message: 'Rate Exceeded.',
        members: { Type: 'User', Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
      }),
    )
  })

  test('refuses with the message alone where the API has no such error', async () => {
    const refusal = { status: 400, code: 'ValidationException', message: '1 validation error' }
    const { context } = lambdaThat({ outcome: 'refused', ...refusal })
    await assert.rejects(
      invocations.Invoke({ FunctionName: 'hello' }, context),
      refusedWith({ ...refusal, members: {} }),
    )
  })

  for (const outcome of [
    { outcome: 'unreachable', detail: 'the thread is gone' },
    { outcome: 'timeout' },
  ] as const) {
    test(`is the service's mistake when the outcome is ${outcome.outcome}, and no detail is told`, async () => {
      const { context } = lambdaThat(outcome)
      await assert.rejects(
        invocations.Invoke({ FunctionName: 'hello' }, context),
        refusedWith({
          code: 'ServiceException',
          status: 500,
          message: 'An error occurred. Please try again.',
          members: { Type: 'Service' },
        }),
      )
    })
  }
})

describe('InvokeAsync()', () => {
  test('hands an event over', async () => {
    const { context, asked } = lambdaThat({ ...answered, status: 202, payload: '' })
    const answer = await invocations.InvokeAsync(
      { FunctionName: 'hello:live', InvokeArgs: new TextEncoder().encode('{}') },
      context,
    )
    assert.deepEqual(answer, { Status: 202 })
    assert.equal(asked[0]?.invocationType, 'Event')
    assert.equal(asked[0]?.functionArn, 'arn:aws:lambda:us-east-1:000000000000:function:hello:live')
  })
})
