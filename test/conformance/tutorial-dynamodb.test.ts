import assert from 'node:assert/strict'
import { serviceKey, startAwsServiceServer } from '../support/aws-service-server.ts'
import { testTutorial } from '../support/tutorial-test.ts'

/** A server that takes calls as DynamoDB does, when they are signed, stands in for it. */
testTutorial('dynamodb', async (t) => {
  const server = await startAwsServiceServer(t, () => ({ status: 200, body: '{}' }))
  return {
    flags: {
      awsEndpoint: [`dynamodb=${server.url}`],
      awsRole: ['arn:aws:iam::111122223333:role/*=environment'],
    },
    environment: {
      AWS_ACCESS_KEY_ID: serviceKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: serviceKey.secretAccessKey,
    },
    check: () => {
      assert.equal(server.calls.length, 1)
      const [call] = server.calls
      assert.equal(call?.headers['x-amz-target'], 'DynamoDB_20120810.PutItem')
      assert.deepEqual(JSON.parse(call?.body ?? ''), {
        TableName: 'data-transformation-tutorial-cli-ddb',
        Item: { id: { N: '4' }, type: { S: 'dog' }, price: { N: '321' } },
      })
    },
  }
})
