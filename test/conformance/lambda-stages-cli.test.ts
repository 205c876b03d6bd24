import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { awsCommand, awsProgram, type AwsCommand } from '../support/aws-command.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'
import { get } from '../support/steady-load.ts'
import { zipOf } from '../support/zip.ts'

/**
 * One function with two versions and three aliases behind one API with three stages, made with the
 * ordinary `aws` command alone. A stage's variables say what it calls: `/` names the alias, `/name` the
 * function, `/seed` the region, the function and the alias.
 */
const skip = awsProgram === undefined ? 'the aws command is not installed' : false
const restApiId = 'aliasapi01'
const account = '000000000000'
const role = `arn:aws:iam::${account}:role/any`
const lambdaPath = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions'

/** By resource: what stands behind `functions/` in the integration's URI. */
const routes = {
  '/': `arn:aws:lambda:us-east-1:${account}:function:greet:\${stageVariables.lambdaAlias}`,
  '/name': `arn:aws:lambda:us-east-1:${account}:function:\${stageVariables.functionName}`,
  '/seed':
    `arn:aws:lambda:\${stageVariables.region}:${account}:function:` +
    '${stageVariables.functionName}:${stageVariables.lambdaAlias}',
}

const source = (edition: string) =>
  `export const handler = async ({ stageVariables }) => ({
    statusCode: 200,
    body: ['${edition}', process.env.AWS_LAMBDA_FUNCTION_VERSION, stageVariables.lambdaAlias].join(' '),
  })`

