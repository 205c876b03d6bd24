import { createContentCoder } from '../src/adapters/node/content-coder.ts'
/**
 * Microseconds of the data plane per request, in-process: no socket, an upstream that answers at once.
 * What is measured is our own JavaScript from a read request head to a finished response head.
 *
 *     node bench/pipeline.ts [seconds per case]
 */
import { createSystemRandom } from '../src/adapters/node/random.ts'
import { systemClock } from '../src/adapters/node/clock.ts'
import { sealStageCaches } from '../src/adapters/node/sealed-stage-caches.ts'
import { openStageClock } from '../src/adapters/node/stage-clock.ts'
import { openEmbeddedCaches } from '../test/support/embedded-caches.ts'
import { type Body, emptyBody, textBody } from '../src/base/body.ts'
import { findExecuteApiAddress, readRequestTarget } from '../src/data-plane/address.ts'
import { createExecuteApi } from '../src/data-plane/server.ts'
import type { IntegrationDefinition } from '../src/snapshot/definition.ts'
import type { MethodSetting } from '../src/snapshot/stage-declaration.ts'
import { type ApiFragment, definitionOf, snapshotOf } from '../test/support/compiled-stage.ts'

const secondsPerCase = Number(process.argv[2] ?? 2)
const roundsCount = 5

const clientHeaders = [
  'Host',
  'localhost:4566',
  'User-Agent',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)',
  'Accept',
  'application/json, text/plain, */*',
  'Accept-Encoding',
  'gzip, deflate, br',
  'Accept-Language',
  'en-US,en;q=0.9',
  'Authorization',
  'Bearer eyJhbGciOiJIUzI1NiJ9.e30.XmNK3GpH3Ys_7wsYBfq4C3M6goz71I7dTgUkuIa5lyQ',
  'Connection',
  'keep-alive',
  'X-Forwarded-For',
  '192.0.2.7',
]

const endpointHeaders = [
  'Date',
  'Mon, 09 Nov 2026 21:23:00 GMT',
  'Content-Type',
  'application/json',
  'Content-Length',
  '200',
  'Connection',
  'keep-alive',
  'Cache-Control',
  'no-cache',
  'Server',
  'nginx',
]
const endpointBody = textBody(
  JSON.stringify({
    pets: ['Tom', 'Tim', 'Kim'].map((name, id) => ({ id, name, kind: 'cat', of: 'x'.repeat(20) })),
  }),
)

const content = textBody(JSON.stringify({ text: 'x'.repeat(1000) }))
const functionAnswer = JSON.stringify({
  statusCode: 200,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' },
  body: JSON.stringify({ text: 'y'.repeat(1000) }),
})
const invocationUri =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/' +
  'arn:aws:lambda:us-east-1:123456789012:function:pets:${stageVariables.alias}/invocations'

/** What a method of an API usually does: it takes members of the body, of the query and of the request. */
const requestTemplate = `#set($root = $input.path('$'))
{
  "text": "$root.text",
  "limit": "$input.params('limit')",
  "stage": "$context.stage",
  "requestId": "$context.requestId",
  "all": $input.json('$')
}`
const responseTemplate = `#set($root = $input.path('$'))
{
  "pets": [
#foreach($pet in $root.pets)
    { "id": $pet.id, "name": "$util.escapeJavaScript($pet.name)" }#if($foreach.hasNext),#end

#end
  ]
}`

