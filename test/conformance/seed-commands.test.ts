import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { awsCommand, awsProgram, type AwsCommand } from '../support/aws-command.ts'
import { startGateway, type RunningGateway } from '../support/running-gateway.ts'

/**
 * The commands of an introduction to stages, typed at the ordinary `aws` command: verbatim but for the
 * ids of deployments and the endpoint.
 */
const skip = awsProgram === undefined ? 'the aws command is not installed' : false

describe('the aws command', { skip }, () => {
  let gateway: RunningGateway
  let aws: AwsCommand
  let firstDeployment = ''

  const apigateway: AwsCommand = (command, ...more) => aws(`apigateway ${command}`, ...more)

  before(async () => {
    gateway = await startGateway({ arguments: ['--memory'] })
    aws = awsCommand(gateway.endpoint)
    await apigateway('create-rest-api --name shop --tags _custom_id_=1234567890')
    const { items } = await apigateway('get-resources --rest-api-id 1234567890')
    assert.ok(Array.isArray(items))
    const root = String(items[0].id)
    const method = `--rest-api-id 1234567890 --resource-id ${root} --http-method GET`
    await apigateway(`put-method ${method} --authorization-type NONE`)
    await apigateway(`put-method-response ${method} --status-code 200`)
    await apigateway(
      `put-integration ${method} --type MOCK --request-templates`,
      '{"application/json":"{\\"statusCode\\": 200}"}',
    )
    await apigateway(
      `put-integration-response ${method} --status-code 200 --response-templates`,
      '{"application/json":"{\\"ok\\":true}"}',
    )
    const deployment = await apigateway('create-deployment --rest-api-id 1234567890')
    firstDeployment = String(deployment['id'])
  })

  after(() => gateway[Symbol.asyncDispose]())

  test('create-stage makes the stage prod of a deployment', async () => {
    const stage = await apigateway(
      `create-stage --rest-api-id 1234567890 --stage-name prod --deployment-id ${firstDeployment}`,
    )
    assert.equal(stage['stageName'], 'prod')
    assert.equal(stage['deploymentId'], firstDeployment)
    assert.deepEqual(stage['methodSettings'], {})
    const answer = await fetch(`${gateway.endpoint}/_aws/execute-api/1234567890/prod/`)
    assert.equal(answer.status, 200)
    assert.equal(await answer.text(), '{"ok":true}')
  })

  test('create-deployment --stage-name prod moves the stage, update-stage moves it back', async () => {
    const second = await apigateway(
      'create-deployment --rest-api-id 1234567890 --stage-name prod --description',
      'Production deployment',
    )
    assert.equal(second['description'], 'Production deployment')
    const moved = await apigateway('get-stage --rest-api-id 1234567890 --stage-name prod')
    assert.equal(moved['deploymentId'], second['id'])
    const back = await apigateway(
      'update-stage --rest-api-id 1234567890 --stage-name prod --patch-operations ' +
        `op=replace,path=/deploymentId,value=${firstDeployment}`,
    )
    assert.equal(back['deploymentId'], firstDeployment)
  })

  test('update-stage of the access log destination gets AWS’s own refusal', async () => {
    await assert.rejects(
      apigateway(
        'update-stage --rest-api-id 1234567890 --stage-name prod --patch-operations ' +
          'op=replace,path=/accessLogSettings/destinationArn,' +
          'value=arn:aws:logs:region:account-id:log-group:API-Gateway-Execution-Logs_1234567890/prod',
      ),
      /\(BadRequestException\) when calling the UpdateStage operation.*: CloudWatch Logs role ARN must be set in account settings to enable logging/,
    )
  })

  test('five stage variables are set as they stand', async () => {
    const stage = await apigateway(
      'update-stage --rest-api-id 1234567890 --stage-name prod --patch-operations ' +
        'op=replace,path=/variables/lambdaAlias,value=PROD ' +
        'op=replace,path=/variables/backendUrl,value=https://api.example.com/v1 ' +
        'op=replace,path=/variables/environment,value=production ' +
        'op=replace,path=/variables/logLevel,value=ERROR ' +
        'op=replace,path=/variables/featureFlag,value=true',
    )
    assert.deepEqual(stage['variables'], {
      backendUrl: 'https://api.example.com/v1',
      environment: 'production',
      featureFlag: 'true',
      lambdaAlias: 'PROD',
      logLevel: 'ERROR',
    })
  })

  test('an integration URI that is a stage variable alone is refused, one after http:// is not', async () => {
    const { items } = await apigateway('get-resources --rest-api-id 1234567890')
    assert.ok(Array.isArray(items))
    const method = `--rest-api-id 1234567890 --resource-id ${items[0].id} --http-method POST`
    await apigateway(`put-method ${method} --authorization-type NONE`)
    const integration = `put-integration ${method} --type HTTP_PROXY --integration-http-method POST`
    await assert.rejects(
      apigateway(`${integration} --uri`, '${stageVariables.backendUrl}'),
      /BadRequestException.*Invalid HTTP endpoint specified for URI/,
    )
    // Through a file: old versions of the command fetch a value that begins with http://.
    const accepted = await apigateway(
      `${integration} --cli-input-json`,
      JSON.stringify({
        restApiId: '1234567890',
        resourceId: items[0].id,
        httpMethod: 'POST',
        type: 'HTTP_PROXY',
        uri: 'http://${stageVariables.backendUrl}',
      }),
    )
    assert.equal(accepted['uri'], 'http://${stageVariables.backendUrl}')
  })
})
