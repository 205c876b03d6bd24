import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  apiDefinitionOf,
  type ApiSketch,
  hashOf,
  largeApi,
  type MethodSketch,
} from '../../test/support/api-definition.ts'
import { goldenCases } from '../../test/support/golden-json.ts'
import { compileDeployment, compileDeploymentSteps } from './compile-deployment.ts'
import type { CompiledDeployment, CompiledMethod } from './compiled-deployment.ts'
import { encodeDefinition } from './definition-codec.ts'
import type { ApiDefinition } from './definition.ts'

describe('compileDeployment()', () => {
  const cases = goldenCases('snapshot')
  assert.ok(cases.length > 10)
  for (const { name, input, check } of cases) {
    test(name, () => {
      // The files of this folder hold sketches.
      check(described(compileDeployment(apiDefinitionOf(input as ApiSketch))))
    })
  }

  test('compiles equal definitions to equal deployments', () => {
    const [one, other] = [compileDeployment(largeApi(50)), compileDeployment(largeApi(50))]
    assert.deepEqual(described(one), described(other))
    assert.equal(one.definitionHash, other.definitionHash)
  })

  test('gives frozen values', () => {
    for (const { input } of cases) {
      const compiled = compileDeployment(apiDefinitionOf(input as ApiSketch))
      assertFrozen(compiled, 'deployment')
      for (const entry of compiled.router.entries()) assertFrozen(entry.value, entry.path)
    }
  })

  test('compiles equal pieces once', () => {
    const integration: MethodSketch['integration'] = {
      type: 'HTTP',
      httpMethod: 'GET',
      uri: 'http://h/',
      requestParameters: { 'integration.request.header.a': "'b'" },
      requestTemplates: { 'application/json': '{}' },
      integrationResponses: { 200: { selectionPattern: '2\\d\\d' } },
    }
    const { router } = compileDeployment(
      apiDefinitionOf({
        methods: {
          'GET /a': { integration: { ...integration, cacheNamespace: 'a' } },
          'GET /b': { integration: { ...integration, cacheNamespace: 'b', uri: 'http://h/b' } },
        },
      }),
    )
    const [a, b] = ['/a', '/b'].map((path) => router.match('GET', path)?.value.integration)
    assert.ok(a?.type === 'HTTP' && b?.type === 'HTTP')
    assert.notEqual(a.uri, b.uri)
    assert.equal(a.responses, b.responses)
    assert.equal(a.requestParameters, b.requestParameters)
    assert.equal(a.requestTemplates, b.requestTemplates)
  })

  test('refuses a path that comes twice', () => {
    const definition = apiDefinitionOf({ methods: { 'GET /a': { integration: {} } } })
    const twice: ApiDefinition = {
      ...definition,
      resources: [...definition.resources, ...definition.resources],
    }
    assert.throws(() => compileDeployment(twice), { name: 'InvariantError' })
  })
})

describe('compileDeploymentSteps()', () => {
  test('pauses before each model and resource', () => {
    const definition = apiDefinitionOf({
      methods: { 'GET /a': { integration: {} }, 'GET /b': { integration: {} } },
      api: { models: { Pet: { contentType: 'application/json', schema: '{}' } } },
    })
    const steps = compileDeploymentSteps(encodeDefinition(definition), hashOf('a'))
    let pauses = 0
    let step = steps.next()
    for (; step.done !== true; step = steps.next()) pauses++
    assert.equal(pauses, 3)
    assert.equal(step.value.definitionHash, hashOf('a'))
    assert.equal(step.value.router.match('GET', '/b')?.value.resourcePath, '/b')
  })

  test('ends with the error of the first line that is wrong', () => {
    const bytes = new TextEncoder().encode('{"format":1}\n["resource"\n')
    const steps = compileDeploymentSteps(bytes, hashOf('a'))
    assert.throws(() => [...steps], { name: 'DefinitionFormatError' })
    assert.throws(() => [...compileDeploymentSteps(new Uint8Array(), hashOf('a'))], /is empty/)
  })
})

function assertFrozen(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return
  if (value instanceof Map) {
    for (const [key, member] of value) assertFrozen(member, `${path}.${String(key)}`)
    return
  }
  assert.ok(Object.isFrozen(value), `${path} is not frozen`)
  for (const [name, member] of Object.entries(value)) assertFrozen(member, `${path}.${name}`)
}

/** A deployment as a reviewer wants to read it: methods by route, engines by their text. */
function described({ router, ...deployment }: CompiledDeployment): unknown {
  const methods = [...router.entries()]
    .map(({ path, methodKey, value }) => [`${methodKey} ${path}`, plain(value)] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  const { definitionHash, ...rest } = deployment
  assert.match(definitionHash, /^[0-9a-f]{64}$/)
  return { ...plain(rest), methods: Object.fromEntries(methods) }
}

function plain(
  compiled: CompiledMethod | Omit<CompiledDeployment, 'router' | 'definitionHash'>,
): object {
  const text = JSON.stringify(compiled, (name, member: unknown) => {
    if (member instanceof Map) {
      return Object.fromEntries([...member].map(([key, value]) => [key, value ?? null]))
    }
    // One without parameters says what the integration says.
    if (name === 'cacheKey' && isBare(member)) return undefined
    if ((name === 'uri' || name === 'pattern') && typeof member === 'object' && member !== null) {
      return 'text' in member ? member.text : member
    }
    return member
  })
  return JSON.parse(text)
}

function isBare(cacheKey: unknown): boolean {
  return (cacheKey as CompiledMethod['cacheKey'])?.parameters.length === 0
}
