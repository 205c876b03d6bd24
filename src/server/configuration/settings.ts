/**
 * One thing that an operator may set: by a flag, by an environment variable, or by a member of the
 * config file. The command line, the config file and the documentation all read this table.
 */
export interface Setting {
  /** Member of the config file. */
  readonly name: string
  /** With leading dashes. */
  readonly flag: string
  /** What the help shows after the flag; absent: a switch. */
  readonly placeholder?: string
  readonly environment: string
  readonly description: string
  /** As the help shows it; absent: nothing is set. */
  readonly fallback?: string
  /** The flag may be given several times; the variable separates with commas; the file has an array. */
  readonly repeatable?: true
}

/** Every setting of `stagedoor start`, in the order in which the help lists them. */
export const settings = [
  {
    name: 'port',
    flag: '--port',
    placeholder: '<number>',
    environment: 'STAGEDOOR_PORT',
    description: 'port of the main listener; 0 takes a free one',
    fallback: '4566',
  },
  {
    name: 'host',
    flag: '--host',
    placeholder: '<address>',
    environment: 'STAGEDOOR_HOST',
    description: 'address of the main listener, which carries every plane',
    fallback: '127.0.0.1',
  },
  {
    name: 'gatewayListen',
    flag: '--gateway-listen',
    placeholder: '<host:port>',
    environment: 'STAGEDOOR_GATEWAY_LISTEN',
    description: 'a second address for execute-api alone: nothing else exists there',
  },
  {
    name: 'dataDir',
    flag: '--data-dir',
    placeholder: '<directory>',
    environment: 'STAGEDOOR_DATA_DIR',
    description: 'where state is kept',
    fallback: '.stagedoor',
  },
  {
    name: 'memory',
    flag: '--memory',
    environment: 'STAGEDOOR_MEMORY',
    description: 'keep nothing on disk',
  },
  {
    name: 'account',
    flag: '--account',
    placeholder: '<12 digits>',
    environment: 'STAGEDOOR_ACCOUNT',
    description: 'account of callers whose access key is not an account number',
    fallback: '000000000000',
  },
  {
    name: 'region',
    flag: '--region',
    placeholder: '<name>',
    environment: 'STAGEDOOR_REGION',
    description: 'region of callers that sign for none',
    fallback: 'us-east-1',
  },
  {
    name: 'workers',
    flag: '--workers',
    placeholder: '<count>',
    environment: 'STAGEDOOR_WORKERS',
    description: 'threads that serve requests',
    fallback: '1',
  },
  {
    name: 'quota',
    flag: '--quota',
    placeholder: '<name=value>',
    environment: 'STAGEDOOR_QUOTA',
    description: "change one of AWS's quotas; give it several times for several",
    repeatable: true,
  },
  {
    name: 'auth',
    flag: '--auth',
    placeholder: '<mode>',
    environment: 'STAGEDOOR_AUTH',
    description: 'who may call the management API; off: whoever signs with any key',
    fallback: 'off',
  },
  {
    name: 'allowUnauthenticatedManagementFromNetwork',
    flag: '--allow-unauthenticated-management-from-network',
    environment: 'STAGEDOOR_ALLOW_UNAUTHENTICATED_MANAGEMENT_FROM_NETWORK',
    description:
      'let the main listener leave loopback with --auth off: anyone who reaches it owns it',
  },
  {
    name: 'managementHost',
    flag: '--management-host',
    placeholder: '<name>',
    environment: 'STAGEDOOR_MANAGEMENT_HOST',
    description: 'a further name that management callers may use for this server',
    repeatable: true,
  },
  {
    name: 'allowReset',
    flag: '--allow-reset',
    environment: 'STAGEDOOR_ALLOW_RESET',
    description: 'let POST /_stagedoor/reset delete everything (with --memory it always may)',
  },
  {
    name: 'upstreamCa',
    flag: '--upstream-ca',
    placeholder: '<file>',
    environment: 'STAGEDOOR_UPSTREAM_CA',
    description: 'PEM bundle of further authorities that may certify HTTPS integrations',
  },
  {
    name: 'vpcLinkTarget',
    flag: '--vpc-link-target',
    placeholder: '<arn=host:port>',
    environment: 'STAGEDOOR_VPC_LINK_TARGET',
    description:
      'where the load balancer that a VPC link targets is reached; without a port, at the port of the URI',
    repeatable: true,
  },
  {
    name: 'awsEndpoint',
    flag: '--aws-endpoint',
    placeholder: '<service=url>',
    environment: 'STAGEDOOR_AWS_ENDPOINT',
    description:
      'where integrations call an AWS service (sqs, dynamodb, … or * for the others): a URL, or aws for AWS itself',
    fallback: 'apigateway=own, lambda=own',
    repeatable: true,
  },
  {
    name: 'awsRole',
    flag: '--aws-role',
    placeholder: '<arn=key>',
    environment: 'STAGEDOOR_AWS_ROLE',
    description:
      'who signs for a role (or roles that begin so, with *) of such integrations: environment, a prefix of AWS_ACCESS_KEY_ID, or account',
    repeatable: true,
  },
  {
    name: 'functionRuntime',
    flag: '--function-runtime',
    placeholder: '<name=command>',
    environment: 'STAGEDOOR_FUNCTION_RUNTIME',
    description: 'what runs the functions of a Lambda runtime, over the Runtime API',
    repeatable: true,
  },
  {
    name: 'functionProcesses',
    flag: '--function-processes',
    placeholder: '<count>',
    environment: 'STAGEDOOR_FUNCTION_PROCESSES',
    description: 'processes of Lambda functions that may be alive at a time',
    fallback: '64',
  },
  {
    name: 'functionIdleSeconds',
    flag: '--function-idle-seconds',
    placeholder: '<seconds>',
    environment: 'STAGEDOOR_FUNCTION_IDLE_SECONDS',
    description: 'how long the process of a function is kept when no event comes',
    fallback: '300',
  },
  {
    name: 'functionLog',
    flag: '--function-log',
    placeholder: '<lines>',
    environment: 'STAGEDOOR_FUNCTION_LOG',
    description:
      'output: what functions print, and their failures; all: START, END and REPORT too; none',
    fallback: 'output',
  },
  {
    name: 'functionAwsEndpoint',
    flag: '--function-aws-endpoint',
    placeholder: '<url>',
    environment: 'STAGEDOOR_FUNCTION_AWS_ENDPOINT',
    description:
      "AWS_ENDPOINT_URL of functions, which AWS's SDKs in them call: own (this server), none (AWS) or a URL",
    fallback: 'own',
  },
  {
    name: 'lambdaEndpoint',
    flag: '--lambda-endpoint',
    placeholder: '<url>',
    environment: 'STAGEDOOR_LAMBDA_ENDPOINT',
    description:
      "call functions of another Lambda, AWS's own too, with the credentials of AWS_ACCESS_KEY_ID; none run here",
  },
  {
    name: 'redisUrl',
    flag: '--redis-url',
    placeholder: '<url>',
    environment: 'STAGEDOOR_REDIS_URL',
    description:
      'Redis or Valkey that counts throttles and quotas and keeps the caches of stages for several gateways: redis://host:port/0, or rediss:// for TLS',
  },
  {
    name: 'redisTimeout',
    flag: '--redis-timeout',
    placeholder: '<milliseconds>',
    environment: 'STAGEDOOR_REDIS_TIMEOUT',
    description: 'how long a request waits for it',
    fallback: '100',
  },
  {
    name: 'countersWhenStoreIsGone',
    flag: '--counters-when-store-is-gone',
    placeholder: '<policy>',
    environment: 'STAGEDOOR_COUNTERS_WHEN_STORE_IS_GONE',
    description:
      'throttles and quotas while it does not answer: local (each gateway counts for itself), allow or deny',
    fallback: 'local',
  },
  {
    name: 'cacheMemory',
    flag: '--cache-memory',
    placeholder: '<MiB>',
    environment: 'STAGEDOOR_CACHE_MEMORY',
    description:
      'memory that the caches of all stages may take together, whatever their sizes; taken as they fill',
    fallback: 'half of what there is',
  },
  {
    name: 'cacheKeyFile',
    flag: '--cache-key-file',
    placeholder: '<file>',
    environment: 'STAGEDOOR_CACHE_KEY_FILE',
    description:
      'key of entries that methods want encrypted (cacheDataEncrypted) in a store that gateways share: 64 hexadecimal digits',
  },
  {
    name: 'traceRequests',
    flag: '--trace-requests',
    placeholder: '<number>',
    environment: 'STAGEDOOR_TRACE_REQUESTS',
    description:
      'keep what happened to the last requests of each worker, contents too, for /_stagedoor/requests',
    fallback: '0',
  },
  {
    name: 'testClock',
    flag: '--test-clock',
    environment: 'STAGEDOOR_TEST_CLOCK',
    description:
      'let POST /_stagedoor/clock move the time of throttles, quotas, caches and authorizer lifetimes',
  },
  {
    name: 'shutdownDelay',
    flag: '--shutdown-delay',
    placeholder: '<seconds>',
    environment: 'STAGEDOOR_SHUTDOWN_DELAY',
    description: 'how long to go on accepting, already not ready, before the drain begins',
    fallback: '0',
  },
  {
    name: 'shutdownDeadline',
    flag: '--shutdown-deadline',
    placeholder: '<seconds>',
    environment: 'STAGEDOOR_SHUTDOWN_DEADLINE',
    description: 'how long requests in flight may take to finish',
    fallback: '25',
  },
  {
    name: 'logLevel',
    flag: '--log-level',
    placeholder: '<level>',
    environment: 'STAGEDOOR_LOG_LEVEL',
    description: 'info, warn, error or silent; JSON lines on standard error',
    fallback: 'info',
  },
  {
    name: 'config',
    flag: '--config',
    placeholder: '<file>',
    environment: 'STAGEDOOR_CONFIG',
    description: 'JSON file of settings, named as the flags are but in camelCase',
  },
] as const satisfies readonly Setting[]

export type SettingName = (typeof settings)[number]['name']
