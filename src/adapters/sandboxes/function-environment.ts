import { join } from 'node:path'
import type { SandboxSpec } from '../../ports/sandboxes.ts'

/** Where a function's files really are. Absolute paths. */
export interface CodeDirectories {
  /** What AWS has in /var/task. */
  readonly taskRoot: string
  /** What AWS has in /opt: the layers, laid over each other. Absent: there are none. */
  readonly optDirectory?: string
}

/** What the variables of a function are made of. */
export interface EnvironmentParts {
  readonly spec: SandboxSpec
  readonly directories: CodeDirectories
  /** Directory of the in-house bootstraps: what AWS has in /var/runtime. */
  readonly runtimeDirectory: string
  /** Directory of the program that runs the code, put first on the path. Absent: the code is the program. */
  readonly interpreterDirectory?: string
  /** `host:port` of the HTTP Runtime API. Absent: the function is not spoken to by HTTP. */
  readonly runtimeApi?: string
  /** URL that AWS's SDKs inside of the function call instead of AWS. Absent: they call AWS. */
  readonly awsEndpointUrl?: string
}

/**
 * All variables that a function sees: those that AWS sets, the user's own on top of them, and nothing of
 * the server's. Paths are those of the real directories; credentials are the account's id and no secrets.
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 * Chosen: docs/decisions/0027-functions-as-processes.md (paths, addresses)
 */
export function functionEnvironment(parts: EnvironmentParts): Record<string, string> {
  return {
    ...pathVariables(parts),
    ...functionVariables(parts.spec),
    ...accountVariables(parts.spec),
    ...(parts.runtimeApi === undefined ? {} : { AWS_LAMBDA_RUNTIME_API: parts.runtimeApi }),
    ...(parts.awsEndpointUrl === undefined ? {} : { AWS_ENDPOINT_URL: parts.awsEndpointUrl }),
    ...parts.spec.version.environment,
  }
}

function functionVariables({ functionName, version, logStream }: SandboxSpec) {
  const { runtime } = version
  return {
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: version.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    _HANDLER: version.handler,
    ...(runtime.startsWith('provided') ? {} : { AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}` }),
  }
}

function accountVariables({ account, region }: SandboxSpec) {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: account,
    AWS_SECRET_ACCESS_KEY: 'stagedoor',
    AWS_SESSION_TOKEN: 'stagedoor',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    // AWS's is an address of the link; here nothing of a trace leaves the machine.
    AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2000',
    _AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1',
    _AWS_XRAY_DAEMON_PORT: '2000',
  }
}

function pathVariables(parts: EnvironmentParts): Record<string, string> {
  const { spec, directories, runtimeDirectory, interpreterDirectory } = parts
  const { taskRoot, optDirectory } = directories
  const opt = (...names: string[]) =>
    optDirectory === undefined ? [] : [join(optDirectory, ...names)]
  const first = interpreterDirectory === undefined ? [] : [interpreterDirectory]
  return {
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: runtimeDirectory,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PWD: taskRoot,
    SHLVL: '0',
    PATH: [...first, '/usr/local/bin', '/usr/bin', '/bin', ...opt('bin')].join(':'),
    LD_LIBRARY_PATH: [taskRoot, join(taskRoot, 'lib'), ...opt('lib')].join(':'),
    ...languagePath(spec.version.runtime, taskRoot, opt),
  }
}

/**
 * Where modules of layers are found. Documented:
 * https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html
 */
function languagePath(
  runtime: string,
  taskRoot: string,
  opt: (...names: string[]) => readonly string[],
): Record<string, string> {
  const node = /^nodejs(\d+)/.exec(runtime)?.[1]
  if (node !== undefined) {
    const layers = [
      ...opt('nodejs', `node${node}`, 'node_modules'),
      ...opt('nodejs', 'node_modules'),
    ]
    return { NODE_PATH: [...layers, taskRoot].join(':') }
  }
  const python = /^python(\d+\.\d+)/.exec(runtime)?.[1]
  if (python === undefined) return {}
  const site = opt('python', 'lib', `python${python}`, 'site-packages')
  return { PYTHONPATH: [taskRoot, ...opt('python'), ...site].join(':') }
}
