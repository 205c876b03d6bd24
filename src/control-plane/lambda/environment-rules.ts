import { environmentBytesMax } from '../../aws/limits.ts'
import { refusals } from './errors.ts'

/**
 * Names that the runtime sets itself.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
const reservedNames: readonly string[] = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]

/**
 * Checks a function's own variables: first their names, then their size as JSON.
 *
 * @throws {ServiceError} InvalidParameterValueException.
 */
export function checkEnvironment(variables: Readonly<Record<string, string>>): void {
  const reserved = Object.keys(variables).filter((name) => reservedNames.includes(name))
  if (reserved.length > 0) throw refusals.reservedVariables(reserved)
  const measured = JSON.stringify(variables)
  if (new TextEncoder().encode(measured).length > environmentBytesMax) {
    throw refusals.longEnvironment(measured)
  }
}
