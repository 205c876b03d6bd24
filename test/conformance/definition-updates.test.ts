import * as sdk from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'

/**
 * Each UpdateX of a definition through the official client, with input that is good, bad, missing and
 * repeated: the client's own classes of error, its types, and AWS's status.
 */
type Operation =
  | 'UpdateRestApi'
  | 'UpdateResource'
  | 'UpdateMethod'
  | 'UpdateMethodResponse'
  | 'UpdateIntegration'
  | 'UpdateIntegrationResponse'

interface Conformance {
  readonly operation: Operation
  readonly status: number
  /** Given twice; the answer of both. */
  readonly good: readonly sdk.PatchOperation[]
  readonly answer: Readonly<Record<string, unknown>>
  readonly bad: readonly {
    readonly patches: readonly sdk.PatchOperation[]
    readonly error: string
    readonly status: number
    readonly message: string
  }[]
  /** The input members that name something, one of them wrong at a time, and what is said of it. */
  readonly missing: Readonly<Record<string, string>>
}

const noResource = 'Invalid Resource identifier specified'
const noMethod = 'Invalid Method identifier specified'
const noStatus = 'Invalid Response status code specified'
const pathOnly = (path: string) => ({
  patches: [{ op: 'replace', path, value: 'x' }] as const,
  error: 'BadRequestException',
  status: 400,
  message: `Invalid patch path ${path}`,
})

const table: readonly Conformance[] = [
  {
    operation: 'UpdateRestApi',
    status: 200,
    good: [
      { op: 'replace', path: '/name', value: 'dogs' },
      { op: 'replace', path: '/minimumCompressionSize', value: '1024' },
      { op: 'add', path: '/binaryMediaTypes/image~1png' },
      { op: 'replace', path: '/disableExecuteApiEndpoint', value: 'true' },
    ],
    answer: {
      name: 'dogs',
      minimumCompressionSize: 1024,
      binaryMediaTypes: ['image/png'],
      disableExecuteApiEndpoint: true,
      tags: {},
    },
    bad: [
      pathOnly('/version'),
      {
        patches: [{ op: 'add', path: '/name', value: 'x' }],
        error: 'BadRequestException',
        status: 400,
        message: 'Invalid patch operation specified. Must be one of: [replace]',
      },
    ],
    missing: { restApiId: 'Invalid API identifier specified 000000000000:unknown' },
  },
  {
    operation: 'UpdateResource',
    status: 200,
    good: [{ op: 'replace', path: '/pathPart', value: 'dogs' }],
    answer: { pathPart: 'dogs', path: '/dogs' },
    bad: [
      {
        patches: [{ op: 'replace', path: '/path', value: '/x' }],
        error: 'BadRequestException',
        status: 400,
        message:
          "Invalid patch path  '/path' specified for op 'replace'. " +
          'Must be one of: [/parentId, /pathPart]',
      },
      {
        patches: [{ op: 'replace', path: '/pathPart', value: 'taken' }],
        error: 'ConflictException',
        status: 409,
        message: 'Another resource with the same parent already has this name: taken',
      },
    ],
    missing: { restApiId: noResource, resourceId: noResource },
  },
  {
    operation: 'UpdateMethod',
    status: 200,
    good: [
      { op: 'replace', path: '/operationName', value: 'list' },
      { op: 'add', path: '/requestParameters/method.request.header.x', value: 'true' },
    ],
    answer: {
      operationName: 'list',
      requestParameters: { 'method.request.header.x': true },
      methodResponses: { 200: { statusCode: '200' } },
    },
    bad: [
      pathOnly('/httpMethod'),
      {
        patches: [{ op: 'remove', path: '/requestModels/application~1json' }],
        error: 'NotFoundException',
        status: 404,
        message: 'Content-Type specified was not found',
      },
    ],
    missing: { restApiId: noResource, resourceId: noResource, httpMethod: noMethod },
  },
  {
    operation: 'UpdateMethodResponse',
    status: 201,
    good: [
      { op: 'add', path: '/responseModels/application~1json', value: 'Empty' },
      { op: 'add', path: '/responseParameters/method.response.header.x', value: 'true' },
    ],
    answer: {
      statusCode: '200',
      responseModels: { 'application/json': 'Empty' },
      responseParameters: { 'method.response.header.x': true },
    },
    bad: [
      pathOnly('/statusCode'),
      {
        patches: [{ op: 'remove', path: '/responseParameters/wrong' }],
        error: 'NotFoundException',
        status: 404,
        message: 'Invalid parameter name specified',
      },
    ],
    missing: {
      restApiId: noResource,
      resourceId: noResource,
      httpMethod: noMethod,
      statusCode: noStatus,
    },
  },
  {
    operation: 'UpdateIntegration',
    status: 200,
    good: [
      { op: 'replace', path: '/uri', value: 'http://example.com/dogs' },
      { op: 'replace', path: '/timeoutInMillis', value: '1000' },
      { op: 'add', path: '/requestTemplates/application~1json', value: '{}' },
    ],
    answer: {
      type: 'HTTP',
      uri: 'http://example.com/dogs',
      timeoutInMillis: 1000,
      requestTemplates: { 'application/json': '{}' },
      integrationResponses: { 200: { statusCode: '200' } },
    },
    bad: [
      pathOnly('/type'),
      {
        patches: [{ op: 'replace', path: '/timeoutInMillis', value: '1' }],
        error: 'BadRequestException',
        status: 400,
        message: 'Timeout should be between 50 ms and 29000 ms',
      },
    ],
    missing: { restApiId: noResource, resourceId: noResource, httpMethod: noMethod },
  },
  {
    operation: 'UpdateIntegrationResponse',
    status: 200,
    good: [
      { op: 'replace', path: '/selectionPattern', value: '2..' },
      { op: 'add', path: '/responseTemplates/application~1json', value: '{"a":1}' },
    ],
    answer: {
      statusCode: '200',
      selectionPattern: '2..',
      responseTemplates: { 'application/json': '{"a":1}' },
    },
    bad: [
      pathOnly('/statusCode'),
      {
        patches: [{ op: 'replace', path: '/selectionPattern', value: '(' }],
        error: 'BadRequestException',
        status: 400,
        message: 'Invalid regex pattern specified',
      },
    ],
    missing: {
      restApiId: noResource,
      resourceId: noResource,
      httpMethod: noMethod,
      statusCode: noStatus,
    },
  },
]

