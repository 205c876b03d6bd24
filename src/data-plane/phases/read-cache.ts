import { bytesBody } from '../../base/body.ts'
import type { CacheReading } from '../../ports/stage-caches.ts'
import type { CompiledCacheKey } from '../../snapshot/compiled-deployment.ts'
import { findMethodSettingIn } from '../../snapshot/method-setting-table.ts'
import type { MethodSetting } from '../../snapshot/stage-declaration.ts'
import type { CacheFlight } from '../cache-flights.ts'
import { asksToInvalidate, cacheKeyOf } from '../cache-key.ts'
import { keepingBody, mayBeKept, writeCached } from '../cached-response.ts'
import type { Call, Route } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import { withBytes } from '../integrations/content.ts'
import type { MethodRequest, MethodResponse } from '../messages.ts'

/** What the stage's cache knows of a request, and where its answer goes. */
export type CacheOutcome =
  /** The method is not cached. */
  | { readonly outcome: 'uncached' }
  | { readonly outcome: 'hit'; readonly response: MethodResponse }
  | CacheMiss

/** The integration has to be asked. Exactly one of `keep` and `abandon` is called. */
export interface CacheMiss {
  readonly outcome: 'miss'
  /** The request; its content may have been read for the key. */
  readonly methodRequest: MethodRequest
  /** What the client gets; what may be kept is kept when its content has passed. */
  keep(response: MethodResponse): MethodResponse
  /** There is no answer to keep. */
  abandon(): void
}

const uncached: CacheOutcome = Object.freeze({ outcome: 'uncached' })

/**
 * Looks for an answer in the stage's cache. A promise only where the cache is not in this process, the key
 * needs the content, or another request is asking for the same already.
 *
 * Cached are the methods of a stage with a cluster whose own settings say so, and those without that are GET
 * when the settings of all methods say so. Kept is what an integration answered, of whatever status; what ends
 * in an error of the gateway is not.
 *
 * @throws {GatewayError} ACCESS_DENIED when nobody may invalidate entries and the client asks to.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 * Observed: https://stackoverflow.com/questions/57052437 (answers other than 200 are kept)
 * Chosen: docs/decisions/0040-stage-caches.md
 */
export function readCache(
  call: Call,
  methodRequest: MethodRequest,
  route: Route,
  gateway: Gateway,
): CacheOutcome | Promise<CacheOutcome> {
  const { cacheKey: key } = route.value
  if (gateway.caches === undefined || key === undefined || call.isTest) return uncached
  if (!call.stage.declaration.cacheClusterEnabled) return uncached
  const setting = findCaching(call, route)
  if (setting === undefined) return uncached
  const control = cacheControlOf(call, setting)
  if (!key.readsBody) return look({ call, methodRequest, route, gateway, setting, control }, key)
  return withBytes(call, methodRequest.body, (bytes) => {
    const read = { ...methodRequest, body: bytesBody(bytes) }
    const given = { call, methodRequest: read, route, gateway, setting, control }
    return look(given, key, new TextDecoder().decode(bytes))
  })
}

/** Settings that say that the method is cached; undefined: it is not. */
function findCaching(call: Call, { value }: Route): MethodSetting | undefined {
  const { resourcePath, methodKey } = value
  const verb = methodKey === 'ANY' ? call.httpMethod : methodKey
  const found = findMethodSettingIn(call.stage.methodSettings, resourcePath, verb)
  if (found === undefined || (!found.isOwn && verb !== 'GET')) return undefined
  const { cachingEnabled, cacheTtlInSeconds } = found.setting
  return cachingEnabled && cacheTtlInSeconds > 0 ? found.setting : undefined
}

/** What comes of a client's wish to invalidate. */
interface CacheControl {
  readonly isRefresh: boolean
  /** The client is told that its wish was not heard. */
  readonly isWarned: boolean
}

const heeded: CacheControl = Object.freeze({ isRefresh: true, isWarned: false })
const silent: CacheControl = Object.freeze({ isRefresh: false, isWarned: false })
const warned: CacheControl = Object.freeze({ isRefresh: false, isWarned: true })

/** Leave to invalidate is given by IAM, and no method with IAM's authorization is open yet. */
function cacheControlOf(call: Call, setting: MethodSetting): CacheControl {
  if (!asksToInvalidate(call.incoming.headers)) return silent
  if (!setting.requireAuthorizationForCacheControl) return heeded
  switch (setting.unauthorizedCacheControlHeaderStrategy) {
    case 'FAIL_WITH_403':
      throw new GatewayError('ACCESS_DENIED', { callerMessage: deniedMessage(call) })
    case 'SUCCEED_WITH_RESPONSE_HEADER':
      return warned
    case 'SUCCEED_WITHOUT_RESPONSE_HEADER':
      return silent
  }
}

function deniedMessage({ stage, httpMethod, incoming }: Call): string {
  const { account, region, restApiId, stageName } = stage.declaration
  const arn = `arn:aws:execute-api:${region}:********${account.slice(-4)}:${restApiId}/${stageName}/${httpMethod}${incoming.path}`
  return `User: anonymous is not authorized to perform: execute-api:InvalidateCache on resource: ${arn}`
}

