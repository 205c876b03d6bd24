import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type MethodKey, methodNames } from '../aws/identifiers.ts'
import {
  buildResourceRouter,
  type ResourceRouter,
  type RouteEntry,
  startResourceRouter,
} from './resource-router.ts'

/** Runs of the property; `STAGEDOOR_ROUTER_RUNS` for more. */
const runs = Number(process.env['STAGEDOOR_ROUTER_RUNS'] ?? 100_000)

function routerOf(...routes: readonly string[]): ResourceRouter<string> {
  return buildResourceRouter(routes.map(entryOf))
}

/** `GET /pets` as an entry whose value is that text. */
function entryOf(route: string): RouteEntry<string> {
  const [methodKey = '', path = ''] = route.split(' ')
  // The tests below write verbs that exist.
  return { methodKey: methodKey as MethodKey, path, value: route }
}

function found(router: ResourceRouter<string>, methodName: string, path: string): unknown {
  const match = router.match(methodName, path)
  return match && [match.value, Object.fromEntries(match.pathParameters)]
}

describe('match()', () => {
  // Observed: https://github.com/ministackorg/ministack/pull/1423 measured this API on AWS.
  test('resolves on verb and path together', () => {
    const router = routerOf('ANY /{proxy+}', 'GET /jobs/{operation}', 'OPTIONS /cors')
    assert.deepEqual(found(router, 'GET', '/jobs/reboot'), [
      'GET /jobs/{operation}',
      { operation: 'reboot' },
    ])
    assert.deepEqual(found(router, 'GET', '/jobs'), ['ANY /{proxy+}', { proxy: 'jobs' }])
    assert.deepEqual(found(router, 'POST', '/jobs/reboot'), [
      'ANY /{proxy+}',
      { proxy: 'jobs/reboot' },
    ])
    assert.deepEqual(found(router, 'GET', '/cors'), ['ANY /{proxy+}', { proxy: 'cors' }])
  })

  test('comes back from a static branch that leads nowhere', () => {
    const router = routerOf('GET /part1', 'GET /part1/fixed', 'GET /{param+}')
    assert.deepEqual(found(router, 'GET', '/part1/other'), [
      'GET /{param+}',
      { param: 'part1/other' },
    ])
  })

  test('comes back from a parameter and forgets its value', () => {
    const router = routerOf('GET /a/{x}/end', 'GET /a/{rest+}', 'GET /{any}/b/c')
    assert.deepEqual(found(router, 'GET', '/a/b/c'), ['GET /a/{rest+}', { rest: 'b/c' }])
    assert.deepEqual(found(router, 'GET', '/z/b/c'), ['GET /{any}/b/c', { any: 'z' }])
  })

  test('prefers static to {param} to {proxy+}', () => {
    const router = routerOf('GET /a/b', 'GET /a/{x}', 'GET /a/{rest+}')
    assert.deepEqual(found(router, 'GET', '/a/b'), ['GET /a/b', {}])
    assert.deepEqual(found(router, 'GET', '/a/c'), ['GET /a/{x}', { x: 'c' }])
    assert.deepEqual(found(router, 'GET', '/a/c/d'), ['GET /a/{rest+}', { rest: 'c/d' }])
  })

  test('prefers the exact verb to ANY on one resource, and a static ANY to a greedy exact verb', () => {
    const router = routerOf('ANY /test', 'GET /test', 'OPTIONS /{proxy+}')
    assert.deepEqual(found(router, 'GET', '/test'), ['GET /test', {}])
    assert.deepEqual(found(router, 'OPTIONS', '/test'), ['ANY /test', {}])
  })

  test('lets ANY stand for the seven verbs only', () => {
    const router = routerOf('ANY /')
    for (const methodName of methodNames) assert.ok(router.match(methodName, '/'))
    for (const methodName of ['TRACE', 'CONNECT', 'ANY', 'get', '']) {
      assert.equal(router.match(methodName, '/'), undefined)
    }
  })

  test('implies neither HEAD by GET nor OPTIONS by anything', () => {
    const router = routerOf('GET /a')
    assert.equal(router.match('HEAD', '/a'), undefined)
    assert.equal(router.match('OPTIONS', '/a'), undefined)
  })

  test('asks one segment at least of {proxy+}', () => {
    const router = routerOf('GET /parent/{proxy+}', 'GET /{proxy+}')
    assert.equal(found(router, 'GET', '/'), undefined)
    assert.deepEqual(found(router, 'GET', '/parent'), ['GET /{proxy+}', { proxy: 'parent' }])
    assert.deepEqual(found(router, 'GET', '/parent/'), ['GET /{proxy+}', { proxy: 'parent' }])
  })

  test('ignores slashes at the end and all but one at the start', () => {
    const router = routerOf('GET /', 'GET /hardcoded', 'GET /files/{proxy+}')
    assert.deepEqual(found(router, 'GET', '//hardcoded'), ['GET /hardcoded', {}])
    assert.deepEqual(found(router, 'GET', '/hardcoded/'), ['GET /hardcoded', {}])
    assert.deepEqual(found(router, 'GET', ''), ['GET /', {}])
    assert.deepEqual(found(router, 'GET', '///'), ['GET /', {}])
    assert.deepEqual(found(router, 'GET', '/files/a/'), ['GET /files/{proxy+}', { proxy: 'a' }])
  })

  test('keeps double slashes within {proxy+} and gives empty segments to nothing else', () => {
    const router = routerOf('GET /{proxy+}', 'GET /a/{x}/b')
    assert.deepEqual(found(router, 'GET', '/v//double-slash'), [
      'GET /{proxy+}',
      { proxy: 'v//double-slash' },
    ])
    assert.deepEqual(found(router, 'GET', '/a//b'), ['GET /{proxy+}', { proxy: 'a//b' }])
  })

  test('compares segments as sent and leaves parameters encoded', () => {
    const router = routerOf('GET /users', 'GET /users/{id}')
    assert.equal(found(router, 'GET', '/Users'), undefined)
    assert.equal(found(router, 'GET', '/%75sers'), undefined)
    assert.deepEqual(found(router, 'GET', '/users/a%2Fb+c%40d'), [
      'GET /users/{id}',
      { id: 'a%2Fb+c%40d' },
    ])
  })

  test('takes names that objects have for what they are', () => {
    const router = routerOf('GET /constructor/{__proto__}', 'GET /{toString}')
    const match = router.match('GET', '/constructor/x')
    assert.deepEqual([...(match?.pathParameters ?? [])], [['__proto__', 'x']])
    assert.equal(router.match('GET', '/__proto__')?.pathParameters.get('toString'), '__proto__')
    assert.equal(router.match('GET', '/__proto__')?.pathParameters.get('valueOf'), undefined)
  })

  test('stays bounded on paths made to hurt', () => {
    const choices = ['a', '{x}'].flatMap((a) => ['a', '{x}'].map((b) => `${a}/${b}`))
    const router = routerOf(
      ...choices.flatMap((a) => choices.map((b) => `POST /${a}/${b}/end`)),
      'GET /{proxy+}',
      `GET ${'/a'.repeat(4000)}`,
    )
    const paths = ['/a'.repeat(4999), '/'.repeat(10_240), '/a//'.repeat(2560), 'x'.repeat(10_240)]
    for (const path of [...paths, `${'/a'.repeat(3999)}/b`]) {
      const before = performance.now()
      for (let i = 0; i < 20; i++) router.match('GET', path)
      const eachMs = (performance.now() - before) / 20
      assert.ok(eachMs < 200, `${path.slice(0, 8)}… took ${eachMs} ms`)
    }
  })

  test('finds what a list searched in full finds', () => {
    fc.assert(
      fc.property(apis, paths, fc.constantFrom('GET', 'POST', 'TRACE'), (api, path, methodName) => {
        const router = buildResourceRouter(api)
        assert.deepEqual(found(router, methodName, path), searchInFull(api, methodName, path))
        assert.deepEqual([...router.entries()].length, api.length)
      }),
      { numRuns: runs },
    )
  })
})

