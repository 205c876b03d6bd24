import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { FunctionInvocation, FunctionOutcome, Functions } from '../../src/ports/functions.ts'

/**
 * The functions that must be there, each with what it does with an event:
 *
 * `echo` answers `{"event": …, "clientContext": … or null}` after it wrote the line `echoed` to its log.
 * Its version 1 is published; the alias `live` stands for version 1, and `mixed` for version 1 and
 * version 2, half each.
 * `failing` fails with the error type `Broken` and the message `it broke`.
 * `hanging` answers to nobody while the test runs.
 * `throttled` has a reserved concurrency of 0.
 */
export type ContractFunction = 'echo' | 'failing' | 'hanging' | 'throttled'

export interface FunctionsUnderTest {
  readonly functions: Functions
  /** ARN of the function of that name, unqualified; also of a name that is not there. */
  arnOf(functionName: string): string
  /** How often the code of the function has been run so far. */
  runsOf(functionName: ContractFunction): number
}

type OpenFunctions = (t: TestContext) => FunctionsUnderTest | Promise<FunctionsUnderTest>

type Asked = Partial<Omit<FunctionInvocation, 'functionArn'>>

async function invoke(
  { functions, arnOf }: FunctionsUnderTest,
  name: string,
  asked: Asked = {},
): Promise<FunctionOutcome> {
  const [functionName = '', ...qualifier] = name.split(':')
  return functions.invoke({
    functionArn: [arnOf(functionName), ...qualifier].join(':'),
    caller: { kind: 'account' },
    invocationType: 'RequestResponse',
    payload: '{}',
    logTail: false,
    ...asked,
  })
}

type Answered = Extract<FunctionOutcome, { outcome: 'answered' }>

function answered(outcome: FunctionOutcome): Answered {
  assert.ok(outcome.outcome === 'answered', JSON.stringify(outcome))
  return outcome
}

const eventOf = (outcome: FunctionOutcome): unknown => JSON.parse(answered(outcome).payload).event

/** What every adapter of `Functions` promises to whoever invokes. */
export function functionsContract(name: string, open: OpenFunctions): void {
  describe(name, () => {
    answers(open)
    choices(open)
    refusals(open)
    otherTypes(open)
  })
}

function answers(open: OpenFunctions): void {
  test('invoke() hands the event on and the answer back', async (t) => {
    const event = { text: 'ä€😀\u2028', nested: [{ a: null }, 1.5], large: 'x'.repeat(500_000) }
    const outcome = await invoke(await open(t), 'echo', { payload: JSON.stringify(event) })
    assert.deepEqual(eventOf(outcome), event)
    const { status, functionError, requestId, logTail } = answered(outcome)
    assert.deepEqual([status, functionError, logTail], [200, undefined, undefined])
    assert.match(requestId, /^[0-9a-f-]{36}$/)
  })

  test('invoke() takes no event for an empty object', async (t) => {
    assert.deepEqual(eventOf(await invoke(await open(t), 'echo', { payload: '' })), {})
  })

  test('invoke() hands the client context on', async (t) => {
    const clientContext = '{"custom":{"a":"ä"}}'
    const outcome = await invoke(await open(t), 'echo', { clientContext })
    const seen: unknown = JSON.parse(answered(outcome).payload).clientContext
    assert.deepEqual(seen, JSON.parse(clientContext))
  })

  test('invoke() gives each caller its own answer', async (t) => {
    const under = await open(t)
    const numbers = Array.from({ length: 50 }, (_, index) => index)
    const outcomes = await Promise.all(
      numbers.map((number) => invoke(under, 'echo', { payload: `${number}` })),
    )
    assert.deepEqual(outcomes.map(eventOf), numbers)
  })

  test('invoke() of a function that fails is answered, with the failure', async (t) => {
    const { status, functionError, payload } = answered(await invoke(await open(t), 'failing'))
    assert.deepEqual([status, functionError], [200, 'Unhandled'])
    const failure: unknown = JSON.parse(payload)
    assert.partialDeepStrictEqual(failure, { errorType: 'Broken', errorMessage: 'it broke' })
  })

  test('invoke() hands the end of the log back to who asks for it', async (t) => {
    const { logTail = '' } = answered(await invoke(await open(t), 'echo', { logTail: true }))
    assert.match(logTail, /START RequestId: [^]*echoed[^]*END RequestId: /)
  })

  test('invoke() ends as timeout when the caller waits no longer', async (t) => {
    const under = await open(t)
    assert.deepEqual(await invoke(under, 'hanging', { timeoutMs: 100 }), { outcome: 'timeout' })
    assert.deepEqual(eventOf(await invoke(under, 'echo', { payload: '1' })), 1)
  })
}