const warning = '199 Cache-control headers were ignored because the caller was unauthorized.'

/** A request that may be answered from the cache. */
interface Cacheable {
  readonly call: Call
  readonly methodRequest: MethodRequest
  readonly route: Route
  readonly gateway: Gateway
  readonly setting: MethodSetting
  readonly control: CacheControl
}

function look(
  given: Cacheable,
  compiled: CompiledCacheKey,
  requestBody?: string,
): CacheOutcome | Promise<CacheOutcome> {
  const { call, route, gateway } = given
  const key = cacheKeyOf(call, route, {
    key: compiled,
    ...(requestBody === undefined ? {} : { requestBody }),
  })
  if (gateway.caches === undefined || key === undefined) return missOf(given, undefined)
  const reading = gateway.caches.read(call.stage.declaration, key)
  return reading instanceof Promise
    ? reading.then((read) => decide(given, key, read))
    : decide(given, key, reading)
}

function decide(
  given: Cacheable,
  key: string,
  reading: CacheReading,
): CacheOutcome | Promise<CacheOutcome> {
  if (reading.outcome === 'unavailable') return missOf(given, undefined)
  if (reading.outcome === 'hit' && !given.control.isRefresh) {
    const hit = hitOf(given, reading)
    if (hit !== undefined) return hit
  }
  const place = { key, generation: reading.generation, order: reading.order() }
  if (given.control.isRefresh || reading.outcome === 'hit') return missOf(given, place)
  return isShared(given) ? boardFlight(given, place) : missOf(given, place)
}

/** Undefined: this client cannot read what is kept. */
function hitOf(
  { call, gateway, control }: Cacheable,
  entry: { readonly bytes: Uint8Array; readonly isLasting?: true },
): CacheOutcome | undefined {
  const response = gateway.cachedAnswers.answer(call, entry, gateway.random)
  if (response === undefined) return undefined
  return { outcome: 'hit', response: control.isWarned ? withWarning(response) : response }
}

function withWarning(response: MethodResponse): MethodResponse {
  return { ...response, headers: [...response.headers, 'Warning', warning] }
}

/** Where an answer is kept. */
interface EntryPlace {
  readonly key: string
  readonly generation: number
  readonly order: number
}

/** Undefined place: what comes is not kept. */
function missOf(given: Cacheable, place: EntryPlace | undefined, flight?: CacheFlight): CacheMiss {
  const { call, methodRequest, control } = given
  return {
    outcome: 'miss',
    methodRequest,
    abandon: () => landWithout(flight, call),
    keep(response) {
      const sent = place === undefined ? response : keeping(given, { response, place, flight })
      return control.isWarned ? withWarning(sent) : sent
    },
  }
}

function keeping(
  { call, gateway, setting }: Cacheable,
  {
    response,
    place,
    flight,
  }: {
    readonly response: MethodResponse
    readonly place: EntryPlace
    readonly flight: CacheFlight | undefined
  },
): MethodResponse {
  if (!mayBeKept(response)) {
    flight?.land(undefined)
    return response
  }
  const body = keepingBody(response.body, (content) => {
    const bytes = content && writeCached(call, response, content)
    if (bytes === undefined) return landWithout(flight, call)
    flight?.land(bytes)
    gateway.caches?.write(call.stage.declaration, place.key, {
      bytes,
      generation: place.generation,
      order: place.order,
      ttlMs: setting.cacheTtlInSeconds * 1000,
      isEncrypted: setting.cacheDataEncrypted,
    })
  })
  return { ...response, body }
}

/**
 * Requests that wait for one another's answer: those that change nothing, and that somebody is asked for.
 *
 * Chosen: docs/decisions/0040-stage-caches.md
 */
function isShared({ call, route }: Cacheable): boolean {
  return call.httpMethod === 'GET' && route.value.integration.type !== 'MOCK'
}

/** Of a client that goes away nobody learns what there was to share. */
function landWithout(flight: CacheFlight | undefined, { incoming }: Call): void {
  if (incoming.signal?.aborted === true) flight?.leave()
  else flight?.land(undefined)
}

/** `isAgain`: who was waited for before went away. */
function boardFlight(
  given: Cacheable,
  place: EntryPlace,
  isAgain = false,
): CacheOutcome | Promise<CacheOutcome> {
  const { call, route, gateway } = given
  const { account, region, restApiId, stageName } = call.stage.declaration
  const { integration } = route.value
  const waitMs = 'timeoutMs' in integration ? integration.timeoutMs : 0
  const id = `${account}/${region}/${restApiId}/${stageName}/${place.generation}/${place.key}`
  const boarding = gateway.cacheFlights.board(id, { waitMs, signal: call.incoming.signal })
  if (boarding.role === 'leader') return missOf(given, place, boarding.flight)
  return boarding.landed.then((landed) => {
    if (landed !== 'left')
      return (landed && hitOf(given, { bytes: landed })) ?? missOf(given, place)
    return isAgain ? missOf(given, place) : boardFlight(given, place, true)
  })
}
