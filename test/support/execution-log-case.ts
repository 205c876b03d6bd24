import assert from 'node:assert/strict'
import { createContentCoder } from '../../src/adapters/node/content-coder.ts'
import type { AccountId, ResourceId, RestApiId } from '../../src/aws/identifiers.ts'
import { textBody } from '../../src/base/body.ts'
import { createExecuteApi } from '../../src/data-plane/server.ts'
import type { FunctionOutcome } from '../../src/ports/functions.ts'
import type { MethodTest } from '../../src/ports/method-tester.ts'
import { encodeDefinition } from '../../src/snapshot/definition-codec.ts'
import { definitionOf, type ApiFragment } from './compiled-stage.ts'
import { neverInvoked, scriptedFunctions } from './functions-script.ts'
import { recordingLog, recordingMetrics, standingClock } from './recording-sinks.ts'
import { neverCalled, scriptedUpstream } from './scripted-upstream.ts'

/**
 * A golden case of an execution log: its provenance, then under lines `--- name` what is tested (JSON) and the
 * log that TestInvokeMethod answers. `log`: as it was recorded, when the provenance says `Observed`.
 *
 * Three lines of a recording differ and are compared by their beginnings: the endpoint request's headers,
 * which AWS signs; the event, whose caller is another; and what a trace is called, anywhere.
 */
export interface ExecutionLogCase {
  readonly provenance: string
  readonly given: GivenTest
  readonly log: string
}

/** What is tested, what the endpoint gives, and when. */
export interface GivenTest {
  readonly account: string
  readonly restApiId: string
  readonly requestId: string
  /** Since 1970: when the test begins. */
  readonly timeMs: number
  readonly fragment: ApiFragment
  readonly test: Partial<MethodTest>
  /** Undefined: no function may be invoked. */
  readonly functionGives?: FunctionOutcome
  readonly endpointGives?: {
    readonly status: number
    readonly headers: string[]
    readonly body: string
  }
  /** How long the endpoint takes. */
  readonly latencyMs?: number
}

/** Takes the text of a case apart. */
export function parseExecutionLogCase(text: string): ExecutionLogCase {
  const [head = '', given = '', log = ''] = text.split(/^--- .*\n/m)
  assert.match(
    head.trim(),
    /^(Documented|Observed|Chosen): \S/,
    'a case begins with its provenance',
  )
  return { provenance: head.trim(), given: JSON.parse(given) as GivenTest, log }
}

/** The log of a case, as the data plane writes it. */
export async function runExecutionLogCase(given: GivenTest): Promise<string> {
  const clock = standingClock(given.timeMs)
  const take = () => clock.advance(given.latencyMs ?? 0)
  const { functionGives, endpointGives } = given
  const definition = definitionOf({
    ...given.fragment,
    // The case says what the API is; the compiler reads it as it reads what is stored.
    api: { restApiId: given.restApiId as RestApiId, ...given.fragment.api },
  })
  const { tester } = createExecuteApi({
    stages: { find: () => undefined },
    upstream: scriptedUpstream(
      endpointGives === undefined
        ? neverCalled
        : () => {
            take()
            return { outcome: 'response', ...endpointGives, body: textBody(endpointGives.body) }
          },
    ),
    functions: scriptedFunctions(
      functionGives === undefined ? neverInvoked : () => (take(), functionGives),
    ),
    contentCoder: createContentCoder(),
    clock,
    random: {
      uuid: () => given.requestId,
      identifier: (length) => 'AbCdEfGhIjKlMnOp'.slice(0, length),
      fraction: () => 0.5,
    },
    metrics: recordingMetrics(),
    log: recordingLog(),
  })
  const outcome = await tester.test({
    account: given.account as AccountId,
    region: 'us-east-1' as MethodTest['region'],
    restApiId: given.restApiId as RestApiId,
    resourceId: 'res001' as ResourceId,
    resourcePath: given.test.path ?? '/',
    httpMethod: 'GET',
    path: '/',
    rawQuery: '',
    headers: [],
    body: '',
    stageVariables: {},
    ...given.test,
    definition: encodeDefinition(definition),
  })
  assert.equal(outcome.outcome, 'answered')
  return outcome.log
}

/** A log without what cannot be the same in two accounts. */
export function comparableLog(log: string): string {
  return log
    .replaceAll(/(Root|root)=[^,}]*/g, '$1={trace}')
    .replaceAll(/ : (Endpoint request headers): .*/g, ' : $1')
    .replaceAll(/ : (Endpoint request body after transformations): \{"resource".*/g, ' : $1')
    .replaceAll(/.* : Stagedoor: .*\n/g, '')
}