const unknown: Readonly<Record<string, string>> = { httpMethod: 'DELETE', statusCode: '404' }

describe('updates of a definition through the official client', () => {
  let gateway: RunningGateway
  let client: sdk.APIGatewayClient
  before(async () => {
    gateway = await startGateway({ arguments: ['--memory'] })
    client = apiGatewayClient(gateway.endpoint)
  })
  after(async () => {
    client.destroy()
    await gateway[Symbol.asyncDispose]()
  })

  /** `/pets` with a GET of everything, and `/taken` beside it, in an API of its own. */
  async function seed() {
    const api = await client.send(new sdk.CreateRestApiCommand({ name: 'pets' }))
    const parent = { restApiId: api.id, parentId: api.rootResourceId }
    const { id } = await client.send(new sdk.CreateResourceCommand({ ...parent, pathPart: 'pets' }))
    await client.send(new sdk.CreateResourceCommand({ ...parent, pathPart: 'taken' }))
    const place = { restApiId: api.id, resourceId: id, httpMethod: 'GET', statusCode: '200' }
    await client.send(new sdk.PutMethodCommand({ ...place, authorizationType: 'NONE' }))
    await client.send(new sdk.PutMethodResponseCommand(place))
    const http = { ...place, type: 'HTTP', integrationHttpMethod: 'GET' } as const
    await client.send(new sdk.PutIntegrationCommand({ ...http, uri: 'http://example.com/' }))
    await client.send(new sdk.PutIntegrationResponseCommand(place))
    return place
  }

  async function send(
    operation: Operation,
    input: object,
  ): Promise<sdk.UpdateMethodResponseCommandOutput> {
    // The package exports a command class for every operation of the table.
    const Command = Reflect.get(sdk, `${operation}Command`) as new (
      input: object,
    ) => sdk.UpdateMethodResponseCommand
    return client.send(new Command(input))
  }

  const read = async (operation: Operation, input: object) =>
    send(operation, { ...input, patchOperations: [] })

  for (const { operation, status, good, answer, bad, missing } of table) {
    describe(operation, () => {
      test('answers what it changed, and the same when it is repeated', async () => {
        const place = await seed()
        const input = { ...place, patchOperations: good }
        const first = await send(operation, input)
        assert.equal(first.$metadata.httpStatusCode, status)
        const { $metadata: _, ...shown } = first
        assert.deepEqual({ ...shown, ...answer }, shown)
        const { $metadata: __, ...second } = await send(operation, input)
        assert.deepEqual(second, shown)
      })

      test('refuses bad patches in the words of AWS and changes nothing', async () => {
        const place = await seed()
        const { $metadata: _, ...unchanged } = await read(operation, place)
        for (const { patches, error, status: expected, message } of bad) {
          await assert.rejects(
            send(operation, { ...place, patchOperations: [...good, ...patches] }),
            (refused) => {
              assert.ok(refused instanceof sdk.APIGatewayServiceException, String(refused))
              const { name, $metadata } = refused
              assert.deepEqual(
                { name, status: $metadata.httpStatusCode, message: refused.message },
                { name: error, status: expected, message },
              )
              return true
            },
          )
          const { $metadata: __, ...still } = await read(operation, place)
          assert.deepEqual(still, unchanged)
        }
      })

      test('refuses an operation that is none, each by its number', async () => {
        const place = await seed()
        const shape = `${operation[0]?.toLowerCase()}${operation.slice(1)}Input`
        const clause = (number: number) =>
          `Value 'wrong_op' at '${shape}.patchOperations.${number}.member.op' failed to satisfy ` +
          'constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]'
        const wrong = { op: 'wrong_op', path: '/name', value: 'x' }
        const right = { op: 'replace', path: '/name', value: 'x' }
        await assert.rejects(
          send(operation, { ...place, patchOperations: [wrong, right, wrong] }),
          {
            name: 'ValidationException',
            message: `2 validation errors detected: ${clause(1)}; ${clause(3)}`,
          },
        )
      })

      test('names what is not there', async () => {
        const place = await seed()
        for (const [member, message] of Object.entries(missing)) {
          const input = { ...place, [member]: unknown[member] ?? 'unknown' }
          await assert.rejects(send(operation, { ...input, patchOperations: good }), {
            name: 'NotFoundException',
            message,
          })
        }
      })

      test('takes no operations, or none at all, and changes nothing', async () => {
        const place = await seed()
        const { $metadata: _, ...none } = await send(operation, place)
        const { $metadata: __, ...empty } = await read(operation, place)
        assert.deepEqual(none, empty)
      })
    })
  }
})
