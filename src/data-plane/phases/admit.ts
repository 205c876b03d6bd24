import type { ChargeOutcome } from '../../ports/counters.ts'
import type { Call, Route } from '../call.ts'
import type { PreparedCharge } from '../charge-book.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'
import type { ThrottleLevel } from '../throttle-levels.ts'
import { refuseClosed } from './closed-settings.ts'

/**
 * Decides whether there is room for one more request, and takes it: a token of the usage plan's buckets, of
 * the method's in the stage and of the account's, and a request of the plan's quota, all of them or none.
 *
 * @throws {GatewayError} THROTTLED, QUOTA_EXCEEDED
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 * Cost: under half a microsecond where the counters are this process's own; then it answers at once.
 */
export function admit(call: Call, route: Route, gateway: Gateway): void | Promise<void> {
  const { closedBy } = route.value
  if (closedBy.length > 0) refuseClosed(call, gateway, { phase: 'admit', settings: closedBy })
  const { stage, httpMethod, caller } = call
  const { stageClock, counters } = gateway
  const asked = { stage, method: route.value, httpMethod }
  const prepared = gateway.charges.find(asked, caller, stageClock)
  if (prepared.shut !== undefined) throw throttled(call, route, { level: prepared.shut, gateway })
  const outcome = counters?.charge(prepared.charge)
  if (outcome === undefined) return undefined
  if (outcome instanceof Promise) {
    return outcome.then((settled) => judge(settled, prepared, { call, route, gateway }))
  }
  return judge(outcome, prepared, { call, route, gateway })
}

interface Judged {
  readonly call: Call
  readonly route: Route
  readonly gateway: Gateway
}

function judge(
  outcome: ChargeOutcome,
  { charge, levels }: PreparedCharge,
  { call, route, gateway }: Judged,
): void {
  if (outcome.outcome === 'taken') return
  if (outcome.outcome === 'unavailable') {
    throw new GatewayError('THROTTLED', { detail: outcome.detail, source: 'gateway' })
  }
  if (outcome.outcome === 'throttled') {
    const level = levels[outcome.index]
    throw throttled(call, route, { level, gateway })
  }
  const { usagePlan, apiKey } = call.caller ?? {}
  const { quota } = charge
  throw new GatewayError('QUOTA_EXCEEDED', {
    detail:
      `the quota of usage plan ${usagePlan?.id} for API key ${apiKey?.id} is used up: ` +
      `its limit is ${quota?.limit} in the period that began on ${quota?.period}`,
  })
}

/**
 * Whose limit it is follows AWS's sentence.
 *
 * Observed: an execution log of API Gateway that its owner printed (up to the burst)
 */
function throttled(
  { stage }: Call,
  { value: { resourceId, methodKey } }: Route,
  { level, gateway }: { readonly level: ThrottleLevel | undefined; readonly gateway: Gateway },
): GatewayError {
  const { restApiId, stageName } = stage.declaration
  const { ratePerSecond = 0, burst = 0, key = '' } = level?.bucket ?? {}
  const limits = { rate: ratePerSecond, burst }
  gateway.notices.write('warn', {
    event: 'throttled',
    subject: key,
    fields: { restApiId, stage: stageName, bucket: key, limitOf: level?.origin, ...limits },
  })
  return new GatewayError('THROTTLED', {
    detail:
      `Key throttle limit exceeded for RestApi ${restApiId}, Stage ${stageName}, ` +
      `Resource ${resourceId}, HttpMethod ${methodKey}. ` +
      `Limit: ${ratePerSecond.toFixed(2)} Burst: ${burst}: the limit of ${level?.origin}`,
  })
}
