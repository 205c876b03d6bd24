import {
  CreateDeploymentCommand,
  CreateModelCommand,
  CreateRequestValidatorCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  DeleteGatewayResponseCommand,
  DeleteModelCommand,
  DeleteRequestValidatorCommand,
  GetGatewayResponseCommand,
  GetGatewayResponsesCommand,
  GetModelCommand,
  GetModelsCommand,
  GetModelTemplateCommand,
  GetRequestValidatorCommand,
  GetRequestValidatorsCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateGatewayResponseCommand,
  UpdateModelCommand,
  UpdateRequestValidatorCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startNamedBackend, type HttpBackend } from '../support/http-backend.ts'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'

/**
 * Models, request validators and gateway responses through the official SDK, over the wire of a gateway
 * in a process of its own: good, bad, missing and repeated input for each operation; then what they do
 * to real requests.
 */
describe('the official SDK', () => {
  let gateway: RunningGateway
  let backend: HttpBackend
  let client: APIGatewayClient
  before(async () => {
    gateway = await startGateway({ arguments: ['--memory'] })
    backend = await startNamedBackend('pets')
    client = apiGatewayClient(gateway.endpoint)
  })
  after(async () => {
    client.destroy()
    await backend[Symbol.asyncDispose]()
    await gateway[Symbol.asyncDispose]()
  })

  async function newApi() {
    const api = await client.send(new CreateRestApiCommand({ name: 'pets' }))
    assert.ok(api.id !== undefined && api.rootResourceId !== undefined)
    return { restApiId: api.id, rootResourceId: api.rootResourceId }
  }

  const badRequest = (message: string) => ({ name: 'BadRequestException', message })
  const notFound = (message: string) => ({ name: 'NotFoundException', message })
  const conflict = (message: string) => ({ name: 'ConflictException', message })
  const status = ({ $metadata }: { readonly $metadata: { readonly httpStatusCode?: number } }) =>
    $metadata.httpStatusCode

  const schema = JSON.stringify({
    $schema: 'http://json-schema.org/draft-04/schema#',
    title: 'Pet',
    type: 'object',
    properties: { name: { type: 'string' }, price: { type: 'number' } },
    required: ['name'],
  })
  const contentType = 'application/json'

  test('makes, reads, changes and deletes models', async () => {
    const { restApiId } = await newApi()
    const create = new CreateModelCommand({ restApiId, name: 'Pet', contentType, schema })
    const made = await client.send(create)
    assert.equal(status(made), 201)
    assert.match(made.id ?? '', /^[a-z0-9]{6}$/)
    await assert.rejects(
      client.send(create),
      conflict('Model name already exists for this REST API'),
    )
    const { $metadata: _, ...model } = made
    const { items = [] } = await client.send(new GetModelsCommand({ restApiId }))
    assert.deepEqual(
      items.map(({ name }) => name),
      ['Empty', 'Error', 'Pet'],
    )
    assert.deepEqual(items[2], model)
    const read = await client.send(new GetModelCommand({ restApiId, modelName: 'Pet' }))
    assert.equal(read.schema, schema)

    const $ref = `https://apigateway.amazonaws.com/restapis/${restApiId}/models/Pet`
    const list = JSON.stringify({ type: 'array', items: { $ref } })
    await client.send(
      new CreateModelCommand({ restApiId, name: 'Pets', contentType, schema: list }),
    )
    const get = { restApiId, modelName: 'Pets' }
    const plain = await client.send(new GetModelCommand({ ...get, flatten: false }))
    assert.equal(plain.schema, list)
    const flat = await client.send(new GetModelCommand({ ...get, flatten: true }))
    assert.deepEqual(JSON.parse(flat.schema ?? ''), {
      type: 'array',
      items: { $ref: '#/definitions/Pet' },
      definitions: { Pet: JSON.parse(schema) },
    })
    const template = await client.send(new GetModelTemplateCommand({ restApiId, modelName: 'Pet' }))
    assert.equal(
      template.value,
      '#set($inputRoot = $input.path(\'$\'))\n{\n  "name" : "foo",\n  "price" : 42\n}',
    )

    const updated = await client.send(
      new UpdateModelCommand({
        restApiId,
        modelName: 'Pet',
        patchOperations: [{ op: 'replace', path: '/description', value: 'A pet' }],
      }),
    )
    assert.equal(status(updated), 200)
    assert.equal(updated.description, 'A pet')

    const del = (modelName: string) => client.send(new DeleteModelCommand({ restApiId, modelName }))
    await assert.rejects(
      del('Pet'),
      conflict("Cannot delete model 'Pet', is referenced in model: Pets"),
    )
    assert.equal(status(await del('Pets')), 202)
    assert.equal(status(await del('Pet')), 202)
    await assert.rejects(del('Pet'), notFound('Invalid model name specified: Pet'))
  })

  test('is refused models that cannot be', async () => {
    const { restApiId } = await newApi()
    const create = (input: object) =>
      client.send(new CreateModelCommand({ restApiId, name: 'Pet', contentType, schema, ...input }))
    await assert.rejects(
      create({ name: 'a pet' }),
      badRequest('Model name must be alphanumeric: a pet'),
    )
    await assert.rejects(create({ name: undefined }), { name: 'ValidationException' })
    await assert.rejects(create({ contentType: undefined }), { name: 'ValidationException' })
    await assert.rejects(
      create({ contentType: '' }),
      badRequest('Validation Result: warnings : [], errors : [Invalid content type specified: ]'),
    )
    await assert.rejects(
      create({ schema: undefined }),
      badRequest('Model schema must have at least 1 property or array items defined'),
    )
    await assert.rejects(
      create({ schema: '{"properties":{"a":{"nullable":true}}}' }),
      badRequest(
        'Invalid model specified: Validation Result: warnings : [], errors : ' +
          '[Invalid model schema specified. Unsupported keyword(s): ["nullable"]]',
      ),
    )
    await assert.rejects(
      create({ restApiId: 'nosuch' }),
      notFound('Invalid API identifier specified 000000000000:nosuch'),
    )
    const update = (op: string, path: string) =>
      client.send(
        new UpdateModelCommand({
          restApiId,
          modelName: 'Empty',
          // The SDK's own enumeration has nothing that AWS refuses.
          patchOperations: [{ op: op as 'replace', path, value: '{}' }],
        }),
      )
    await assert.rejects(
      update('add', '/schema'),
      badRequest(
        "Invalid patch path  '/schema' specified for op 'add'. Please choose supported operations",
      ),
    )
    await assert.rejects(update('wrong', '/schema'), { name: 'ValidationException' })
    assert.equal((await client.send(new GetModelsCommand({ restApiId }))).items?.length, 2)
  })

  test('makes, reads, changes and deletes request validators', async () => {
    const { restApiId, rootResourceId } = await newApi()
    const create = (input: object) =>
      client.send(new CreateRequestValidatorCommand({ restApiId, name: 'v', ...input }))
    const made = await create({ validateRequestParameters: true })
    assert.equal(status(made), 201)
    const requestValidatorId = made.id ?? ''
    const address = { restApiId, requestValidatorId }
    const { $metadata: _, ...validator } = made
    assert.deepEqual(validator, {
      id: requestValidatorId,
      name: 'v',
      validateRequestBody: false,
      validateRequestParameters: true,
    })
    const again = await create({ validateRequestParameters: true })
    assert.notEqual(again.id, requestValidatorId)
    const { items = [] } = await client.send(new GetRequestValidatorsCommand({ restApiId }))
    assert.equal(items.length, 2)
    await assert.rejects(
      create({ name: undefined }),
      badRequest('Request Validator name cannot be blank'),
    )
    await assert.rejects(
      create({ restApiId: 'nosuch' }),
      badRequest('Invalid REST API identifier specified'),
    )

    const patchOperations = [
      { op: 'replace', path: '/validateRequestBody', value: 'true' },
      { op: 'replace', path: '/name', value: 'w' },
    ] as const
    const update = (operations: readonly object[]) =>
      client.send(
        new UpdateRequestValidatorCommand({ ...address, patchOperations: [...operations] }),
      )
    const updated = await update(patchOperations)
    assert.deepEqual([updated.name, updated.validateRequestBody], ['w', true])
    await assert.rejects(
      update([...patchOperations, { op: 'remove', path: '/name' }]),
      badRequest(
        "Invalid patch path  '/name' specified for op 'remove'. Please choose supported operations",
      ),
    )
    const read = await client.send(new GetRequestValidatorCommand(address))
    assert.equal(read.name, 'w')

    const method = { restApiId, resourceId: rootResourceId, httpMethod: 'GET' }
    const put = (id: string) =>
      client.send(
        new PutMethodCommand({ ...method, authorizationType: 'NONE', requestValidatorId: id }),
      )
    await assert.rejects(
      put('nosuch'),
      badRequest('Invalid Request Validator identifier specified'),
    )
    assert.equal((await put(requestValidatorId)).requestValidatorId, requestValidatorId)
    const del = (id: string) =>
      client.send(new DeleteRequestValidatorCommand({ restApiId, requestValidatorId: id }))
    await assert.rejects(del(requestValidatorId), { name: 'ConflictException' })
    assert.equal(status(await del(again.id ?? '')), 202)
    await assert.rejects(
      del(again.id ?? ''),
      notFound('Invalid Request Validator identifier specified'),
    )
  })

  test('sets, reads, changes and unsets gateway responses', async () => {
    const { restApiId } = await newApi()
    const { items = [] } = await client.send(new GetGatewayResponsesCommand({ restApiId }))
    assert.equal(items.length, 21)
    assert.deepEqual(
      items.map(({ responseType }) => responseType),
      items
        .map(({ responseType }) => responseType)
        .toSorted((a = 'DEFAULT_4XX', b = 'DEFAULT_4XX') => (a < b ? -1 : 1)),
    )
    assert.ok(items.every(({ defaultResponse }) => defaultResponse === true))
    const put = (input: object) =>
      client.send(
        new PutGatewayResponseCommand({ restApiId, responseType: 'DEFAULT_4XX', ...input }),
      )
    const set = await put({ statusCode: '499' })
    assert.equal(status(set), 201)
    assert.deepEqual([set.statusCode, set.defaultResponse], ['499', false])
    assert.deepEqual(await put({ statusCode: '499' }).then(({ statusCode }) => statusCode), '499')
    const get = (responseType: 'THROTTLED' | 'DEFAULT_4XX') =>
      client.send(new GetGatewayResponseCommand({ restApiId, responseType }))
    const inherited = await get('THROTTLED')
    assert.deepEqual([inherited.statusCode, inherited.defaultResponse], ['499', true])

    const update = (operations: readonly object[]) =>
      client.send(
        new UpdateGatewayResponseCommand({
          restApiId,
          responseType: 'THROTTLED',
          patchOperations: [...operations],
        }),
      )
    const updated = await update([
      { op: 'replace', path: '/statusCode', value: '503' },
      { op: 'add', path: '/responseParameters/gatewayresponse.header.Retry-After', value: "'9'" },
      { op: 'add', path: '/responseTemplates/application~1xml', value: '<a/>' },
    ])
    assert.equal(status(updated), 200)
    assert.deepEqual(updated.responseParameters, { 'gatewayresponse.header.Retry-After': "'9'" })
    assert.deepEqual(Object.keys(updated.responseTemplates ?? {}).toSorted(), [
      'application/json',
      'application/xml',
    ])
    await assert.rejects(
      update([{ op: 'add', path: '/statusCode', value: '1' }]),
      badRequest('Invalid patch path /statusCode'),
    )
    await assert.rejects(
      update([
        { op: 'replace', path: '/responseParameters/gatewayresponse.header.x', value: "'1'" },
      ]),
      notFound('Invalid parameter name specified'),
    )
    await assert.rejects(put({ responseType: 'FAKE_RESPONSE_TYPE' }), {
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'FAKE_RESPONSE_TYPE' at 'responseType' failed to satisfy " +
        'constraint: Member must satisfy enum value set: [REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, ' +
        'AUTHORIZER_CONFIGURATION_ERROR, MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, ' +
        'INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, ' +
        'UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, ' +
        'QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, ' +
        'INTEGRATION_FAILURE, EXPIRED_TOKEN]',
    })
    await assert.rejects(put({ statusCode: '700' }), { name: 'ValidationException' })
    await assert.rejects(put({ responseParameters: { 'gatewayresponse.header.x': 'bare' } }), {
      name: 'BadRequestException',
    })
    const del = () =>
      client.send(new DeleteGatewayResponseCommand({ restApiId, responseType: 'THROTTLED' }))
    assert.equal(status(await del()), 202)
    await assert.rejects(del(), notFound('Gateway response type not defined on api'))
    assert.equal((await get('THROTTLED')).statusCode, '499')
  })

  test('shapes what real requests are refused with, from the deployment that has it', async () => {
    const { restApiId, rootResourceId } = await newApi()
    const { id: resourceId = '' } = await client.send(
      new CreateResourceCommand({ restApiId, parentId: rootResourceId, pathPart: 'pets' }),
    )
    const { id: requestValidatorId } = await client.send(
      new CreateRequestValidatorCommand({ restApiId, name: 'v', validateRequestParameters: true }),
    )
    const method = { restApiId, resourceId, httpMethod: 'GET' }
    await client.send(
      new PutMethodCommand({
        ...method,
        authorizationType: 'NONE',
        requestValidatorId,
        requestParameters: {
          'method.request.querystring.page': true,
          'method.request.header.X-Shop': true,
          'method.request.querystring.sort': false,
        },
      }),
    )
    await client.send(
      new PutIntegrationCommand({
        ...method,
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'GET',
        uri: `http://${backend.authority}/pets`,
      }),
    )
    const deploy = () => client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
    await deploy()
    const stage = `${gateway.endpoint}/_aws/execute-api/${restApiId}/prod`
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(stage + path, { headers })
      return { status: response.status, headers: response.headers, text: await response.text() }
    }

    const served = backend.count()
    const refused = await ask('/pets?sort=up')
    assert.equal(refused.status, 400)
    assert.equal(refused.headers.get('x-amzn-errortype'), 'BadRequestException')
    assert.equal(refused.text, '{"message":"Missing required request parameters: [X-Shop, page]"}')
    assert.equal(backend.count(), served)
    const passed = await ask('/pets?page=1', { 'X-Shop': 'a' })
    assert.equal(passed.status, 200)
    assert.equal(JSON.parse(passed.text).url, '/pets?page=1')

    await client.send(
      new PutGatewayResponseCommand({
        restApiId,
        responseType: 'DEFAULT_4XX',
        statusCode: '418',
        responseParameters: {
          'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
          'gatewayresponse.header.X-Asked-By': 'method.request.header.X-Shop',
        },
        responseTemplates: {
          'application/json':
            '{"type":"$context.error.responseType","message":$context.error.messageString}',
        },
      }),
    )
    assert.equal((await ask('/pets')).status, 400, 'what is not deployed does not act')
    await deploy()
    const shaped = await ask('/pets?page=1', { 'X-Shop': ' ' })
    assert.equal(shaped.status, 418)
    assert.equal(shaped.headers.get('access-control-allow-origin'), '*')
    assert.deepEqual(JSON.parse(shaped.text), {
      type: 'BAD_REQUEST_PARAMETERS',
      message: 'Missing required request parameters: [X-Shop]',
    })
    const unknown = await ask('/dogs', { 'X-Shop': 'b' })
    assert.equal(unknown.status, 418)
    assert.equal(unknown.headers.get('x-asked-by'), 'b')
    assert.equal(unknown.headers.get('x-amzn-errortype'), 'MissingAuthenticationTokenException')
    assert.equal(JSON.parse(unknown.text).type, 'MISSING_AUTHENTICATION_TOKEN')
  })

  test('finds all of it again after a restart, and serves by it', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'stagedoor-test-'))
    const restApiId = 'kept123456'
    const read = async (sdk: APIGatewayClient) => {
      const { items: models } = await sdk.send(new GetModelsCommand({ restApiId }))
      const { items: validators } = await sdk.send(new GetRequestValidatorsCommand({ restApiId }))
      const { items: responses } = await sdk.send(new GetGatewayResponsesCommand({ restApiId }))
      return { models, validators, responses }
    }
    const ask = (endpoint: string) => fetch(`${endpoint}/_aws/execute-api/${restApiId}/prod/none`)
    let written: Awaited<ReturnType<typeof read>> | undefined
    try {
      {
        await using first = await startGateway({ dataDirectory })
        const sdk = apiGatewayClient(first.endpoint)
        const tags = { _custom_id_: restApiId }
        const api = await sdk.send(new CreateRestApiCommand({ name: 'kept', tags }))
        await sdk.send(new CreateModelCommand({ restApiId, name: 'Pet', contentType, schema }))
        await sdk.send(new DeleteModelCommand({ restApiId, modelName: 'Error' }))
        await sdk.send(new CreateRequestValidatorCommand({ restApiId, name: 'v' }))
        const responseType = 'MISSING_AUTHENTICATION_TOKEN'
        await sdk.send(
          new PutGatewayResponseCommand({ restApiId, responseType, statusCode: '404' }),
        )
        const method = { restApiId, resourceId: api.rootResourceId, httpMethod: 'GET' }
        await sdk.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
        await sdk.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }))
        await sdk.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
        written = await read(sdk)
        assert.equal((await ask(first.endpoint)).status, 404)
        await first.kill()
      }
      await using second = await startGateway({ dataDirectory })
      assert.deepEqual(await read(apiGatewayClient(second.endpoint)), written)
      assert.deepEqual(
        written.models?.map(({ name }) => name),
        ['Empty', 'Pet'],
      )
      assert.equal((await ask(second.endpoint)).status, 404)
    } finally {
      rmSync(dataDirectory, { recursive: true, force: true })
    }
  })
})
