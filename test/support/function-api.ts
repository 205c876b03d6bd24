import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  type AddPermissionCommandInput,
  type CreateFunctionCommandInput,
  type LambdaClient,
} from '@aws-sdk/client-lambda'
import { apiGatewayClient } from './running-gateway.ts'
import { zipOf, type ZipContent } from './zip.ts'

/** A method that calls a function through AWS_PROXY. */
export interface FunctionRoute {
  readonly path: string
  /** Absent: GET. */
  readonly httpMethod?: string
  /** What stands behind `function:` in the ARN: a name, perhaps with a qualifier, perhaps of variables. */
  readonly target: string
  /** Absent: as AWS does, 29 s. */
  readonly timeoutInMillis?: number
  /** The function's answer is streamed. */
  readonly isStreamed?: true
}

export interface FunctionApi {
  readonly restApiId: string
  readonly routes: readonly FunctionRoute[]
  /** The variables of each stage. */
  readonly stages: Readonly<Record<string, Record<string, string>>>
}

const ofAccount = 'us-east-1:000000000000'

/** Publishes an API whose methods call functions, by the official client. */
export async function publishFunctionApi(endpoint: string, api: FunctionApi): Promise<void> {
  const client = apiGatewayClient(endpoint)
  const { restApiId } = api
  const { rootResourceId = '' } = await client.send(
    new CreateRestApiCommand({ name: restApiId, tags: { _custom_id_: restApiId } }),
  )
  const resourceIds = new Map([['/', rootResourceId]])
  for (const route of api.routes) {
    const resourceId = await resourceAt(client, { restApiId, path: route.path, resourceIds })
    await putRoute(client, { restApiId, resourceId, ...route })
  }
  const { id: deploymentId } = await client.send(new CreateDeploymentCommand({ restApiId }))
  for (const [stageName, variables] of Object.entries(api.stages)) {
    await client.send(new CreateStageCommand({ restApiId, stageName, deploymentId, variables }))
  }
  client.destroy()
}

async function resourceAt(
  client: APIGatewayClient,
  at: {
    readonly restApiId: string
    readonly path: string
    readonly resourceIds: Map<string, string>
  },
): Promise<string> {
  const known = at.resourceIds.get(at.path)
  if (known !== undefined) return known
  const slash = at.path.lastIndexOf('/')
  const parentId = await resourceAt(client, { ...at, path: at.path.slice(0, slash) || '/' })
  const { restApiId } = at
  const pathPart = at.path.slice(slash + 1)
  const { id = '' } = await client.send(
    new CreateResourceCommand({ restApiId, parentId, pathPart }),
  )
  at.resourceIds.set(at.path, id)
  return id
}

async function putRoute(
  client: APIGatewayClient,
  route: FunctionRoute & { readonly restApiId: string; readonly resourceId: string },
): Promise<void> {
  const { restApiId, resourceId, httpMethod = 'GET', target, timeoutInMillis, isStreamed } = route
  const method = { restApiId, resourceId, httpMethod }
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  await client.send(
    new PutIntegrationCommand({
      ...method,
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      uri: uriOf(`arn:aws:lambda:${ofAccount}:function:${target}`, isStreamed === true),
      ...(isStreamed === true ? { responseTransferMode: 'STREAM' } : {}),
      timeoutInMillis,
    }),
  )
}

function uriOf(functionArn: string, isStreamed: boolean): string {
  const path = isStreamed
    ? `2021-11-15/functions/${functionArn}/response-streaming-invocations`
    : `2015-03-31/functions/${functionArn}/invocations`
  return `arn:aws:apigateway:us-east-1:lambda:path/${path}`
}

/** Creates a function of the files; `members` say what is not as usual: the newest Node, index.handler. */
export async function createFunction(
  lambda: LambdaClient,
  FunctionName: string,
  files: Readonly<Record<string, ZipContent>>,
  members: Partial<CreateFunctionCommandInput> = {},
): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/any',
      Code: { ZipFile: zipOf(files) },
      ...members,
    }),
  )
}

/** Lets API Gateway invoke a function; `members` narrow it, a qualifier or a source for instance. */
export async function permitApi(
  lambda: LambdaClient,
  FunctionName: string,
  members: Partial<AddPermissionCommandInput> = {},
): Promise<void> {
  await lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 'api',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      ...members,
    }),
  )
}

/** The source ARN of a method, or a pattern of some: stage, method and path behind the API. */
export function sourceArn(restApiId: string, rest: string): string {
  return `arn:aws:execute-api:${ofAccount}:${restApiId}/${rest}`
}
