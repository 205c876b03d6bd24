import { accessLogFormatBytesMax } from '../../../aws/limits.ts'
import { requireLoggingRole, type LoggingAccount } from './logging-role.ts'
import { stageRefusals } from './stage-refusals.ts'

/**
 * The `destinationArn` that a stage keeps: a log group, or a Firehose stream whose name begins with
 * `amazon-apigateway-`. The `:*` that CloudWatch Logs puts at the end of a group's ARN is dropped.
 *
 * The form of the ARN is checked first, then the account's role, which only a log group needs (Firehose
 * is written to with a service-linked role). Region and account of the ARN are not compared with the
 * caller's: the seed `arn:aws:logs:region:account-id:log-group:…` is well formed, so what AWS answers to
 * it in an account without a role is the missing role.
 *
 * @throws {ServiceError} BadRequestException.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-logging-to-kinesis.html
 * Observed: update-stage/access-log-destination-without-a-role.json
 */
export function parseAccessLogDestination(
  value: string | undefined,
  account: LoggingAccount,
): string {
  if (value === undefined || value === '') throw stageRefusals.emptyAccessLog()
  if (!value.startsWith('arn:')) throw stageRefusals.notAnArn(value)
  const [, , service, , , ...rest] = value.split(':')
  const resource = rest.join(':')
  if (service === 'firehose') {
    checkDeliveryStream(resource)
    return value
  }
  if (service !== 'logs' || !/^log-group:./.test(resource)) throw stageRefusals.accessLogArn()
  const destination = value.replace(/:\*$/, '')
  if (!/^log-group:[A-Za-z0-9_\-/.]+(?::\*)?$/.test(resource)) {
    throw stageRefusals.accessLogCharacters(resource)
  }
  requireLoggingRole(account)
  return destination
}

function checkDeliveryStream(resource: string): void {
  if (!resource.startsWith('deliverystream/')) throw stageRefusals.accessLogArn()
  if (!/^deliverystream\/amazon-apigateway-./.test(resource)) {
    throw stageRefusals.deliveryStreamName()
  }
}

const requestIdReference = /\$(?:context\.|\{context\.)(?:requestId|extendedRequestId)(?![\w.-])/

/**
 * The `format` that a stage keeps: one line (it may end in a line break) that names the request's id.
 * Needs no role, and may be there before the destination is.
 *
 * @throws {ServiceError} BadRequestException.
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 * Observed: update-stage/access-log-format-of-two-lines.json
 */
export function parseAccessLogFormat(value: string | undefined): string {
  if (value === undefined || value === '') throw stageRefusals.emptyAccessLog()
  if (/[\r\n]/.test(value.replace(/\r?\n$/, ''))) throw stageRefusals.accessLogLines(value)
  if (!requestIdReference.test(value)) throw stageRefusals.accessLogRequestId(value)
  const bytes = new TextEncoder().encode(value).length
  if (bytes > accessLogFormatBytesMax) throw stageRefusals.accessLogSize()
  return value
}
