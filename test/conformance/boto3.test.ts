import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { environmentWithoutAws } from '../support/aws-command.ts'
import { startNamedBackend } from '../support/http-backend.ts'
import { startGateway } from '../support/running-gateway.ts'

const python = process.env['STAGEDOOR_TEST_PYTHON']
const skip = python === undefined ? 'python3 with boto3 is not installed' : false
const run = promisify(execFile)

const script = `
import boto3, json, os, urllib.request
from botocore.exceptions import ClientError
endpoint = os.environ['ENDPOINT']
gw = boto3.client('apigateway', endpoint_url=endpoint, region_name='eu-west-1',
                  aws_access_key_id='111122223333', aws_secret_access_key='x')
api = gw.create_rest_api(name='shop', description='a shop')
root = api['rootResourceId']
item = gw.create_resource(restApiId=api['id'], parentId=root, pathPart='{id}')
where = dict(restApiId=api['id'], resourceId=item['id'], httpMethod='GET')
gw.put_method(**where, authorizationType='NONE', requestParameters={'method.request.path.id': True})
gw.put_integration(**where, type='HTTP_PROXY', integrationHttpMethod='GET',
                   uri='http://\${stageVariables.backend}/things/{id}',
                   requestParameters={'integration.request.path.id': 'method.request.path.id'})
deployment = gw.create_deployment(restApiId=api['id'])
stage = gw.create_stage(restApiId=api['id'], stageName='prod', deploymentId=deployment['id'],
                        variables={'backend': os.environ['BACKEND']})
url = f"{endpoint}/_aws/execute-api/{api['id']}/prod/42"
answer = json.load(urllib.request.urlopen(url))
try:
    gw.get_stage(restApiId=api['id'], stageName='nope')
    error = None
except ClientError as e:
    error = [e.response['Error']['Code'], e.response['Error']['Message'],
             e.response['ResponseMetadata']['HTTPStatusCode']]
try:
    gw.get_rest_api(restApiId='nope')
    missing = None
except ClientError as e:
    missing = e.response['Error']['Message']
pages = [p['items'] for p in gw.get_paginator('get_resources').paginate(
    restApiId=api['id'], PaginationConfig={'PageSize': 1})]
print(json.dumps(dict(answer=answer, error=error, missing=missing,
    created=str(stage['createdDate'].tzinfo is not None), paths=[r['path'] for p in pages for r in p],
    stages=[s['stageName'] for s in gw.get_stages(restApiId=api['id'])['item']])))
`

test('boto3 publishes a stage, pages lists and reads AWS’s errors', { skip }, async () => {
  await using gateway = await startGateway({ arguments: ['--memory'] })
  await using backend = await startNamedBackend('things')
  const { stdout } = await run(python ?? '', ['-c', script], {
    env: { ...environmentWithoutAws(), ENDPOINT: gateway.endpoint, BACKEND: backend.authority },
  })
  assert.deepEqual(JSON.parse(stdout), {
    answer: { name: 'things', method: 'GET', url: '/things/42' },
    error: ['NotFoundException', 'Invalid stage identifier specified', 404],
    missing: 'Invalid API identifier specified 111122223333:nope',
    created: 'True',
    paths: ['/', '/{id}'],
    stages: ['prod'],
  })
})
