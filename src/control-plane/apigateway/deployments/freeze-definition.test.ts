import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ResourceId, RestApiId } from '../../../aws/identifiers.ts'
import type { MethodRecord, ResourceRecord, RestApiRecord } from '../records.ts'
import { freezeDefinition, type ApiParts } from './freeze-definition.ts'

const api: RestApiRecord = {
  id: 'a1b2c3d4e5' as RestApiId,
  name: 'pets',
  description: 'left out',
  tags: { left: 'out' },
  createdDate: 1,
  version: 'left out',
  binaryMediaTypes: ['image/png'],
  minimumCompressionSize: 0,
  apiKeySource: 'HEADER',
  endpointConfiguration: { types: ['REGIONAL'], ipAddressType: 'ipv4' },
  policy: '{"Statement":[]}',
  disableExecuteApiEndpoint: true,
  rootResourceId: 'root000001' as ResourceId,
  modelsAreStored: true,
}

const none = { models: [], requestValidators: [], gatewayResponses: [] }

const parts: ApiParts = {
  models: [
    {
      id: 'left',
      name: 'Pet',
      description: 'out',
      contentType: 'application/json',
      schema: '{"type":"object"}',
    },
  ],
  requestValidators: [
    { id: 'val001', name: 'v', validateRequestBody: false, validateRequestParameters: true },
  ],
  gatewayResponses: [{ responseType: 'THROTTLED', statusCode: '420' }],
}

const get: MethodRecord = {
  authorizationType: 'NONE',
  apiKeyRequired: false,
  requestParameters: { 'method.request.querystring.q': true },
  methodResponses: { '200': { responseModels: { 'application/json': 'Empty' } } },
  integration: {
    type: 'MOCK',
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    integrationResponses: { '200': { responseTemplates: { 'application/json': null } } },
  },
}

const resource = (path: string, methods: ResourceRecord['methods'] = {}): ResourceRecord => ({
  id: `id-${path}` as ResourceId,
  path,
  methods,
})

describe('freezeDefinition()', () => {
  test('keeps what a request needs, in order of path, whatever the order of the records', () => {
    const resources = [resource('/'), resource('/b', { GET: get }), resource('/B')]
    const definition = freezeDefinition(api, resources, parts)
    assert.deepEqual(definition, {
      format: 1,
      restApiId: 'a1b2c3d4e5',
      name: 'pets',
      apiKeySource: 'HEADER',
      binaryMediaTypes: ['image/png'],
      minimumCompressionSize: 0,
      disableExecuteApiEndpoint: true,
      endpointTypes: ['REGIONAL'],
      policy: '{"Statement":[]}',
      gatewayResponses: { THROTTLED: { statusCode: '420' } },
      models: { Pet: { contentType: 'application/json', schema: '{"type":"object"}' } },
      requestValidators: {
        val001: { name: 'v', validateRequestBody: false, validateRequestParameters: true },
      },
      authorizers: {},
      resources: [
        { resourceId: 'id-/', path: '/', methods: {} },
        { resourceId: 'id-/B', path: '/B', methods: {} },
        { resourceId: 'id-/b', path: '/b', methods: { GET: get } },
      ],
    })
    assert.deepEqual(freezeDefinition(api, resources.toReversed(), parts), definition)
    assert.ok(Object.isFrozen(definition.resources[2]?.methods.GET?.integration.requestTemplates))
  })

  test('leaves out what an API does not have', () => {
    const { policy: _p, minimumCompressionSize: _m, ...rest } = api
    const { binaryMediaTypes: _b, ...bare } = rest
    const definition = freezeDefinition(bare, [resource('/', { GET: get })], none)
    assert.equal('policy' in definition, false)
    assert.equal('minimumCompressionSize' in definition, false)
    assert.deepEqual(definition.binaryMediaTypes, [])
  })

  test('refuses an API without methods, and a method without an integration', () => {
    assert.throws(() => freezeDefinition(api, [resource('/')], none), {
      message: "The REST API doesn't contain any methods",
    })
    const { integration: _, ...unfinished } = get
    const resources = [resource('/', { GET: get }), resource('/b', { POST: unfinished })]
    assert.throws(() => freezeDefinition(api, resources, none), {
      message: 'No integration defined for method',
    })
  })
})
