import { createContentCoder } from '../../src/adapters/node/content-coder.ts'
import { createSystemRandom } from '../../src/adapters/node/random.ts'
import { systemClock } from '../../src/adapters/node/clock.ts'
import { textBody } from '../../src/base/body.ts'
import { longTasksHere } from '../../src/data-plane/long-tasks-here.ts'
import { createExecuteApi, type ExecuteApi } from '../../src/data-plane/server.ts'
import type { LongTasks } from '../../src/data-plane/long-tasks.ts'
import { generatePathCase } from '../../scripts/differential/generate-path.ts'
import { mutate, type Random } from '../../scripts/differential/generate-template.ts'
import { seededNumbers } from '../../scripts/record-java-regex.ts'
import { definitionOf, snapshotOf } from '../support/compiled-stage.ts'
import { type Stall, stallMsMax, type StallReport, threadMs } from './stalls.ts'

/** What came of requests with broken heads and bodies. */
export interface RequestFuzzReport extends StallReport {
  /** Answers below 500. */
  readonly answered: number
  /** Answers that say that a template, a mapping or the endpoint could not do with the request. */
  readonly failed: number
}

interface RequestCase {
  readonly method: string
  readonly path: string
  readonly rawQuery: string
  readonly headers: readonly string[]
  readonly body: string
}

/**
 * Sends requests with broken header fields, paths, queries and bodies through the pipeline: validation,
 * mappings, templates both ways, gateway responses.
 *
 * Rejects when the pipeline does, or answers with what is none of its statuses; both name the case.
 */
export async function fuzzRequests(options: {
  readonly cases: number
  readonly seed: number
}): Promise<RequestFuzzReport> {
  const random = seededNumbers(options.seed)
  const target = createTarget()
  const stalls: Stall[] = []
  let longestMs = 0
  let failed = 0
  for (let i = 0; i < options.cases; i += 1) {
    const one = makeCase(random)
    const { status, milliseconds } = await target.send(one)
    if (status < 200 || status > 599)
      throw new Error(`${JSON.stringify(one)} is answered ${status}`)
    if (status >= 500) failed += 1
    longestMs = Math.max(longestMs, milliseconds)
    if (milliseconds <= stallMsMax) continue
    // As the steps of other suites: alone, and by the processor's time.
    const again: number[] = []
    for (let time = 0; time < 3; time += 1) {
      again.push((await target.send(one, threadMs)).milliseconds)
    }
    const least = Math.min(...again)
    if (least > stallMsMax) stalls.push({ milliseconds: least, case: JSON.stringify(one) })
  }
  return { answered: options.cases - failed, failed, longestMs, stalls }
}

