import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zipOf } from '../../test/support/zip.ts'
import { freePort, startServer, type Running } from '../whole-gateway/proxies.ts'

const bench = dirname(dirname(fileURLToPath(import.meta.url)))
const account = '000000000000'

/** Stagedoor serving the handler of `function-peers` through a stage whose variable names the function. */
export async function startStagedoorFunction(): Promise<Running & FunctionScene> {
  const port = await freePort()
  const main = join(dirname(bench), 'src', 'main.ts')
  const running = await startServer({
    name: 'stagedoor',
    port,
    command: [
      ...[process.execPath, main, 'start', '--memory', '--port', String(port)],
      // The account's throttle counts every request, and refuses none.
      ...[
        '--quota',
        'accountThrottleRate=1000000000',
        '--quota',
        'accountThrottleBurst=1000000000',
      ],
    ],
  })
  const scene = await publish(port)
  const url = `http://127.0.0.1:${port}/_aws/execute-api/${scene.restApiId}/bench/answer`
  return { ...running, ...scene, url }
}

/** What a bench may use to look at the function alone. */
export interface FunctionScene {
  readonly restApiId: string
  readonly lambda: LambdaClient
}

async function publish(port: number): Promise<FunctionScene> {
  const connection = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: account, secretAccessKey: 'test' },
  }
  const lambda = new LambdaClient(connection)
  const gateway = new APIGatewayClient(connection)
  const handler = readFileSync(join(bench, 'function-peers', 'handler.js'), 'utf8')
  const created = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'bench',
      Runtime: 'nodejs22.x',
      Role: `arn:aws:iam::${account}:role/bench`,
      Handler: 'handler.answer',
      Code: { ZipFile: zipOf({ 'handler.js': handler }) },
    }),
  )
  const api = await gateway.send(new CreateRestApiCommand({ name: 'bench' }))
  const restApiId = api.id ?? ''
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: 'bench',
      StatementId: 'bench',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:us-east-1:${account}:${restApiId}/*/*/*`,
    }),
  )
  const { id: resourceId = '' } = await gateway.send(
    new CreateResourceCommand({ restApiId, parentId: api.rootResourceId, pathPart: 'answer' }),
  )
  const target = { restApiId, resourceId, httpMethod: 'POST' }
  await gateway.send(new PutMethodCommand({ ...target, authorizationType: 'NONE' }))
  const functionArn = (created.FunctionArn ?? '').replace(/bench$/, '${stageVariables.name}')
  await gateway.send(
    new PutIntegrationCommand({
      ...target,
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
    }),
  )
  const variables = { name: 'bench' }
  await gateway.send(new CreateDeploymentCommand({ restApiId, stageName: 'bench', variables }))
  return { restApiId, lambda }
}
