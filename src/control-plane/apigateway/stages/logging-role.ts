import { stageRefusals } from './stage-refusals.ts'

/** Of an account's settings, what logging needs. */
export interface LoggingAccount {
  /** Absent: API Gateway may not write logs of this account. */
  readonly cloudwatchRoleArn?: string | undefined
}

/**
 * Checks that the account lets API Gateway write to CloudWatch Logs: UpdateAccount has set a role.
 *
 * @throws {ServiceError} BadRequestException.
 * Observed: update-stage/logging-level-without-a-role.json
 */
export function requireLoggingRole({ cloudwatchRoleArn }: LoggingAccount): void {
  if (cloudwatchRoleArn === undefined) throw stageRefusals.loggingRole()
}
