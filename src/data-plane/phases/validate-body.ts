import { bytesBody } from '../../base/body.ts'
import { fieldValues } from '../../base/header-fields.ts'
import type { BodyVerdict } from '../../engines/body-validator/body-validator.ts'
import type { CompiledBodyModel, CompiledValidation } from '../../snapshot/compiled-deployment.ts'
import type { Call } from '../call.ts'
import { GatewayError } from '../gateway-error.ts'
import { longTaskOutcome, ownBytes } from '../long-task-outcome.ts'
import { mediaTypeOf } from '../integrations/template-choice.ts'
import type { MethodRequest } from '../messages.ts'
import { readContent } from '../read-content.ts'

/**
 * The request once its body fits the model for its media type. A body whose type has no model passes unread,
 * as it does on AWS. One that is read is at most 10 MB, and handed on as it came.
 *
 * @throws {GatewayError} BAD_REQUEST_BODY; API_CONFIGURATION_ERROR for a schema that cannot be run;
 * REQUEST_TOO_LARGE.
 */
export function validateBody(
  call: Call,
  request: MethodRequest,
  { bodyModels }: CompiledValidation,
): MethodRequest | Promise<MethodRequest> {
  if (bodyModels.size === 0) return request
  const chosen = chooseModels(call, bodyModels)
  if (chosen.size === 0) return request
  for (const { modelName, compiled } of chosen.values()) {
    if (compiled.outcome === 'unusable') throw unusable(modelName, compiled.detail)
  }
  if (request.body.bytes !== undefined) {
    const checking = checkBody(call, request.body.bytes, chosen)
    return checking === undefined ? request : checking.then(() => request)
  }
  return readContent(call, request.body).then(async (bytes) => {
    await checkBody(call, bytes, chosen)
    return { ...request, body: bytesBody(bytes) }
  })
}

/**
 * Documented: a model is chosen by content type, and `$default` takes every other one. A request that
 * names several types must fit each one's model: its receiver may go by another than we would.
 */
function chooseModels(
  { incoming }: Call,
  bodyModels: ReadonlyMap<string, CompiledBodyModel>,
): ReadonlyMap<string, CompiledBodyModel> {
  const given = fieldValues(incoming.headers, 'content-type').map(mediaTypeOf)
  const chosen = new Map<string, CompiledBodyModel>()
  for (const type of given.length === 0 ? [''] : given) {
    const name = type === '' ? 'application/json' : type
    const model = bodyModels.get(name) ?? bodyModels.get('$default')
    if (model !== undefined) chosen.set(name, model)
  }
  return chosen
}

/** Of more bytes a validator says nothing at once. */
const bytesAtOnceMax = 200_000

/** A promise when looking at the body takes longer than the event loop may be held. */
function checkBody(
  call: Call,
  bytes: Uint8Array,
  chosen: ReadonlyMap<string, CompiledBodyModel>,
): Promise<void> | undefined {
  const text = bytes.length > bytesAtOnceMax ? undefined : new TextDecoder().decode(bytes)
  const unfinished: (() => Promise<void>)[] = []
  for (const [type, { modelName, compiled }] of chosen) {
    if (compiled.outcome === 'unusable') continue
    const { validator } = compiled
    const verdict = text === undefined ? undefined : validator.validateAtOnce(text)
    if (verdict !== undefined) refuseUnfit(verdict, { type, modelName })
    else {
      const { sources } = validator
      const task = { kind: 'validate', sources, body: ownBytes(bytes) } as const
      unfinished.push(async () =>
        refuseUnfit(await longTaskOutcome(call.longTasks.run(task)), { type, modelName }),
      )
    }
  }
  return unfinished.length === 0 ? undefined : inTurn(unfinished)
}

async function inTurn(checks: readonly (() => Promise<void>)[]): Promise<void> {
  for (const check of checks) await check()
}

function refuseUnfit(
  verdict: BodyVerdict,
  { type, modelName }: { readonly type: string; readonly modelName: string },
): void {
  if (verdict.outcome === 'valid') return
  if (verdict.outcome === 'unusable') throw unusable(modelName, verdict.detail)
  const validationErrorString = `[${verdict.messages.join(', ')}]`
  throw new GatewayError('BAD_REQUEST_BODY', {
    validationErrorString,
    detail: `Request body does not match model schema for content type ${type}: ${validationErrorString}`,
  })
}

/** Observed: https://github.com/serverless/serverless/issues/9971 (500, and the log's words). */
function unusable(modelName: string, detail: string): GatewayError {
  return new GatewayError('API_CONFIGURATION_ERROR', {
    detail: `Request body validation failed due to an unexpected error: model ${modelName}: ${detail}`,
  })
}
