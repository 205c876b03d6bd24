import type { ClosedSetting, CompiledMethod } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import type { Gateway } from '../gateway.ts'

type FailsAs = ClosedSetting['failsAs']
type RefusingPhase =
  | 'reachEndpoint'
  | 'inspectWithWebAcl'
  | 'authorize'
  | 'admit'
  | 'validateRequest'

/** The phase in which each failed check ends a request: the order of AWS, kept for what only closes. */
const refusingPhase: Readonly<Record<FailsAs, RefusingPhase>> = {
  FORBIDDEN: 'reachEndpoint',
  WAF_FILTERED: 'inspectWithWebAcl',
  ACCESS_DENIED: 'authorize',
  MISSING_AUTHENTICATION_TOKEN: 'authorize',
  UNAUTHORIZED: 'authorize',
  INVALID_API_KEY: 'admit',
  BAD_REQUEST_PARAMETERS: 'validateRequest',
  BAD_REQUEST_BODY: 'validateRequest',
}

/** A closed setting and what the caller is told because of it. */
export interface Closing {
  /** `last`: no phase that could refuse comes after, so whatever closes the method refuses now. */
  readonly phase: Exclude<RefusingPhase, 'validateRequest'> | 'last'
  readonly settings: readonly ClosedSetting[]
  /** What the caller reads instead of the catalogue's message. */
  readonly messageOf?: (closed: ClosedSetting) => string | undefined
}

/**
 * Ends a request whose method is closed by a setting that is stored and not enforced yet, as if the
 * setting's check had failed in this phase. The operator gets a line that names the setting.
 *
 * @throws {GatewayError} the setting's own failure.
 */
export function refuseClosed(call: Call, gateway: Gateway, closing: Closing): void {
  for (const closed of closing.settings) {
    const isOwn = refusingPhase[closed.failsAs] === closing.phase
    if (!isOwn && closing.phase !== 'last') continue
    noteClosed(call, gateway, closed)
    throw new GatewayError(closed.failsAs, {
      detail: `${closed.setting} is not enforced yet, so it refuses everybody`,
      callerMessage: closing.messageOf?.(closed),
    })
  }
}

function noteClosed(call: Call, gateway: Gateway, closed: ClosedSetting): void {
  const { restApiId, stageName } = call.stage.declaration
  const method = methodName(call.route?.value)
  gateway.notices.write('warn', {
    event: 'method-closed',
    subject: `${restApiId}/${stageName} ${method} ${closed.setting}`,
    fields: {
      restApiId,
      stage: stageName,
      method,
      setting: closed.setting,
      answeredAs: closed.failsAs,
    },
  })
}

/** A method as the operator knows it; `*` when the whole stage is meant. */
function methodName(method: CompiledMethod | undefined): string {
  return method === undefined ? '*' : `${method.methodKey} ${method.resourcePath}`
}