describe('functions behind stages, by the aws command', { skip }, () => {
  let gateway: RunningGateway
  let aws: AwsCommand
  let folder = ''
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })

  const call = async (stage: string, path: keyof typeof routes = '/') => {
    const url = `${gateway.endpoint}/_aws/execute-api/${restApiId}/${stage}${path}`
    const { status, body } = await get(agent, url)
    return status === 200 ? body : `${status} ${body}`
  }

  const refused = '500 {"message": "Internal server error"}'

  const zipFile = (edition: string) => {
    const path = join(folder, `${edition}.zip`)
    writeFileSync(path, zipOf({ 'index.mjs': source(edition) }))
    return `fileb://${path}`
  }

  const permit = (name: string, qualifier?: string) =>
    aws(
      `lambda add-permission --function-name ${name} --statement-id api --action lambda:InvokeFunction ` +
        `--principal apigateway.amazonaws.com ` +
        `--source-arn arn:aws:execute-api:us-east-1:${account}:${restApiId}/*/*` +
        (qualifier === undefined ? '' : ` --qualifier ${qualifier}`),
    )

  const alias = (name: string, version: string, ...more: string[]) =>
    aws(
      `lambda create-alias --function-name greet --name ${name} --function-version ${version}`,
      ...more,
    )

  const setVariable = (stage: string, name: string, value: string) =>
    aws(
      `apigateway update-stage --rest-api-id ${restApiId} --stage-name ${stage} --patch-operations ` +
        `op=replace,path=/variables/${name},value=${value}`,
    )

  async function makeFunctions(): Promise<void> {
    const create = `lambda create-function --runtime nodejs24.x --handler index.handler --role ${role}`
    await aws(`${create} --function-name greet --zip-file ${zipFile('one')}`)
    const first = await aws('lambda publish-version --function-name greet')
    await aws(`lambda update-function-code --function-name greet --zip-file ${zipFile('two')}`)
    const second = await aws('lambda publish-version --function-name greet')
    assert.deepEqual([first['Version'], second['Version']], ['1', '2'])
    await aws(`lambda update-function-code --function-name greet --zip-file ${zipFile('three')}`)
    await Promise.all([alias('DEV', '$LATEST'), alias('TEST', '2'), alias('PROD', '1')])
    await Promise.all([
      ...['DEV', 'TEST', 'PROD', undefined].map((qualifier) => permit('greet', qualifier)),
      aws(
        `${create} --function-name orders --code S3Bucket=hot-reload,S3Key=${join(folder, 'live')}`,
      ),
    ])
    await permit('orders')
  }

  async function makeApi(): Promise<void> {
    await aws(`apigateway create-rest-api --name greet --tags _custom_id_=${restApiId}`)
    const { items } = await aws(`apigateway get-resources --rest-api-id ${restApiId}`)
    assert.ok(Array.isArray(items))
    const root = String(items[0].id)
    await Promise.all(
      Object.entries(routes).map(async ([path, functionArn]) => {
        const { id } =
          path === '/'
            ? { id: root }
            : await aws(
                `apigateway create-resource --rest-api-id ${restApiId} --parent-id ${root} ` +
                  `--path-part ${path.slice(1)}`,
              )
        const method = `--rest-api-id ${restApiId} --resource-id ${String(id)} --http-method GET`
        await aws(`apigateway put-method ${method} --authorization-type NONE`)
        await aws(
          `apigateway put-integration ${method} --type AWS_PROXY --integration-http-method POST --uri`,
          `${lambdaPath}/${functionArn}/invocations`,
        )
      }),
    )
  }

  const createStage = (deploymentId: unknown, stage: string, variables: string) =>
    aws(
      `apigateway create-stage --rest-api-id ${restApiId} --stage-name ${stage} ` +
        `--deployment-id ${String(deploymentId)} --variables ${variables}`,
    )

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stagedoor-test-'))
    mkdirSync(join(folder, 'live'))
    writeFileSync(join(folder, 'live', 'index.mjs'), source('orders'))
    gateway = await startGateway({ arguments: ['--memory'] })
    aws = awsCommand(gateway.endpoint)
    await Promise.all([makeFunctions(), makeApi()])
    const { id } = await aws(`apigateway create-deployment --rest-api-id ${restApiId}`)
    await Promise.all(
      Object.entries({ dev: 'DEV', test: 'TEST', prod: 'PROD' }).map(([stage, lambdaAlias]) =>
        createStage(id, stage, `lambdaAlias=${lambdaAlias},functionName=greet,region=us-east-1`),
      ),
    )
    await createStage(id, 'bare', 'functionName=greet')
  })

  after(async () => {
    agent.destroy()
    await gateway[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const threeStages = async (path: keyof typeof routes) => [
    await call('dev', path),
    await call('test', path),
    await call('prod', path),
  ]

  test('three stages answer with three versions', async () => {
    const three = ['three $LATEST DEV', 'two 2 TEST', 'one 1 PROD']
    assert.deepEqual(await threeStages('/'), three)
    assert.deepEqual(await threeStages('/seed'), three)
    const unqualified = ['three $LATEST DEV', 'three $LATEST TEST', 'three $LATEST PROD']
    assert.deepEqual(await threeStages('/name'), unqualified)
  })

  test('update-alias acts on the next request', async () => {
    const move = 'lambda update-alias --function-name greet --name PROD --function-version'
    await aws(`${move} 2`)
    assert.equal(await call('prod'), 'two 2 PROD')
    await aws(`${move} 1`)
    assert.equal(await call('prod'), 'one 1 PROD')
  })

  test('a change of a stage variable acts on the next request', async () => {
    await setVariable('test', 'lambdaAlias', 'PROD')
    assert.equal(await call('test'), 'one 1 PROD')
    await setVariable('test', 'lambdaAlias', 'TEST')
    assert.equal(await call('test'), 'two 2 TEST')
  })

  test('a stage variable chooses the function, and a folder’s function follows its files', async () => {
    await setVariable('dev', 'functionName', 'orders')
    assert.equal(await call('dev', '/name'), 'orders $LATEST DEV')
    writeFileSync(join(folder, 'live', 'index.mjs'), source('changed'))
    const patience = AbortSignal.timeout(60_000)
    for (;;) {
      const answer = await call('dev', '/name')
      if (answer === 'changed $LATEST DEV') break
      assert.equal(answer, 'orders $LATEST DEV')
      patience.throwIfAborted()
    }
    // `orders` has no alias DEV, and may not be asked by it.
    assert.equal(await call('dev', '/seed'), refused)
    await setVariable('dev', 'functionName', 'greet')
    assert.equal(await call('dev', '/name'), 'three $LATEST DEV')
  })

  test('a region that is not this one is refused, and the operator told', async () => {
    await setVariable('test', 'region', 'eu-west-1')
    assert.equal(await call('test', '/seed'), refused)
    await gateway.printed(/Functions from 'eu-west-1' are not reachable in this region/)
    await setVariable('test', 'region', 'us-east-1')
    assert.equal(await call('test', '/seed'), 'two 2 TEST')
  })

  test('a variable that the stage does not have ends as 500, and the log names it', async () => {
    assert.equal(await call('bare'), refused)
    await gateway.printed(
      /Execution failed due to configuration error: Invalid function ARN[^"]*function:greet:; the stage has no variable lambdaAlias"/,
    )
    assert.equal(await call('bare', '/seed'), refused)
    await gateway.printed(/the stage has no variable region, lambdaAlias"/)
    assert.equal(await call('bare', '/name'), 'three $LATEST ')
  })

  test('a weighted alias divides 10,000 requests as its weight says', async () => {
    await alias('MIX', '1', '--routing-config', 'AdditionalVersionWeights={2=0.3}')
    await permit('greet', 'MIX')
    await setVariable('bare', 'lambdaAlias', 'MIX')
    // Each count is outside the band once in a thousand times, both once in a million.
    const counts = [await countSecond(10_000)]
    if (!isInBand(counts[0], 10_000, 0.3)) counts.push(await countSecond(10_000))
    assert.ok(isInBand(counts.at(-1), 10_000, 0.3), `${counts.join(', ')} of 10,000`)
    await aws(
      'lambda update-alias --function-name greet --name MIX --routing-config',
      'AdditionalVersionWeights={2=1}',
    )
    assert.equal(await countSecond(200), 200)
    await aws('lambda update-alias --function-name greet --name MIX --routing-config', '{}')
    assert.equal(await countSecond(200), 0)
    await aws(
      `apigateway update-stage --rest-api-id ${restApiId} --stage-name bare ` +
        '--patch-operations op=remove,path=/variables/lambdaAlias',
    )
    assert.equal(await call('bare'), refused)
  })

  /** How many of so many requests version 2 answered; each is answered by one of the two. */
  async function countSecond(requests: number): Promise<number> {
    let left = requests
    let second = 0
    const client = async () => {
      while (left > 0) {
        left -= 1
        const answer = await call('bare')
        if (answer === 'two 2 MIX') second += 1
        else assert.equal(answer, 'one 1 MIX')
      }
    }
    await Promise.all(Array.from({ length: 16 }, client))
    return second
  }
})

/** Of a normal distribution: 99.9% lie within so many standard deviations. */
const deviations = 3.2905

function isInBand(count: number | undefined, requests: number, share: number): boolean {
  const band = deviations * Math.sqrt(requests * share * (1 - share))
  return Math.abs((count ?? 0) - requests * share) <= band
}
