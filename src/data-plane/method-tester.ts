import type { DeploymentId, StageName } from '../aws/identifiers.ts'
import { payloadBytesMax } from '../aws/limits.ts'
import {
  BodyAbortedError,
  BodyTooLargeError,
  concatBytes,
  emptyBody,
  textBody,
} from '../base/body.ts'
import { ContentCodingError } from '../base/content-coding-error.ts'
import type { HeaderFields } from '../base/header-fields.ts'
import type { MethodTest, MethodTester, MethodTestOutcome } from '../ports/method-tester.ts'
import type { ClosedSetting, CompiledDeployment } from '../snapshot/compiled-deployment.ts'
import { hashDefinition } from '../snapshot/definition-codec.ts'
import { stageSnapshotOf } from '../snapshot/stage-snapshot-of.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'
import type { Call, Route } from './call.ts'
import { compileSliced, type Slicing } from './compile-sliced.ts'
import { testInvokeLog } from './execution-log-lines.ts'
import { ExecutionLog } from './execution-log.ts'
import type { Gateway } from './gateway.ts'
import type { IncomingRequest, MethodResponse } from './messages.ts'
import { timedPieces } from './integrations/timed-pieces.ts'
import { runTestRequest } from './pipeline.ts'
import { testInvokeCaller } from './test-invoke-caller.ts'

/**
 * The stage of every test invocation, in `$context.stage` and in the ARN that policies of functions see.
 *
 * Observed: cases/execution-log/aws-proxy
 */
const testInvokeStage = 'test-invoke-stage'

/** Runs methods of definitions that are not deployed, each compiled for its one request. */
export function createMethodTester(gateway: Gateway, slicing: Slicing): MethodTester {
  return {
    async test(test) {
      const hash = hashDefinition(test.definition)
      const deployment = open(await compileSliced(test.definition, hash, slicing))
      const route = routeOf(test, deployment)
      if (route === undefined) return { outcome: 'other-path' }
      return run(test, stageOf(test, deployment), openRoute(route), gateway)
    },
  }
}

/**
 * A resource without variables is tested whatever the path says: there is nothing to be read from it.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-create-api-cli-sdk.html
 * (`/pets` is tested with the path `/`)
 */
function routeOf(
  { httpMethod, path, resourcePath }: MethodTest,
  { router }: CompiledDeployment,
): Route | undefined {
  const route = router.match(httpMethod, path)
  if (route !== undefined || resourcePath.includes('{')) return route
  return router.match(httpMethod, resourcePath)
}

async function run(
  test: MethodTest,
  stage: StageSnapshot,
  route: Route,
  gateway: Gateway,
): Promise<MethodTestOutcome> {
  const executionLog = new ExecutionLog(gateway.clock)
  const incoming = incomingOf(test)
  const given = { route, executionLog }
  const { call, response } = await runTestRequest(incoming, stage, gateway, given)
  const content = await contentOf(response, gateway)
  const latencyMs = Math.round(gateway.clock.monotonicMs() - call.startMonotonicMs)
  return {
    outcome: 'answered',
    status: response.status,
    headers: answerFields(call, response),
    body: new TextDecoder().decode(content),
    log: testInvokeLog(executionLog.events, call.requestId),
    latencyMs,
  }
}

/** Bytes of a streamed answer that a test collects, and for how long, in milliseconds. */
const streamedBytesMax = 1_048_576
const streamedMsMax = 35_000

/**
 * Content up to the bound of an answer. What breaks off is what there is of it: as for a client, the status
 * has been said by then. Of an answer that is streamed, what comes within 35 seconds, until it is over 1 MB.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/response-streaming-troubleshoot.html
 */
async function contentOf(
  { body, isStreamed }: MethodResponse,
  { clock }: Pick<Gateway, 'clock'>,
): Promise<Uint8Array> {
  const bounds = { idleMs: streamedMsMax, wholeMs: streamedMsMax }
  const pieces =
    isStreamed === true ? timedPieces(body, bounds, { clock, signal: undefined }) : body.stream()
  const bytesMax = isStreamed === true ? streamedBytesMax : payloadBytesMax
  const record: Uint8Array[] = []
  try {
    let bytesCount = 0
    for await (const piece of pieces) {
      record.push(piece)
      bytesCount += piece.length
      if (bytesCount > bytesMax) break
    }
  } catch (error) {
    const isBodys = error instanceof BodyAbortedError || error instanceof BodyTooLargeError
    if (!isBodys && !(error instanceof ContentCodingError)) throw error
  }
  return concatBytes(record)
}

function incomingOf({ httpMethod, path, rawQuery, headers, body }: MethodTest): IncomingRequest {
  return {
    host: testInvokeCaller.host,
    sourceIp: testInvokeCaller.sourceIp,
    ...{ method: httpMethod, path, contextPath: path, rawQuery, headers },
    body: body === '' ? emptyBody : textBody(body),
    signal: undefined,
  }
}

/** A stage of variables alone, whose only deployment is what is tested. */
function stageOf(
  { account, region, restApiId, stageVariables, clientCertificateId }: MethodTest,
  deployment: CompiledDeployment,
): StageSnapshot {
  return stageSnapshotOf(
    {
      ...{ account, region, restApiId },
      // Nobody made this stage or its deployment: names are all that there is of them.
      stageName: testInvokeStage as StageName,
      deploymentId: '' as DeploymentId,
      definitionHash: deployment.definitionHash,
      revision: 0,
      variables: stageVariables,
      methodSettings: {},
      cacheClusterEnabled: false,
      tracingEnabled: false,
      ...(clientCertificateId === undefined ? {} : { clientCertificateId }),
    },
    { base: deployment, canary: undefined },
  )
}

/** Nobody is kept out of a test: what is left closes the method to its content. */
function open(deployment: CompiledDeployment): CompiledDeployment {
  return Object.freeze({ ...deployment, closedBy: [] })
}

function openRoute(route: Route): Route {
  const closedBy = route.value.closedBy.filter(({ failsAs }) => ofContent.has(failsAs))
  return { ...route, value: Object.freeze({ ...route.value, closedBy }) }
}

const ofContent: ReadonlySet<ClosedSetting['failsAs']> = new Set([
  'BAD_REQUEST_PARAMETERS',
  'BAD_REQUEST_BODY',
])

const addedByFront: ReadonlySet<string> = new Set(['x-amzn-requestid', 'x-amz-apigw-id'])

/**
 * The fields of an answer that no front has seen: without ids; of an error that the API does not shape, its
 * type alone.
 *
 * Observed: cases/execution-log (headers of recorded tests)
 */
function answerFields({ executionLog, error }: Call, { headers }: MethodResponse): HeaderFields {
  const isShaped = executionLog?.events.some(({ kind }) => kind === 'gateway-response') === true
  const isPlainError = error !== undefined && !isShaped
  return headers.filter((_, i) => {
    const name = (headers[i & ~1] ?? '').toLowerCase()
    return !addedByFront.has(name) && !(isPlainError && name === 'content-type')
  })
}
