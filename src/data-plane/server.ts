import type { RestApiId, StageName } from '../aws/identifiers.ts'
import type { Body } from '../base/body.ts'
import { noHeaderFields, type HeaderFields } from '../base/header-fields.ts'
import type { AwsServices } from '../ports/aws-services.ts'
import type { Functions } from '../ports/functions.ts'
import type { MethodTester } from '../ports/method-tester.ts'
import type { StageSnapshot } from '../snapshot/stage-snapshot.ts'
import type { ThrottleLimits } from '../snapshot/usage-plan-declaration.ts'
import { createAccountTable } from './account-table.ts'
import type { ExecuteApiAddress } from './address.ts'
import { createCacheFlights } from './cache-flights.ts'
import { createCachedAnswers } from './cached-response.ts'
import { newExtendedRequestId } from './call.ts'
import { createChargeBook } from './charge-book.ts'
import { createContentMemory } from './content-memory.ts'
import { GatewayError } from './gateway-error.ts'
import { longTasksHere } from './long-tasks-here.ts'
import { renderGatewayResponse } from './gateway-response.ts'
import type { Gateway } from './gateway.ts'
import type { IncomingRequest, MethodResponse } from './messages.ts'
import { createOperatorNotices } from './operator-notices.ts'
import { handleRestRequest } from './pipeline.ts'
import { createMethodTester } from './method-tester.ts'

/** A request for execute-api, as whoever speaks HTTP knows it. */
export interface ExecuteApiRequest {
  readonly method: string
  readonly headers: HeaderFields
  /** What the pipeline leaves unread is the caller's to read or to cut off. */
  readonly body: Body
  /** The client's address without port. */
  readonly sourceIp: string
  /** Read only when an endpoint is called. */
  readonly signal: AbortSignal | undefined
}

/** The stages that are served, each by its newest snapshot. */
export interface ServedStages {
  find(restApiId: RestApiId, stageName: StageName): StageSnapshot | undefined
}

/** The execute-api endpoint of every stage. */
export interface ExecuteApi {
  /** The answer to a request, at once where nobody has to be waited for. Never rejects. `host`: the authority that the address was read from. */
  respond(
    request: ExecuteApiRequest,
    address: ExecuteApiAddress,
    host: string,
  ): MethodResponse | Promise<MethodResponse>
  /** Runs a method of a definition that is not deployed. */
  readonly tester: MethodTester
}

/** What a data plane does without: nobody watches, nothing is counted, accounts have nothing, there are no functions or services. */
type Optional =
  | 'requestTraces'
  | 'counters'
  | 'accounts'
  | 'caches'
  | 'longTasks'
  | 'contentMemory'
  | 'stageClock'
  | 'vpcLinkTargets'
  | 'functions'
  | 'awsServices'

const noLimits = Object.freeze({ rateLimit: undefined, burstLimit: undefined })
const nothing = Object.freeze({ find: () => undefined })
const noServices: AwsServices = Object.freeze({
  findEndpoint: () => undefined,
  findCredentials: () => undefined,
})
const noFunctions: Functions = Object.freeze({
  invoke: () =>
    Promise.resolve({ outcome: 'unreachable', detail: 'no functions are run here' } as const),
})

/**
 * The data plane: from an address to the snapshot of its stage, and through the pipeline.
 *
 * An API or a stage that is not served answers as AWS does for a stage that does not exist, so that a
 * caller cannot tell the two apart.
 *
 * Documented: https://repost.aws/knowledge-center/api-gateway-troubleshoot-403-forbidden (unknown stage)
 * Chosen: docs/decisions/0016-data-plane-answers-that-aws-does-not-show.md (unknown API)
 */
export function createExecuteApi(
  ports: Omit<Gateway, 'notices' | 'cacheFlights' | 'cachedAnswers' | 'charges' | Optional> &
    Partial<Pick<Gateway, Optional>> & {
      readonly stages: ServedStages
      /** Of each account in each region; undefined: accounts are not limited. */
      readonly accountThrottle?: ThrottleLimits
      /** Between slices of compiling what is tested; undefined: at once. */
      readonly yieldToOthers?: () => Promise<void>
    },
): ExecuteApi {
  const { stages, accountThrottle = noLimits, yieldToOthers = noPause, ...given } = ports
  const { clock, log } = given
  const gateway: Gateway = {
    functions: noFunctions,
    awsServices: noServices,
    accounts: createAccountTable(),
    vpcLinkTargets: nothing,
    longTasks: longTasksHere(),
    contentMemory: createContentMemory(),
    stageClock: clock,
    counters: undefined,
    caches: undefined,
    requestTraces: undefined,
    ...given,
    charges: createChargeBook(accountThrottle),
    cacheFlights: createCacheFlights(clock),
    cachedAnswers: createCachedAnswers(),
    notices: createOperatorNotices({ log, clock }),
  }
  return {
    tester: createMethodTester(gateway, { clock, yieldToOthers }),
    respond(request, address, host) {
      // The names are the caller's; that a stage is found under them makes them its own.
      const stage = stages.find(address.restApiId as RestApiId, address.stageName as StageName)
      if (stage === undefined) return refuseUnknownStage(gateway)
      return handleRestRequest(new AddressedRequest(request, address, host), stage, gateway)
    },
  }
}

const noPause = () => Promise.resolve()

/** A request below its stage. The signal stays the caller's to make until it is asked for. */
class AddressedRequest implements IncomingRequest {
  readonly method: string
  readonly path: string
  readonly contextPath: string
  readonly rawQuery: string
  readonly headers: HeaderFields
  readonly body: Body
  readonly sourceIp: string
  readonly host: string
  readonly #request: ExecuteApiRequest

  constructor(request: ExecuteApiRequest, address: ExecuteApiAddress, host: string) {
    this.method = request.method
    this.path = address.path
    this.contextPath = address.contextPath
    this.rawQuery = address.rawQuery
    this.headers = request.headers
    this.body = request.body
    this.sourceIp = request.sourceIp
    this.host = host
    this.#request = request
  }

  get signal(): AbortSignal | undefined {
    return this.#request.signal
  }
}

function refuseUnknownStage({ random }: Gateway): MethodResponse {
  return renderGatewayResponse(new GatewayError('FORBIDDEN'), {
    requestId: random.uuid(),
    extendedRequestId: newExtendedRequestId(random),
    gatewayResponses: new Map(),
    requestHeaders: noHeaderFields,
    valueOf: () => undefined,
  })
}
