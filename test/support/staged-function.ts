import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateStageCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda'
import { apiGatewayClient } from './running-gateway.ts'
import { zipOf } from './zip.ts'

export const functionName = 'greet'
export const restApiId = 'greetapi01'

/** The stages of the API, each with the alias that its variable names. */
export const stages = { dev: 'DEV', test: 'TEST', prod: 'PROD' } as const

/** What the function answers. */
export interface Greeting {
  readonly edition: string
  /** As AWS names it to the function. */
  readonly version: string
  readonly alias: string
  readonly pid: number
}

/** The official client of Lambda, pointed at a gateway. */
export function lambdaClient(endpoint: string): LambdaClient {
  return new LambdaClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
}

/** A function that tells which edition it is; with `?waitMs=…` it takes that long, with `?hang=1` for ever. */
export function editionOf(edition: string): Uint8Array {
  return zipOf({
    'index.mjs': `export const handler = async (event) => {
      if (event.queryStringParameters?.hang) for (;;);
      const waitMs = Number(event.queryStringParameters?.waitMs ?? 0)
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
      return { statusCode: 200, body: JSON.stringify({
        edition: ${JSON.stringify(edition)},
        version: process.env.AWS_LAMBDA_FUNCTION_VERSION,
        alias: event.stageVariables.lambdaAlias,
        pid: process.pid,
      }) }
    }`,
  })
}

/**
 * Publishes one function in three editions, behind one API with three stages: PROD is version 1, TEST is
 * version 2, DEV is what is not published.
 */
export async function publishStagedFunction(
  endpoint: string,
  { permitted = ['DEV', 'TEST', 'PROD'] }: { readonly permitted?: readonly string[] } = {},
): Promise<LambdaClient> {
  const lambda = lambdaClient(endpoint)
  await publishVersions(lambda)
  const aliases = { DEV: '$LATEST', TEST: '2', PROD: '1' }
  for (const [Name, FunctionVersion] of Object.entries(aliases)) {
    const alias = { FunctionName: functionName, Name, FunctionVersion }
    await lambda.send(new CreateAliasCommand(alias))
  }
  for (const qualifier of permitted) await permit(lambda, qualifier)
  await publishApi(endpoint)
  return lambda
}

async function publishVersions(lambda: LambdaClient): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: functionName,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/any',
      Timeout: 10,
      Code: { ZipFile: editionOf('one') },
    }),
  )
  await lambda.send(new PublishVersionCommand({ FunctionName: functionName }))
  await update(lambda, 'two')
  await lambda.send(new PublishVersionCommand({ FunctionName: functionName }))
  await update(lambda, 'three')
}

async function update(lambda: LambdaClient, edition: string): Promise<void> {
  const ZipFile = editionOf(edition)
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: functionName, ZipFile }))
}

/** Lets every stage of the API invoke one alias. */
export async function permit(lambda: LambdaClient, qualifier: string): Promise<void> {
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: functionName,
      Qualifier: qualifier,
      StatementId: `api-${qualifier}`,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${restApiId}/*/GET/`,
    }),
  )
}

/** Publishes the API alone: where its function lives is another matter. */
export async function publishApi(endpoint: string): Promise<void> {
  const gateway = apiGatewayClient(endpoint)
  const { rootResourceId: resourceId } = await gateway.send(
    new CreateRestApiCommand({ name: 'greet', tags: { _custom_id_: restApiId } }),
  )
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  await gateway.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  const functionArn = `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`
  const lambdaPath = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions'
  await gateway.send(
    new PutIntegrationCommand({
      ...method,
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      uri: `${lambdaPath}/${functionArn}:\${stageVariables.lambdaAlias}/invocations`,
    }),
  )
  const { id: deploymentId } = await gateway.send(new CreateDeploymentCommand({ restApiId }))
  for (const [stageName, lambdaAlias] of Object.entries(stages)) {
    const variables = { lambdaAlias }
    await gateway.send(new CreateStageCommand({ restApiId, stageName, deploymentId, variables }))
  }
}

/** Resolves when so many invocations run. */
export async function untilRunning(endpoint: string, count = 1): Promise<void> {
  for (;;) {
    const answer = await fetch(`${endpoint}/_stagedoor/functions`)
    // What the operator API answers.
    const figures = (await answer.json()) as { readonly running?: number }
    if ((figures.running ?? 0) >= count) return
  }
}

/** Calls a stage of the API. */
export async function callStage(
  endpoint: string,
  stage: keyof typeof stages,
  query = '',
): Promise<{ readonly status: number; readonly greeting: Greeting }> {
  const answer = await fetch(`${endpoint}/_aws/execute-api/${restApiId}/${stage}/${query}`)
  // The function answers this, and the gateway `{ message }`.
  return { status: answer.status, greeting: (await answer.json()) as Greeting }
}