const mapped = { 'integration.request.header.X-Env': 'stageVariables.environment' }
const integrations: Readonly<Record<string, Partial<IntegrationDefinition>>> = {
  'GET /proxy': {
    type: 'HTTP_PROXY',
    httpMethod: 'GET',
    uri: 'http://${stageVariables.host}/pets',
  },
  'GET /cached': {
    type: 'HTTP_PROXY',
    httpMethod: 'GET',
    uri: 'http://${stageVariables.host}/pets',
    cacheKeyParameters: ['method.request.querystring.limit'],
  },
  'GET /mapped': {
    type: 'HTTP_PROXY',
    httpMethod: 'GET',
    uri: 'http://${stageVariables.host}/pets',
    requestParameters: mapped,
  },
  'GET /greedy/{proxy+}': {
    type: 'HTTP_PROXY',
    httpMethod: 'GET',
    uri: 'http://${stageVariables.host}/{proxy}',
    requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
  },
  'GET /http': {
    type: 'HTTP',
    httpMethod: 'GET',
    uri: 'http://${stageVariables.host}/pets',
    integrationResponses: { 200: {} },
  },
  'POST /validated': {
    type: 'HTTP_PROXY',
    httpMethod: 'POST',
    uri: 'http://${stageVariables.host}/pets',
  },
  'POST /proxy': {
    type: 'HTTP_PROXY',
    httpMethod: 'POST',
    uri: 'http://${stageVariables.host}/pets',
  },
  'POST /function/{proxy+}': { type: 'AWS_PROXY', httpMethod: 'POST', uri: invocationUri },
  'POST /custom': {
    type: 'AWS',
    httpMethod: 'POST',
    uri: invocationUri,
    integrationResponses: { 200: {} },
  },
  'POST /templates': {
    type: 'HTTP',
    httpMethod: 'POST',
    uri: 'http://${stageVariables.host}/pets',
    requestTemplates: { 'application/json': requestTemplate },
    integrationResponses: {
      200: { responseTemplates: { 'application/json': responseTemplate } },
    },
  },
  'POST /http': {
    type: 'HTTP',
    httpMethod: 'POST',
    uri: 'http://${stageVariables.host}/pets',
    integrationResponses: { 200: {} },
  },
  'POST /mock-template': {
    type: 'MOCK',
    requestTemplates: {
      'application/json': '{"statusCode": #if($input.params("a") == "")200#{else}400#end}',
    },
    integrationResponses: {
      200: { responseTemplates: { 'application/json': '{"id": "$context.requestId"}' } },
    },
  },
  'GET /mock': {
    type: 'MOCK',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    integrationResponses: { 200: { responseTemplates: { 'application/json': '{}' } } },
  },
}

const methods: ApiFragment['methods'] = {
  'POST /validated': {
    requestValidatorId: 'val001',
    requestModels: { 'application/json': 'Order' },
  },
}

/** A model of the kind that people write: nested, with patterns, a format and an enumeration. */
const orderSchema = {
  type: 'object',
  required: ['id', 'name', 'tags', 'address'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer', minimum: 1 },
    name: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z ]+$' },
    email: { type: 'string', format: 'email' },
    tags: { type: 'array', items: { enum: ['red', 'green', 'blue'] }, uniqueItems: true },
    address: {
      type: 'object',
      required: ['street', 'zip'],
      properties: { street: { type: 'string' }, zip: { type: 'string', pattern: '^\\d{5}$' } },
    },
    items: { type: 'array', items: { $ref: '#/definitions/item' } },
  },
  definitions: {
    item: {
      type: 'object',
      required: ['sku', 'count'],
      properties: { sku: { type: 'string' }, count: { type: 'integer', minimum: 0 } },
    },
  },
}
const order = textBody(
  JSON.stringify({
    id: 17,
    name: 'Rex the Dog',
    email: 'rex@example.com',
    tags: ['red', 'blue'],
    address: { street: 'Main Street 1', zip: '12345' },
    items: Array.from({ length: 22 }, (_, i) => ({ sku: `sku-${i}`, count: i, price: i + 0.5 })),
  }),
)

const api: ApiFragment['api'] = {
  models: { Order: { contentType: 'application/json', schema: JSON.stringify(orderSchema) } },
  requestValidators: {
    val001: { name: 'body', validateRequestBody: true, validateRequestParameters: false },
  },
}

interface BenchRequest {
  readonly method?: 'GET' | 'POST'
  readonly target: string
  readonly sent?: Body
}

const caching: MethodSetting = {
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: -1,
  throttlingRateLimit: -1,
  cachingEnabled: true,
  cacheTtlInSeconds: 3600,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
}

