import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { definitionOf, snapshotOf } from '../../../test/support/compiled-stage.ts'
import { scriptedUpstream } from '../../../test/support/scripted-upstream.ts'
import { neverInvoked, scriptedFunctions } from '../../../test/support/functions-script.ts'
import {
  recordingLog,
  recordingMetrics,
  standingClock,
} from '../../../test/support/recording-sinks.ts'
import { createContentCoder } from '../../adapters/node/content-coder.ts'
import { emptyBody, streamBody } from '../../base/body.ts'
import { noHeaderFields } from '../../base/header-fields.ts'
import type { IntegrationDefinition } from '../../snapshot/definition.ts'
import { findExecuteApiAddress, readRequestTarget } from '../address.ts'
import { createExecuteApi } from '../server.ts'

/** Sends a request whose body never ends, and tells whether an answer comes without it. */
async function answersWithoutBody(integration: Partial<IntegrationDefinition>): Promise<boolean> {
  let isAsked = false
  const endless = (async function* () {
    isAsked = true
    yield new Uint8Array(1)
    await new Promise(() => {})
  })()
  const stage = snapshotOf({
    definition: definitionOf({ integrations: { 'POST /': integration } }),
  })
  const executeApi = createExecuteApi({
    stages: { find: () => stage },
    upstream: scriptedUpstream(() => ({
      outcome: 'response',
      status: 200,
      headers: noHeaderFields,
      body: emptyBody,
    })),
    functions: scriptedFunctions(neverInvoked),
    contentCoder: createContentCoder(),
    clock: standingClock(0),
    random: { uuid: () => '', identifier: () => '', fraction: () => 0 },
    metrics: recordingMetrics(),
    log: recordingLog(),
  })
  const target = readRequestTarget({
    hostField: 'a1b2c3d4e5.execute-api.localhost',
    target: '/prod/',
  })
  const address = findExecuteApiAddress(target)
  assert.ok(address)
  const body = streamBody(endless, undefined)
  const incoming = {
    method: 'POST',
    headers: noHeaderFields,
    body,
    sourceIp: '',
    signal: undefined,
  }
  const response = Promise.resolve(executeApi.respond(incoming, address, target.host))
  const answered = response.then(({ status }) => status)
  const first = await Promise.race([answered, new Promise((resolve) => setImmediate(resolve))])
  return first === 200 && !isAsked
}

describe('transformRequest()', () => {
  const mock = (template: string): Partial<IntegrationDefinition> => ({
    type: 'MOCK',
    requestTemplates: { 'application/json': template },
    integrationResponses: { 200: {} },
  })

  test('does not read a body that nothing asks for', async () => {
    assert.equal(await answersWithoutBody(mock('{"statusCode": 200}')), true)
    assert.equal(
      await answersWithoutBody(mock('#if($context.stage)$context.nothing#end{"statusCode": 200}')),
      true,
    )
  })

  test('reads a body that a template may ask for', async () => {
    assert.equal(await answersWithoutBody(mock('$input.body')), false)
    assert.equal(await answersWithoutBody(mock('#evaluate("{}")')), false)
  })
})
