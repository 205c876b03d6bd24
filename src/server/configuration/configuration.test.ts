import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigurationError, parseConfiguration } from './configuration.ts'
import type { ConfigurationSources } from './given-settings.ts'
import {
  awsServicePlacesOf,
  awsServicesOf,
  threadAwsServicesOf,
} from '../management/aws-services.ts'
import { createOwnServices } from '../management/own-services.ts'

const parse = (sources: Partial<ConfigurationSources>) =>
  parseConfiguration({ flags: {}, environment: {}, file: undefined, ...sources })

const refusal = (sources: Partial<ConfigurationSources>): string => {
  try {
    parse(sources)
  } catch (error) {
    assert.ok(error instanceof ConfigurationError)
    return error.message
  }
  return assert.fail('it was accepted')
}

describe('parseConfiguration()', () => {
  test('is loopback, port 4566, state on disk, one worker when nothing is said', () => {
    const configuration = parse({})
    assert.deepEqual(configuration.main, { host: '127.0.0.1', port: 4566 })
    assert.deepEqual(configuration.state, { kind: 'sqlite', directory: '.stagedoor' })
    assert.equal(configuration.gateway, undefined)
    assert.equal(configuration.workerCount, 1)
    assert.equal(configuration.account, '000000000000')
    assert.equal(configuration.region, 'us-east-1')
    assert.equal(configuration.quotas.resourcesPerApi, 300)
    assert.deepEqual(configuration.notices, [])
  })

  test('lets a flag beat a variable, and a variable beat the file', () => {
    const file = JSON.stringify({ port: 1, workers: 2, region: 'eu-west-1' })
    const environment = { STAGEDOOR_PORT: '3', STAGEDOOR_WORKERS: '4' }
    const { main, workerCount, region } = parse({ flags: { port: '5' }, environment, file })
    assert.deepEqual([main.port, workerCount, region], [5, 4, 'eu-west-1'])
  })

  test('takes the addresses of VPC link targets, from a flag, a variable or the file', () => {
    const arn = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/shop/5'
    const vpcLinkTarget = [`${arn}a=10.0.0.7:80`, `${arn}b=nlb.internal`]
    for (const sources of [
      { flags: { vpcLinkTarget } },
      { environment: { STAGEDOOR_VPC_LINK_TARGET: vpcLinkTarget.join(',') } },
      { file: JSON.stringify({ vpcLinkTarget }) },
    ]) {
      assert.deepEqual(parse(sources).vpcLinkTargets, {
        [`${arn}a`]: { hostname: '10.0.0.7', port: 80 },
        [`${arn}b`]: { hostname: 'nlb.internal', port: undefined },
      })
    }
    assert.deepEqual(parse({}).vpcLinkTargets, {})
  })

  test('takes the endpoints of AWS services and who signs for roles', () => {
    const role = 'arn:aws:iam::123456789012:role/'
    const awsEndpoint = ['sqs=http://localhost:9324/', 's3=aws', '*=https://emulator:8443/aws']
    const awsRole = [`${role}a=environment`, `${role}b*=ORDERS`, '*=account']
    const environment = {
      ...{ AWS_ACCESS_KEY_ID: 'one', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' },
      ...{ ORDERS_AWS_ACCESS_KEY_ID: 'two', ORDERS_AWS_SECRET_ACCESS_KEY: 'secret' },
    }
    const { awsServices } = parse({ flags: { awsEndpoint, awsRole }, environment })
    const own = createOwnServices({ forward: assert.fail }, 1)
    const port = awsServicesOf(structuredClone(threadAwsServicesOf(awsServices)), own)
    assert.deepEqual(port.findEndpoint('sqs'), {
      kind: 'url',
      origin: { protocol: 'http:', hostname: 'localhost', port: 9324 },
      host: 'localhost:9324',
      pathPrefix: '',
    })
    assert.deepEqual(port.findEndpoint('s3'), { kind: 'aws' })
    assert.deepEqual(port.findEndpoint('lambda'), { kind: 'own', upstream: own })
    const other = port.findEndpoint('sns')
    assert.deepEqual(other?.kind === 'url' && [other.origin.port, other.pathPrefix], [8443, '/aws'])
    const keyOf = (arn: string) => port.findCredentials(arn)?.accessKeyId
    assert.deepEqual(
      [keyOf(`${role}a`), keyOf(`${role}bc`), keyOf(`${role}c`), keyOf('none')],
      ['one', 'two', '123456789012', undefined],
    )
    assert.equal(port.findCredentials(`${role}a`)?.sessionToken?.reveal(), 'token')
    assert.equal(awsServicePlacesOf(awsServices).findEndpoint('sns')?.kind, 'url')
    assert.equal(awsServicePlacesOf(parse({}).awsServices).findEndpoint('sns'), undefined)
  })

  test('refuses endpoints and roles that it cannot read', () => {
    const role = 'arn:aws:iam::123456789012:role/a'
    for (const awsEndpoint of [['sqs'], ['sqs=ftp://a'], ['sqs=own'], ['a=aws', 'a=http://b']]) {
      assert.throws(() => parse({ flags: { awsEndpoint } }), /--aws-endpoint: /)
    }
    for (const awsRole of [['a=account'], [role], [`${role}=account`, `${role}=account`]]) {
      assert.throws(() => parse({ flags: { awsRole } }), /--aws-role: /)
    }
    assert.throws(
      () => parse({ flags: { awsRole: [`${role}=X`] } }),
      /needs X_AWS_ACCESS_KEY_ID and X_AWS_SECRET_ACCESS_KEY in the environment/,
    )
  })

  test('takes what is said about functions, from a flag, a variable or the file', () => {
    const functionRuntime = ['ruby3.3=ruby -W0 /opt/boot.rb', 'go1.x=/opt/go']
    const expected = {
      runtimeCommands: { 'ruby3.3': ['ruby', '-W0', '/opt/boot.rb'], 'go1.x': ['/opt/go'] },
      sandboxesMax: 8,
      idleMs: 60_000,
      log: 'all',
      awsEndpoint: { kind: 'url', url: 'http://10.0.0.7:8080' },
    }
    const members = {
      functionRuntime,
      functionProcesses: '8',
      functionIdleSeconds: '60',
      functionLog: 'all',
      functionAwsEndpoint: 'http://10.0.0.7:8080/',
    }
    const environment = {
      STAGEDOOR_FUNCTION_RUNTIME: functionRuntime.join(','),
      STAGEDOOR_FUNCTION_PROCESSES: '8',
      STAGEDOOR_FUNCTION_IDLE_SECONDS: '60',
      STAGEDOOR_FUNCTION_LOG: 'all',
      STAGEDOOR_FUNCTION_AWS_ENDPOINT: 'http://10.0.0.7:8080/',
    }
    for (const sources of [
      { flags: members },
      { environment },
      { file: JSON.stringify(members) },
    ]) {
      assert.deepEqual(parse(sources).functions, { ...expected, endpoint: undefined })
    }
    const { endpoint, sandboxesMax, idleMs, log, awsEndpoint } = parse({}).functions
    assert.deepEqual([endpoint, sandboxesMax, idleMs], [undefined, 64, 300_000])
    assert.deepEqual([log, awsEndpoint], ['output', { kind: 'own' }])
    const { functions: none } = parse({ flags: { functionAwsEndpoint: 'none' } })
    assert.deepEqual(none.awsEndpoint, { kind: 'aws' })
  })

  test('takes a Lambda endpoint with the credentials of the environment, which are not shown', () => {
    const flags = { lambdaEndpoint: 'http://127.0.0.1:3002/' }
    const environment = { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 'hidden' }
    const { endpoint } = parse({ flags, environment }).functions
    assert.equal(endpoint?.url, 'http://127.0.0.1:3002')
    assert.equal(endpoint.credentials.accessKeyId, 'AKIA1')
    assert.equal(endpoint.credentials.secretAccessKey.reveal(), 'hidden')
    assert.doesNotMatch(JSON.stringify(endpoint), /hidden/)
    assert.match(refusal({ flags }), /^--lambda-endpoint needs AWS_ACCESS_KEY_ID/)
  })

  test('refuses a runtime without a command, or with two, and an endpoint that is none', () => {
    for (const functionRuntime of [['ruby3.3'], ['ruby3.3=a', 'ruby3.3=b']]) {
      assert.match(refusal({ flags: { functionRuntime } }), /^--function-runtime: ruby3\.3/)
    }
    assert.match(
      refusal({ flags: { lambdaEndpoint: 'lambda' } }),
      /^--lambda-endpoint: expected http/,
    )
    assert.match(refusal({ flags: { functionProcesses: '0' } }), /^--function-processes: expected/)
    assert.match(refusal({ flags: { functionLog: 'some' } }), /^--function-log: expected output/)
    assert.match(
      refusal({ flags: { functionAwsEndpoint: 'here' } }),
      /^--function-aws-endpoint: expected own, none or/,
    )
  })

  test('keeps what the URL of a Redis holds to itself', () => {
    const url = 'rediss://user:hidden@cache.test:6380/3'
    const { redis, countersWithoutStore } = parse({ flags: { redisUrl: url } })
    assert.equal(redis?.url.reveal(), url)
    assert.equal(redis.commandMs, 100)
    assert.equal(countersWithoutStore, 'local')
    assert.doesNotMatch(JSON.stringify(redis), /hidden/)
    for (const redisUrl of ['http://user:hidden@cache.test', 'cache.test:6379', 'redis://h/name']) {
      assert.equal(
        refusal({ flags: { redisUrl } }),
        '--redis-url: expected redis://host:port/0 or rediss://host:port/0',
      )
    }
    assert.match(
      refusal({ flags: { countersWhenStoreIsGone: 'ignore' } }),
      /^--counters-when-store-is-gone: expected local, allow, deny/,
    )
  })

  test('refuses a VPC link target without an address, or with two', () => {
    const entry = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/shop/5'
    for (const vpcLinkTarget of [[entry], [`${entry}=a:1`, `${entry}=b:1`]]) {
      assert.throws(() => parse({ flags: { vpcLinkTarget } }), /--vpc-link-target: arn:aws:elastic/)
    }
  })

  test('changes the quotas that are named, from a flag, a variable or the file', () => {
    const quota = ['resourcesPerApi=10000', 'stagesPerApi=2000']
    for (const sources of [
      { flags: { quota } },
      { environment: { STAGEDOOR_QUOTA: quota.join(',') } },
      { file: JSON.stringify({ quota }) },
    ]) {
      const { quotas } = parse(sources)
      assert.equal(quotas.resourcesPerApi, 10_000)
      assert.equal(quotas.stagesPerApi, 2000)
      assert.equal(quotas.regionalApis, 600)
    }
  })

  test('takes the stronger of memory and dataDir, and memory when one source says both', () => {
    const environment = { STAGEDOOR_DATA_DIR: '/srv' }
    assert.deepEqual(parse({ flags: { memory: true }, environment }).state, { kind: 'memory' })
    assert.deepEqual(
      parse({ flags: { dataDir: '/srv' }, environment: { STAGEDOOR_MEMORY: '1' } }).state,
      { kind: 'sqlite', directory: '/srv' },
    )
    const both = parse({ flags: { memory: true, dataDir: '/srv' } })
    assert.deepEqual(both.state, { kind: 'memory' })
    assert.match(both.notices.join(), /\/srv is not used/)
  })

  test('refuses management beyond loopback unless the risk is accepted by name', () => {
    for (const host of ['0.0.0.0', '::', '10.1.2.3', 'example.com']) {
      assert.match(refusal({ flags: { host } }), /--allow-unauthenticated-management-from-network/)
    }
    const flags = { host: '0.0.0.0', allowUnauthenticatedManagementFromNetwork: true }
    assert.equal(parse({ flags }).main.host, '0.0.0.0')
  })

  test('lets execute-api leave loopback on its own address', () => {
    const { main, gateway } = parse({ flags: { gatewayListen: '0.0.0.0:8080' } })
    assert.deepEqual(gateway, { host: '0.0.0.0', port: 8080 })
    assert.equal(main.host, '127.0.0.1')
  })

  test('lets both addresses take free ports', () => {
    const { main, gateway } = parse({ flags: { port: '0', gatewayListen: '127.0.0.1:0' } })
    assert.deepEqual(main, gateway)
  })

  test("understands LocalStack's variables where Stagedoor is told nothing", () => {
    const environment = { GATEWAY_LISTEN: '127.0.0.1:5000,127.0.0.1:443', SERVICES: 'apigateway' }
    const { main, notices } = parse({ environment })
    assert.deepEqual(main, { host: '127.0.0.1', port: 5000 })
    assert.match(notices.join(), /SERVICES is ignored/)
    assert.equal(parse({ environment: { EDGE_PORT: '4510' } }).main.port, 4510)
    assert.equal(parse({ environment, file: '{"port":1}' }).main.port, 1)
  })

  test('leaves an open address from LocalStack refused like any other', () => {
    assert.match(refusal({ environment: { GATEWAY_LISTEN: '0.0.0.0:4566' } }), /loopback/)
  })

  const refused: readonly [string, Partial<ConfigurationSources>, RegExp][] = [
    [
      'an unknown variable',
      { environment: { STAGEDOOR_PROT: '1' } },
      /STAGEDOOR_PROT: there is no/,
    ],
    ['an unknown member', { file: '{"prot":1}' }, /prot in the config file: there is no such/],
    ['a config file that names another', { file: '{"config":"x"}' }, /config in the config file/],
    ['a config file that is not JSON', { file: '{' }, /not a JSON object: .*position 1/],
    ['a port that is none', { flags: { port: '65536' } }, /--port: expected .* found "65536"/],
    ['a port with letters', { environment: { STAGEDOOR_PORT: '45x' } }, /STAGEDOOR_PORT/],
    ['an account of 11 digits', { flags: { account: '12345678901' } }, /12 digits/],
    ['a region that is none', { flags: { region: 'Europe' } }, /--region/],
    ['no workers', { flags: { workers: '0' } }, /from 1 to 64/],
    [
      'an unknown quota',
      { flags: { quota: ['stages=1'] } },
      /--quota: stages is unknown; there are/,
    ],
    ['a quota of no number', { flags: { quota: ['stagesPerApi=many'] } }, /stagesPerApi=many/],
    ['a negative quota', { flags: { quota: ['stagesPerApi=-1'] } }, /whole number/],
    ['a quota named like a member of Object', { flags: { quota: ['toString=1'] } }, /unknown/],
    ['auth that is not built', { flags: { auth: 'iam' } }, /not built/],
    ['auth that does not exist', { flags: { auth: 'none' } }, /unknown/],
    ['an address without port', { flags: { gatewayListen: '0.0.0.0' } }, /host:port/],
    [
      "execute-api's own address where everything is",
      { flags: { gatewayListen: '127.0.0.1:4566' } },
      /^--gateway-listen 127\.0\.0\.1:4566 is the address of --host and --port/,
    ],
    ['a switch with another word', { environment: { STAGEDOOR_MEMORY: 'yes' } }, /true or false/],
    ['a log level that is none', { flags: { logLevel: 'loud' } }, /info, warn, error, silent/],
  ]
  for (const [name, sources, expected] of refused) {
    test(`refuses ${name}`, () => assert.match(refusal(sources), expected))
  }

  test('names everything that is wrong at once', () => {
    const message = refusal({
      flags: { port: 'x', workers: 'y' },
      environment: { STAGEDOOR_A: '' },
    })
    assert.equal(message.split('\n').length, 3)
  })

  test('leaves variables of test suites alone', () => {
    assert.equal(parse({ environment: { STAGEDOOR_TEST_SKIPS: 'fail' } }).workerCount, 1)
  })
})
