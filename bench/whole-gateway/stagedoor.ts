import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startPinned, type Running } from './proxies.ts'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** What the measured API looks like. */
export interface Shape {
  readonly name: string
  /** The checkout that is run: this one when none is named. */
  readonly checkout?: string
  /** Resources with a method, besides the greedy one that is measured. */
  readonly resources: number
  readonly stages: number
}

/**
 * Starts Stagedoor on a core with one worker and nothing on disk, and publishes an API whose
 * HTTP_PROXY integration takes the upstream's address from a stage variable.
 */
export async function startStagedoor(
  shape: Shape,
  core: number,
  upstreamPort: number,
): Promise<Running> {
  const running = await startEmpty(shape, core)
  const { origin, port } = new URL(running.url)
  const restApiId = await publish(Number(port), shape, upstreamPort)
  return { ...running, url: `${origin}/_aws/execute-api/${restApiId}/bench/v1/item` }
}

/** The same without an API; its URL is its own. */
export async function startEmpty(
  shape: Pick<Shape, 'name' | 'checkout'>,
  core: number,
): Promise<Running> {
  const port = await freePort()
  // The account's throttle counts every request, and refuses none.
  const quotas = [
    'resourcesPerApi=50000',
    'stagesPerApi=5000',
    'accountThrottleRate=1000000000',
    'accountThrottleBurst=1000000000',
  ]
  return startPinned({
    name: shape.name,
    core,
    port,
    command: [
      ...[process.execPath, '--disable-warning=ExperimentalWarning'],
      ...[
        join(shape.checkout ?? root, 'src', 'main.ts'),
        'start',
        '--memory',
        '--port',
        String(port),
      ],
      ...quotas.flatMap((quota) => ['--quota', quota]),
    ],
  })
}

/** Where the methods of a bench are published. */
export interface BenchApi {
  readonly client: APIGatewayClient
  readonly restApiId: string
  readonly rootResourceId: string
}

/** Two methods of one stage in one process, with the same endpoint: HTTP_PROXY, and one that is compared with it. */
export interface ComparedMethods {
  readonly proxied: Running
  readonly compared: Running
  stop(): Promise<void>
}

/** Starts a server, publishes `/proxied` and `/{path}` of the stage `bench` by `publish`, and says where they are. */
export async function startCompared(
  core: number,
  { path, name }: { readonly path: string; readonly name: string },
  publish: (api: BenchApi) => Promise<void>,
): Promise<ComparedMethods> {
  const running = await startEmpty({ name: 'HTTP_PROXY' }, core)
  const { origin } = new URL(running.url)
  const client = benchClient(origin)
  const { id: restApiId = '', rootResourceId = '' } = await client.send(
    new CreateRestApiCommand({ name: path }),
  )
  await publish({ client, restApiId, rootResourceId })
  const below = `${origin}/_aws/execute-api/${restApiId}/bench`
  return {
    proxied: { ...running, url: `${below}/proxied?limit=10` },
    compared: { ...running, name, url: `${below}/${path}?limit=10` },
    stop: () => running.stop(),
  }
}

function benchClient(endpoint: string): APIGatewayClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  return new APIGatewayClient({ endpoint, region: 'us-east-1', credentials })
}

async function publish(port: number, shape: Shape, upstreamPort: number): Promise<string> {
  const client = benchClient(`http://127.0.0.1:${port}`)
  const api = await client.send(new CreateRestApiCommand({ name: 'bench' }))
  const restApiId = api.id ?? ''
  const addMethod = async (parentId: string, pathPart: string, uri: string): Promise<string> => {
    const { id: resourceId = '' } = await client.send(
      new CreateResourceCommand({ restApiId, parentId, pathPart }),
    )
    const target = { restApiId, resourceId, httpMethod: 'ANY' }
    const greedy = pathPart.endsWith('+}')
    await client.send(
      new PutMethodCommand({
        ...target,
        authorizationType: 'NONE',
        ...(greedy ? { requestParameters: { 'method.request.path.proxy': true } } : {}),
      }),
    )
    await client.send(
      new PutIntegrationCommand({
        ...target,
        type: 'HTTP_PROXY',
        integrationHttpMethod: 'ANY',
        uri,
        ...(greedy
          ? { requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' } }
          : {}),
      }),
    )
    return resourceId
  }
  const backend = 'http://127.0.0.1:${stageVariables.port}'
  await addMethod(api.rootResourceId ?? '', '{proxy+}', `${backend}/{proxy}`)
  let parentId = api.rootResourceId ?? ''
  for (let index = 0; index < shape.resources; index += 1) {
    const isGroup = index % 100 === 0
    const from = isGroup ? (api.rootResourceId ?? '') : parentId
    const created = await addMethod(from, `r${index}`, `${backend}/r${index}`)
    if (isGroup) parentId = created
  }
  for (let index = 0; index < shape.stages; index += 1) {
    const stageName = index === 0 ? 'bench' : `bench${index}`
    const variables = { port: String(upstreamPort) }
    await client.send(new CreateDeploymentCommand({ restApiId, stageName, variables }))
  }
  return restApiId
}
