/**
 * What AWS puts in the places that a client would fill, where a method is tested.
 *
 * Observed: cases/execution-log/aws-proxy
 * Observed: https://github.com/localstack/localstack (domain name and address)
 */
export const testInvokeCaller = Object.freeze({
  host: 'testPrefix.testDomainName',
  sourceIp: 'test-invoke-source-ip',
  apiKey: 'test-invoke-api-key',
  apiKeyId: 'test-invoke-api-key-id',
})