function choices(open: OpenFunctions): void {
  test('invoke() says which version ran', async (t) => {
    const under = await open(t)
    const versionOf = async (name: string) => answered(await invoke(under, name)).executedVersion
    assert.deepEqual(
      [await versionOf('echo'), await versionOf('echo:$LATEST'), await versionOf('echo:1')],
      ['$LATEST', '$LATEST', '1'],
    )
    assert.equal(await versionOf('echo:live'), '1')
  })

  test('invoke() of an alias of two versions runs one or the other', async (t) => {
    const under = await open(t)
    const versions = new Set<string | undefined>()
    for (let round = 0; round < 100; round += 1) {
      versions.add(answered(await invoke(under, 'echo:mixed')).executedVersion)
    }
    assert.deepEqual(versions, new Set(['1', '2']))
  })
}

function refusals(open: OpenFunctions): void {
  for (const name of ['absent', 'echo:7', 'echo:absent']) {
    test(`invoke() of ${name} is refused`, async (t) => {
      const under = await open(t)
      const [functionName = '', ...qualifier] = name.split(':')
      assert.deepEqual(await invoke(under, name), {
        outcome: 'refused',
        status: 404,
        code: 'ResourceNotFoundException',
        message: `Function not found: ${[under.arnOf(functionName), ...qualifier].join(':')}`,
      })
    })
  }

  test('invoke() of a function without concurrency is refused', async (t) => {
    const under = await open(t)
    assert.deepEqual(await invoke(under, 'throttled'), {
      outcome: 'refused',
      status: 429,
      code: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
    })
    assert.equal(under.runsOf('throttled'), 0)
  })

  test('invoke() with what is not JSON is refused', async (t) => {
    const under = await open(t)
    const outcome = await invoke(under, 'echo', { payload: 'text' })
    assert.partialDeepStrictEqual(outcome, {
      outcome: 'refused',
      status: 400,
      code: 'InvalidRequestContentException',
    })
    assert.match(
      outcome.outcome === 'refused' ? outcome.message : '',
      /^Could not parse request body into json: Could not parse payload into json:/,
    )
    assert.equal(under.runsOf('echo'), 0)
  })
}

function otherTypes(open: OpenFunctions): void {
  test('invoke() as DryRun runs nothing', async (t) => {
    const under = await open(t)
    const { status, payload } = answered(await invoke(under, 'echo', { invocationType: 'DryRun' }))
    assert.deepEqual([status, payload, under.runsOf('echo')], [204, '', 0])
    const absent = await invoke(under, 'absent', { invocationType: 'DryRun' })
    assert.equal(absent.outcome === 'refused' && absent.code, 'ResourceNotFoundException')
  })

  test('invoke() as Event does not wait for the function', async (t) => {
    const under = await open(t)
    const asked = { invocationType: 'Event' } as const
    const { status, payload, functionError } = answered(await invoke(under, 'hanging', asked))
    assert.deepEqual([status, payload, functionError], [202, '', undefined])
    const absent = await invoke(under, 'absent', asked)
    assert.equal(absent.outcome === 'refused' && absent.code, 'ResourceNotFoundException')
  })
}
