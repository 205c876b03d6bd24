import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  UpdateStageCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { startHttpBackend, type HttpBackend } from '../support/http-backend.ts'
import { apiGatewayClient, startGateway, type RunningGateway } from '../support/running-gateway.ts'
import { get, startSteadyLoad, type Answer } from '../support/steady-load.ts'

/**
 * One API, three stages, three integration endpoints, two workers. Every deployment and every variable
 * is visible in two places of what an endpoint receives (the path and a header), so a request that
 * mixed two of either would show.
 */
const stageNames = ['dev', 'test', 'prod'] as const
type StageName = (typeof stageNames)[number]

interface Seen {
  readonly stage: StageName
  readonly deploymentInPath: string
  readonly deploymentInHeader: string
  readonly variableInPath: string
  readonly variableInHeader: string
}

function startStageBackend(stage: StageName): Promise<HttpBackend> {
  return startHttpBackend((request, response) => {
    const [, deployment = '', variable = ''] = (request.url ?? '').split('/')
    const seen: Seen = {
      stage,
      deploymentInPath: deployment,
      deploymentInHeader: String(request.headers['x-deployment']),
      variableInPath: variable,
      variableInHeader: String(request.headers['x-variable']),
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(seen))
  })
}

describe('three stages of one API', () => {
  const changesCount = Number(process.env['STAGEDOOR_TEST_CHANGES'] ?? 1000)
  const agent = new Agent({ keepAlive: true })
  const backends = new Map<StageName, HttpBackend>()
  let gateway: RunningGateway
  let client: APIGatewayClient
  let restApiId = ''
  let resourceId = ''

  before(async () => {
    for (const name of stageNames) backends.set(name, await startStageBackend(name))
    gateway = await startGateway({ arguments: ['--workers', '2'] })
    client = apiGatewayClient(gateway.endpoint)
    const api = await client.send(new CreateRestApiCommand({ name: 'shop' }))
    restApiId = api.id ?? ''
    const resource = await client.send(
      new CreateResourceCommand({ restApiId, parentId: api.rootResourceId, pathPart: 'who' }),
    )
    resourceId = resource.id ?? ''
    await client.send(
      new PutMethodCommand({ restApiId, resourceId, httpMethod: 'GET', authorizationType: 'NONE' }),
    )
    await edit('d0')
    for (const stageName of stageNames) {
      const variables = { backend: backends.get(stageName)?.authority ?? '', marker: 'v0' }
      await client.send(new CreateDeploymentCommand({ restApiId, stageName, variables }))
    }
  })

  after(async () => {
    agent.destroy()
    await gateway[Symbol.asyncDispose]()
    for (const backend of backends.values()) await backend[Symbol.asyncDispose]()
  })

  async function edit(marker: string): Promise<void> {
    await client.send(
      new PutIntegrationCommand({
        restApiId,
        resourceId,
        httpMethod: 'GET',
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'GET',
        uri: `http://\${stageVariables.backend}/${marker}/\${stageVariables.marker}`,
        requestParameters: {
          'integration.request.header.x-deployment': `'${marker}'`,
          'integration.request.header.x-variable': 'stageVariables.marker',
        },
      }),
    )
  }

  async function deploy(stageName?: StageName): Promise<string> {
    const { id = '' } = await client.send(
      new CreateDeploymentCommand({ restApiId, ...(stageName === undefined ? {} : { stageName }) }),
    )
    return id
  }

  async function replace(stageName: StageName, path: string, value: string): Promise<void> {
    const patchOperations = [{ op: 'replace' as const, path, value }]
    await client.send(new UpdateStageCommand({ restApiId, stageName, patchOperations }))
  }

  const urlOf = (stage: StageName) =>
    `${gateway.endpoint}/_aws/execute-api/${restApiId}/${stage}/who`

  /** What a stage serves now, asked several times so that both workers answer. */
  async function serves(stage: StageName): Promise<string> {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => get(agent, urlOf(stage)).then(parse)),
    )
    const texts = new Set(
      answers.map((seen) => `${seen.stage} ${seen.deploymentInPath} ${seen.variableInPath}`),
    )
    return [...texts].join(', ')
  }

  function parse(answer: Answer): Seen {
    assert.equal(answer.status, 200, answer.body)
    return JSON.parse(answer.body)
  }

  test('reach their own endpoints', async () => {
    for (const stage of stageNames) assert.equal(await serves(stage), `${stage} d0 v0`)
  })

  test('a variable acts on the next request, on its stage alone', async () => {
    await replace('dev', '/variables/marker', 'v1')
    assert.equal(await serves('dev'), 'dev d0 v1')
    assert.equal(await serves('test'), 'test d0 v0')
  })

  test('an edit without a deployment acts on no stage; one to dev acts on dev alone', async () => {
    await edit('d1')
    for (const stage of stageNames) assert.match(await serves(stage), / d0 /)
    await deploy('dev')
    assert.match(await serves('dev'), / d1 /)
    assert.match(await serves('test'), / d0 /)
    assert.match(await serves('prod'), / d0 /)
  })

  test('prod goes forward and is rolled back to what it was', async () => {
    const old = await deploy()
    await replace('prod', '/deploymentId', old)
    assert.match(await serves('prod'), / d1 /)
    await edit('d2')
    const next = await deploy()
    await replace('prod', '/deploymentId', next)
    assert.match(await serves('prod'), / d2 /)
    await replace('prod', '/deploymentId', old)
    assert.match(await serves('prod'), / d1 /)
  })

  test(`${changesCount} changes under load fail no request and mix no two deployments`, async (t) => {
    const load = startSteadyLoad({
      urls: stageNames.map(urlOf),
      connections: 8,
      check: (url, answer) => mixture(url, answer),
    })
    const deployments: string[] = [await deploy(), await deploy()]
    for (let change = 0; change < changesCount && load.complaints.length === 0; change += 1) {
      const stage = stageNames[change % stageNames.length] ?? 'dev'
      const kind = change % 5
      if (kind === 0) {
        await edit(`e${change}`)
        deployments.push(await deploy())
        if (deployments.length > 10) deployments.shift()
      } else if (kind === 1) await deploy('dev')
      else if (kind === 2) {
        const target = deployments[change % deployments.length] ?? ''
        await replace(stage, '/deploymentId', target)
      } else {
        await replace(stage, '/variables/marker', `w${change}`)
        assert.match(await serves(stage), new RegExp(`^${stage} \\w+ w${change}$`))
      }
    }
    await load.stop()
    t.diagnostic(`${load.requests()} requests during ${changesCount} changes`)
    assert.deepEqual(load.complaints, [])
    assert.ok(load.requests() > changesCount)
  })

  function mixture(url: string, answer: Answer): string | undefined {
    if (answer.status !== 200) return `status ${answer.status}: ${answer.body}`
    const seen: Seen = JSON.parse(answer.body)
    if (!url.includes(`/${seen.stage}/`)) return `reached the endpoint of ${seen.stage}`
    if (seen.deploymentInPath !== seen.deploymentInHeader)
      return `mixes deployments: ${answer.body}`
    if (seen.variableInPath !== seen.variableInHeader) return `mixes variables: ${answer.body}`
    return undefined
  }
})