const paths = ['/mock/a', '/http/b', '/proxy/c', '/nowhere', '/http/', '/mock/%41%zz']
const headers = [
  ['Accept', 'application/json, */*;q=0.1'],
  ['Content-Type', 'application/json'],
  ['Content-Type', 'text/plain; charset=x'],
  ['Accept-Encoding', 'gzip, deflate;q=0'],
  ['Content-Encoding', 'identity'],
  ['X-HTTP-Method-Override', 'POST'],
  ['x-amzn-RequestId', 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef'],
  ['X-Amzn-Trace-Id', 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'],
  ['Authorization', 'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/execute-api/aws4_request'],
  ['Cookie', 'a=b; c="d"'],
  ['X-Forwarded-For', '192.0.2.7, ::1'],
  ['Pet', 'Rex'],
  ['pet', 'Tom'],
] as const

function makeCase(random: Random): RequestCase {
  const fields: string[] = []
  for (let i = random(8); i > 0; i -= 1) {
    const [name, value] = headers[random(headers.length)] ?? headers[0]
    fields.push(name, random(2) === 0 ? mutate(value, random) : value)
  }
  if (random(200) === 0) fields.push('Pet', 'x,;="\\'.repeat(random(2000)))
  const { json } = generatePathCase(random)
  const path = paths[random(paths.length)] ?? '/'
  return {
    method: ['GET', 'POST', 'PUT', 'OPTIONS'][random(4)] ?? 'GET',
    path: random(3) === 0 ? `/${mutate(path.slice(1), random)}` : path,
    rawQuery: random(2) === 0 ? mutate('a=1&b=%20&a=2&page=[3]', random) : 'page=1',
    headers: fields,
    body: random(3) === 0 ? mutate(json, random) : json,
  }
}

/** A stage whose methods do all that a request can meet, and a clock that does not count long tasks. */
function createTarget() {
  let elsewhereMs = 0
  let nowMs = wallMs
  const here = longTasksHere()
  const longTasks: LongTasks = {
    async run(task) {
      const startedAt = nowMs()
      try {
        return await here.run(task)
      } finally {
        elsewhereMs += nowMs() - startedAt
      }
    },
  }
  const executeApi = createExecuteApiOf(longTasks)
  return {
    async send(one: RequestCase, clock = wallMs) {
      elsewhereMs = 0
      nowMs = clock
      const startedAt = nowMs()
      const status = await respond(executeApi, one)
      return { status, milliseconds: nowMs() - startedAt - elsewhereMs }
    },
  }
}

function wallMs(): number {
  return performance.now()
}

async function respond(executeApi: ExecuteApi, one: RequestCase): Promise<number> {
  const { path, rawQuery } = one
  const response = await executeApi.respond(
    {
      method: one.method,
      headers: one.headers,
      body: textBody(one.body),
      sourceIp: '192.0.2.7',
      signal: undefined,
    },
    { restApiId: 'a1b2c3d4e5', stageName: 'prod', path, contextPath: `/prod${path}`, rawQuery },
    'a1b2c3d4e5.execute-api.localhost',
  )
  response.body.discard()
  return response.status
}

const template = `#set($root = $input.path('$'))
{ "a": "$util.escapeJavaScript($root.a)", "pet": "$input.params('Pet')", "page": "$input.params('page')",
  "all": $input.json('$'), "found": $input.json('$..a'), "params": [#foreach($n in $input.params().header.keySet())
  "$util.escapeJavaScript($n)"#if($foreach.hasNext),#end#end], "ip": "$context.identity.sourceIp" }`
const http = {
  type: 'HTTP',
  httpMethod: 'POST',
  uri: 'http://backend.example/{id}',
  requestParameters: {
    'integration.request.path.id': 'method.request.path.id',
    'integration.request.header.pet': 'method.request.header.Pet',
    'integration.request.querystring.page': 'method.request.querystring.page',
    'integration.request.header.first': 'method.request.body.a',
  },
  requestTemplates: { 'application/json': template },
  integrationResponses: {
    200: {
      responseTemplates: { 'application/json': template },
      responseParameters: { 'method.response.header.first': 'integration.response.body.a' },
    },
  },
} as const
const schema = {
  type: ['object', 'array'],
  properties: { a: { anyOf: [{ type: 'string', pattern: '^(?=a)[a-z]*$' }, { type: 'integer' }] } },
  items: { uniqueItems: true, additionalProperties: false, patternProperties: { '^[a-z]+$': {} } },
}

function createExecuteApiOf(longTasks: LongTasks): ExecuteApi {
  const checked = {
    requestValidatorId: 'val001',
    requestModels: { 'application/json': 'Any' },
    requestParameters: { 'method.request.querystring.page': true },
  }
  const stage = snapshotOf({
    definition: definitionOf({
      integrations: {
        'ANY /mock/{id}': {
          type: 'MOCK',
          requestTemplates: {
            'application/json': `{"statusCode": 200, "x": "$input.params('id')"}`,
          },
          integrationResponses: { 200: { responseTemplates: { 'application/json': template } } },
        },
        'ANY /http/{id}': http,
        'ANY /proxy/{proxy+}': { type: 'HTTP_PROXY', httpMethod: 'ANY', uri: 'http://b.example/' },
      },
      methods: { 'ANY /http/{id}': checked, 'ANY /proxy/{proxy+}': checked },
      api: {
        models: { Any: { contentType: 'application/json', schema: JSON.stringify(schema) } },
        requestValidators: {
          val001: { name: 'all', validateRequestBody: true, validateRequestParameters: true },
        },
      },
    }),
  })
  return createExecuteApi({
    stages: { find: () => stage },
    upstream: {
      exchange: () =>
        Promise.resolve({
          outcome: 'response',
          status: 200,
          headers: ['Content-Type', 'application/json'],
          body: textBody('{"a":"b","c":[1,2,{"a":3}]}'),
        }),
      close: () => Promise.resolve(),
    },
    contentCoder: createContentCoder(),
    clock: systemClock,
    random: createSystemRandom(),
    metrics: { record: () => {} },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    longTasks,
  })
}
