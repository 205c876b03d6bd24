import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { apiGatewayTable } from '../../src/aws/apigateway-model.ts'
import {
  compileModel,
  type Member,
  type Operation,
  type Shape,
} from '../../src/aws/operation-model.ts'
import { apigatewayService } from '../../src/control-plane/apigateway/service.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'

/**
 * Every operation that is built, over the wire, with input that is missing, of the wrong type, too
 * large, or names what does not exist: AWS's envelope and a status that says whose fault it is.
 */
const authorization =
  'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request, ' +
  'SignedHeaders=host, Signature=0000'

const operations = [...compileModel(apiGatewayTable).operations.values()].filter(
  ({ name }) => typeof apigatewayService.handlers[name] === 'function',
)

/** Operations that answer an empty list for what does not exist, as AWS was seen to. */
const emptyForUnknown: ReadonlySet<string> = new Set(['GetUsagePlanKeys'])

/** A value of the right type, or of a wrong one. */
function sample(shape: Shape): unknown {
  if (shape.kind === 'string') return shape.constraint?.enum?.[0] ?? 'unknown123'
  if (shape.kind === 'boolean') return true
  if (shape.kind === 'list') return [sample(shape.element)]
  if (shape.kind === 'map') return { name: sample(shape.value) }
  if (shape.kind === 'structure') {
    return Object.fromEntries(
      shape.members.filter(({ required }) => required).map((m) => [m.wireName, sample(m.shape)]),
    )
  }
  return shape.kind === 'blob' ? 'AA==' : 1
}

function wrongValues(shape: Shape): unknown[] {
  if (shape.kind === 'string') return [{}, []]
  if (shape.kind === 'boolean') return [{}, [], 'maybe']
  if (shape.kind === 'list' || shape.kind === 'map' || shape.kind === 'structure') {
    return ['text', 7, true, shape.kind === 'list' ? {} : []]
  }
  return [{}, [], 'text']
}

const inBody = ({ binding }: Member) => binding === 'body'

/** A label that fits its pattern and names nothing. */
function label(name: string, shape: Shape): string {
  if (shape.kind === 'string' && shape.constraint?.enum !== undefined) {
    return shape.constraint.enum[0] ?? ''
  }
  return name === 'statusCode' ? '200' : name === 'httpMethod' ? 'GET' : 'unknown123'
}

function pathOf(operation: Operation, longLabel?: string): string {
  const labels = new Map(operation.input.members.map((m) => [m.name, m]))
  return operation.uri.replace(/\{(\w+)\+?\}/g, (_, name: string) => {
    const member = labels.get(name)
    const text = member === undefined ? 'unknown123' : label(name, member.shape)
    return encodeURIComponent(longLabel ?? text)
  })
}

function validBody(operation: Operation): Record<string, unknown> {
  return Object.fromEntries(
    operation.input.members
      .filter((member) => inBody(member) && member.required)
      .map((member) => [member.wireName, sample(member.shape)]),
  )
}

describe('bad input', () => {
  let gateway: RunningGateway
  before(async () => {
    gateway = await startGateway({ arguments: ['--memory'] })
  })
  after(() => gateway[Symbol.asyncDispose]())

  async function send(operation: Operation, body: unknown, path = pathOf(operation)) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const hasBody = operation.method !== 'GET' && operation.method !== 'HEAD'
    const response = await fetch(`${gateway.endpoint}${path}`, {
      method: operation.method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(hasBody ? { body: text } : {}),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  async function assertRefused(
    operation: Operation,
    body: unknown,
    options: { path?: string; status?: number; type?: RegExp } = {},
  ): Promise<void> {
    const answer = await send(operation, body, options.path ?? pathOf(operation))
    const shown = `${operation.name} ${JSON.stringify(body).slice(0, 200)} → ${answer.status} ${answer.text.slice(0, 300)}`
    assert.ok(answer.status >= 400 && answer.status < 500, shown)
    if (options.status !== undefined) assert.equal(answer.status, options.status, shown)
    const type = answer.headers.get('x-amzn-errortype') ?? ''
    assert.match(type, options.type ?? /Exception$/, shown)
    assert.match(answer.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/, shown)
    assert.equal(typeof JSON.parse(answer.text).message, 'string', shown)
  }

  for (const operation of operations) {
    const bodyMembers = operation.input.members.filter(inBody)

    if (operation.uri.includes('{') && !emptyForUnknown.has(operation.name)) {
      test(`${operation.name} refuses unknown ids`, async () => {
        await assertRefused(operation, validBody(operation))
      })

      test(`${operation.name} refuses a label of 3,000 characters`, async () => {
        await assertRefused(operation, validBody(operation), {
          path: pathOf(operation, 'x'.repeat(3000)),
        })
      })
    }

    for (const member of bodyMembers.filter(({ required }) => required)) {
      test(`${operation.name} refuses to go without ${member.wireName}`, async () => {
        const body = validBody(operation)
        delete body[member.wireName]
        await assertRefused(operation, body, { status: 400 })
      })
    }

    for (const member of bodyMembers) {
      test(`${operation.name} refuses a ${member.wireName} of another type`, async () => {
        for (const wrong of wrongValues(member.shape)) {
          const body = { ...validBody(operation), [member.wireName]: wrong }
          await assertRefused(operation, body, { status: 400, type: /^SerializationException$/ })
        }
      })
    }

    if (operation.method !== 'GET' && bodyMembers.length > 0) {
      test(`${operation.name} refuses a body that is not JSON, not an object, or too large`, async () => {
        await assertRefused(operation, '{"a":', { status: 400 })
        await assertRefused(operation, '[]', { status: 400 })
        await assertRefused(operation, '['.repeat(5000), { status: 400 })
        const large = JSON.stringify({ description: 'x'.repeat(7_000_000) })
        await assertRefused(operation, large, { status: 413 })
      })
    }
  }

  test('nothing of it was kept', async () => {
    const answer = await fetch(`${gateway.endpoint}/restapis`, { headers: { authorization } })
    assert.deepEqual(await answer.json(), { item: [] })
  })
})