const stage = snapshotOf({
  definition: definitionOf({ integrations, methods, api }),
  declaration: {
    variables: { host: '127.0.0.1:8080', environment: 'prod', alias: 'PROD' },
    cacheClusterEnabled: true,
    cacheClusterSize: '0.5',
    methodSettings: { '~1cached/GET': caching },
  },
})
const stageClock = openStageClock(undefined)
const { caches, clusters } = openEmbeddedCaches(stageClock)
await clusters.resize(stage.declaration, { bytesMax: 64 * 1024 ** 2 })
const executeApi = createExecuteApi({
  stages: { find: () => stage },
  upstream: {
    exchange: () =>
      Promise.resolve({
        outcome: 'response',
        status: 200,
        headers: endpointHeaders,
        body: endpointBody,
      }),
    close: () => Promise.resolve(),
  },
  functions: {
    invoke: () =>
      Promise.resolve({
        outcome: 'answered',
        status: 200,
        payload: functionAnswer,
        requestId: 'b5a1c6f0-0d5e-4f6a-9d0c-7a1f4b1c2d3e',
      }),
  },
  contentCoder: createContentCoder(),
  clock: systemClock,
  stageClock,
  caches: sealStageCaches(caches, { key: undefined, onKeyless: () => {} }),
  random: createSystemRandom(),
  metrics: { record: () => {} },
  log: { info: () => {}, warn: () => {}, error: () => {} },
})

async function respond({ method = 'GET', target, sent = content }: BenchRequest): Promise<number> {
  const requestTarget = readRequestTarget({ hostField: 'localhost:4566', target })
  const address = findExecuteApiAddress(requestTarget)
  if (address === undefined) throw new Error(`${target} is no execute-api address`)
  const response = await executeApi.respond(
    {
      method,
      headers: clientHeaders,
      body: method === 'GET' ? emptyBody : sent,
      sourceIp: '127.0.0.1',
      signal: undefined,
    },
    address,
    requestTarget.host,
  )
  return response.status
}

/** Microseconds of processor time per request over a round. */
async function measure(request: BenchRequest, roundMs: number): Promise<number> {
  const start = process.cpuUsage()
  const endMs = performance.now() + roundMs
  let count = 0
  while (performance.now() < endMs) {
    for (let i = 0; i < 500; i += 1) await respond(request)
    count += 500
  }
  const { user, system } = process.cpuUsage(start)
  return (user + system) / count
}

const below = '/_aws/execute-api/a1b2c3d4e5/prod'
const cases: Readonly<Record<string, BenchRequest>> = {
  'HTTP_PROXY, stage variable in the URI': { target: `${below}/proxy?limit=10` },
  "HTTP_PROXY, from the stage's cache": { target: `${below}/cached?limit=10` },
  'HTTP_PROXY, one header mapped': { target: `${below}/mapped?limit=10` },
  'HTTP_PROXY, {proxy+}': { target: `${below}/greedy/a/b/c?limit=10` },
  HTTP: { target: `${below}/http?limit=10` },
  MOCK: { target: `${below}/mock` },
  'unknown path (403)': { target: `${below}/nothing/here` },
  'HTTP_PROXY, 1 KB sent and validated': {
    method: 'POST',
    target: `${below}/validated?limit=10`,
    sent: order,
  },
  'HTTP_PROXY, 1 KB sent': { method: 'POST', target: `${below}/proxy?limit=10` },
  'HTTP, 1 KB sent': { method: 'POST', target: `${below}/http?limit=10` },
  'HTTP, templates both ways, 1 KB sent': { method: 'POST', target: `${below}/templates?limit=10` },
  'MOCK, templates both ways': { method: 'POST', target: `${below}/mock-template?limit=10` },
  'AWS_PROXY, 1 KB each way': { method: 'POST', target: `${below}/function/a/b/c?limit=10` },
  'AWS with a function, 1 KB each way': { method: 'POST', target: `${below}/custom?limit=10` },
}

for (const [name, request] of Object.entries(cases)) {
  const roundMs = (secondsPerCase * 1000) / roundsCount
  await measure(request, roundMs)
  const rounds: number[] = []
  for (let i = 0; i < roundsCount; i += 1) rounds.push(await measure(request, roundMs))
  rounds.sort((one, other) => one - other)
  const median = rounds[Math.floor(roundsCount / 2)] ?? 0
  const spread = `${rounds[0]?.toFixed(2)} to ${rounds.at(-1)?.toFixed(2)}`
  process.stdout.write(`${name.padEnd(40)} ${median.toFixed(2)} µs (${spread})\n`)
}
