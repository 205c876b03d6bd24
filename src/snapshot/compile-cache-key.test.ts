import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { definitionOf } from '../../test/support/compiled-stage.ts'
import { compileDeployment } from './compile-deployment.ts'
import type { CompiledCacheKey } from './compiled-deployment.ts'
import type { IntegrationDefinition } from './definition.ts'

function cacheKeyOf(integration: Partial<IntegrationDefinition>): CompiledCacheKey | undefined {
  const proxy = { type: 'HTTP_PROXY' as const, httpMethod: 'GET', uri: 'http://h/' }
  const definition = definitionOf({ integrations: { 'GET /': { ...proxy, ...integration } } })
  return compileDeployment(definition).router.match('GET', '/')?.value.cacheKey
}

describe('compileCacheKey()', () => {
  test('takes the namespace, or the id of the resource', () => {
    assert.equal(cacheKeyOf({})?.namespace, 'res000')
    assert.equal(cacheKeyOf({ cacheNamespace: '' })?.namespace, 'res000')
    assert.equal(cacheKeyOf({ cacheNamespace: 'pets' })?.namespace, 'pets')
  })

  test('reads parameters of the method, in their order, header names without case', () => {
    const cacheKeyParameters = [
      'method.request.header.X-Tenant',
      'method.request.path.id',
      'method.request.multivaluequerystring.Type',
    ]
    assert.deepEqual(cacheKeyOf({ cacheKeyParameters })?.parameters, [
      [{ from: 'header', name: 'x-tenant' }],
      [{ from: 'path', name: 'id' }],
      [{ from: 'written-querystring', name: 'Type' }],
    ])
    assert.deepEqual(cacheKeyOf({ type: 'HTTP', cacheKeyParameters })?.parameters.at(-1), [
      { from: 'querystring', name: 'Type' },
    ])
  })

  test('reads parameters of the integration as it sees them: mapped, and of a proxy the client’s', () => {
    const given = {
      requestParameters: { 'integration.request.header.a': 'method.request.body' },
      cacheKeyParameters: ['integration.request.header.a', 'integration.request.querystring.b'],
    }
    const mapped = { from: 'mapping', source: { kind: 'method.request.body', jsonPath: undefined } }
    const ofClient = [
      { from: 'header', name: 'a' },
      { from: 'written-querystring', name: 'b' },
    ]
    const proxied = cacheKeyOf(given)
    assert.equal(proxied?.readsBody, true)
    assert.deepEqual(proxied.parameters, [[mapped, ofClient[0]], [ofClient[1]]])
    assert.deepEqual(cacheKeyOf({ ...given, type: 'HTTP' })?.parameters, [[mapped], []])
  })

  test('has no key for what is streamed, cannot run, or names no parameter', () => {
    assert.equal(cacheKeyOf({ responseTransferMode: 'STREAM' }), undefined)
    assert.equal(
      cacheKeyOf({ requestParameters: { 'integration.request.header.a': '' } }),
      undefined,
    )
    assert.equal(cacheKeyOf({ cacheKeyParameters: ['method.request.body'] }), undefined)
  })
})