describe('findResourcePath()', () => {
  test('names the resource whatever the verb', () => {
    const router = routerOf('POST /a/{x}', 'GET /{proxy+}')
    assert.equal(router.findResourcePath('/a/b'), '/a/{x}')
    assert.equal(router.findResourcePath('/'), undefined)
  })
})

describe('startResourceRouter()', () => {
  test('refuses a method twice, and entries once built', () => {
    const builder = startResourceRouter<string>()
    builder.add(entryOf('GET /a/{x}'))
    assert.throws(() => builder.add(entryOf('GET /a/{x}')), { name: 'InvariantError' })
    builder.add(entryOf('ANY /a/{x}'))
    assert.equal(builder.build().match('GET', '/a/1')?.value, 'GET /a/{x}')
    assert.throws(() => builder.add(entryOf('GET /b')), { name: 'InvariantError' })
  })
})

const words = fc.constantFrom('a', 'b', 'c')
const parts = fc.oneof(
  { weight: 4, arbitrary: words },
  { weight: 2, arbitrary: fc.constant('{p}') },
  { weight: 1, arbitrary: fc.constant('{g+}') },
)
const templates = fc
  .array(parts, { maxLength: 4 })
  .map((list) => {
    const greedyAt = list.indexOf('{g+}')
    return greedyAt === -1 ? list : list.slice(0, greedyAt + 1)
  })
  .map((list) => `/${list.map((part, i) => part.replace(/^\{([pg])/, `{$1${i}`)).join('/')}`)
const apis = fc.uniqueArray(
  fc
    .tuple(templates, fc.constantFrom<MethodKey>('GET', 'POST', 'ANY'))
    .map(([path, methodKey]) => entryOf(`${methodKey} ${path}`)),
  { selector: ({ value }) => value, maxLength: 12 },
)
const paths = fc
  .array(fc.oneof({ weight: 6, arbitrary: words }, fc.constantFrom('', '{p0}', 'z')), {
    maxLength: 6,
  })
  .map((segments) => `/${segments.join('/')}`)

/** Every method of the API against the path, the best by AWS's precedence: slow and obvious. */
function searchInFull(
  api: readonly RouteEntry<string>[],
  methodName: string,
  path: string,
): unknown {
  const segments = path.replace(/^\/+|\/+$/g, '').split('/')
  if (segments[0] === '' && segments.length === 1) segments.pop()
  const candidates = api
    .filter(
      ({ methodKey }) =>
        methodKey === methodName ||
        (methodKey === 'ANY' && methodNames.some((known) => known === methodName)),
    )
    .flatMap((entry) => {
      const tried = tryTemplate(entry.path.split('/').filter(Boolean), segments)
      return tried ? [{ entry, ...tried }] : []
    })
  candidates.sort(
    (one, other) =>
      one.rank.localeCompare(other.rank) ||
      Number(one.entry.methodKey === 'ANY') - Number(other.entry.methodKey === 'ANY'),
  )
  const [best] = candidates
  return best && [best.entry.value, best.parameters]
}

/** `rank`: a digit for each part, 0 static, 1 parameter, 2 greedy: the smaller text wins. */
function tryTemplate(
  template: readonly string[],
  segments: readonly string[],
): { rank: string; parameters: Record<string, string> } | undefined {
  const parameters: Record<string, string> = {}
  let rank = ''
  for (const [i, part] of template.entries()) {
    if (part.endsWith('+}')) {
      if (i >= segments.length) return undefined
      parameters[part.slice(1, -2)] = segments.slice(i).join('/')
      return { rank: `${rank}2`, parameters }
    }
    const segment = segments[i]
    if (segment === undefined || segment === '') return undefined
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = segment
    else if (part !== segment) return undefined
    rank += part.startsWith('{') ? '1' : '0'
  }
  return template.length === segments.length ? { rank, parameters } : undefined
}
