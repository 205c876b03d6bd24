import { Command, CommanderError, Option } from 'commander'
import { askStatus } from './status.ts'

/** A flag of `start`, as the help shows it. */
export interface StartOption {
  /** Name under which its value is passed on. */
  readonly name: string
  readonly flag: string
  readonly placeholder?: string
  readonly environment: string
  readonly description: string
  readonly fallback?: string
  readonly repeatable?: true
}

/** What the command line needs of the rest. */
export interface CommandLineContext {
  readonly version: string
  readonly startOptions: readonly StartOption[]
  /** Runs the server until it is told to stop; resolves to the exit code. */
  start(flags: Readonly<Record<string, unknown>>): Promise<number>
}

const examples = `
Examples:
  stagedoor start                                  on http://127.0.0.1:4566, state in .stagedoor
  stagedoor start --memory --port 0                nothing on disk, any free port: for tests
  stagedoor start --workers 4 --gateway-listen 0.0.0.0:8080
                                                   publish the stages, keep management on loopback
  stagedoor status                                 is it running, and is it ready?
  stagedoor stages settings {apiId} {stage}        what acts on each method of a stage, and who said so
  stagedoor vtl render --template pets.vtl --event event.json
                                                   what a mapping template makes of a request
  aws --endpoint-url http://127.0.0.1:4566 apigateway create-rest-api --name shop
  curl http://127.0.0.1:4566/_aws/execute-api/{apiId}/{stage}/
`

const startNotes = `
Every option can be set by an environment variable, named behind it, and in the file that --config
names, as JSON: {"port": 8000, "quota": ["resourcesPerApi=1000"]}. A flag beats the environment, the
environment beats the file; what nobody knows is refused.

The main listener carries everything: the AWS APIs, the stages, /_stagedoor/health, /ready and /metrics.
The address of --gateway-listen carries the stages and nothing else; only that one belongs on a network.

Exit codes: 0 ended by a signal, 1 could not run (an address or the state is not to be had), 2 a flag, a
variable or the config file is wrong.
`

/** Runs the command line; resolves to the exit code. `words`: without the program's name. */
export async function runCommandLine(
  words: readonly string[],
  context: CommandLineContext,
): Promise<number> {
  let exitCode = 0
  const program = new Command('stagedoor')
    .description('Amazon API Gateway that anyone can run: the same API, stages and clients.')
    .addHelpText('beforeAll', examples.trimStart())
    .exitOverride()
  program
    .command('start')
    .description('run the gateway until SIGTERM or SIGINT')
    .addHelpText('after', startNotes)
    .allowExcessArguments(false)
    .action(async (_, command: Command) => {
      exitCode = await context.start(command.opts())
    })
    .exitOverride()
  const start = program.commands[0]
  for (const option of context.startOptions) start?.addOption(toOption(option))
  program
    .command('status')
    .description('ask a running gateway for its health; exit code 0: ready')
    .option('--url <url>', 'where it listens', defaultUrl())
    .action(async ({ url }: { url: string }) => {
      exitCode = await askStatus(url)
    })
  program.addCommand(stagesCommand((code) => (exitCode = code)))
  program.addCommand(vtlCommand((code) => (exitCode = code)))
  program
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`${context.version}\n`)
    })
  program.version(context.version)
  try {
    await program.parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help and version end by an error of code 0; commander has printed what there is to say.
    return error.exitCode === 0 ? 0 : 2
  }
  return exitCode
}

function stagesCommand(exit: (code: number) => void): Command {
  const stages = new Command('stages').description('stages of a running gateway').exitOverride()
  stages
    .command('settings <api> <stage>')
    .description(
      'print what acts on each method, and where it was said; exit code 1: no such stage',
    )
    .option('--json', 'as JSON')
    .option('--url <url>', 'where the gateway listens', defaultUrl())
    .addHelpText('after', stagesNotes)
    .exitOverride()
    .action(async (api: string, stage: string, options: { json?: true; url: string }) => {
      const { printStageSettings } = await import('./stages-settings.ts')
      const { json = false, url } = options
      exit(await printStageSettings({ restApiId: api, stageName: stage, json, url }))
    })
  return stages
}

const stagesNotes = `
FROM says where a value was said: the key of the method's own entry, */* for all methods, account for its
limits, stage where the stage has no cache cluster, default where nobody said anything.
`

/** The template engine is loaded when it is asked for. */
function vtlCommand(exit: (code: number) => void): Command {
  const vtl = new Command('vtl').description('mapping templates').exitOverride()
  vtl
    .command('render')
    .description('render a mapping template; exit code 1: it failed, and where')
    .requiredOption('--template <file>', 'the template')
    .option('--event <file>', 'JSON: body, params, context, stageVariables')
    .addHelpText('after', vtlNotes)
    .exitOverride()
    .action(async (options: { template: string; event?: string }) => {
      const { runVtlRender } = await import('./vtl-render.ts')
      exit(await runVtlRender({ template: options.template, event: options.event }))
    })
  return vtl
}

const vtlNotes = `
The event says what the request is, all of it optional:
  {"body": {"name": "Rex"}, "params": {"path": {}, "querystring": {"page": "2"}, "header": {}},
   "context": {"stage": "prod"}, "stageVariables": {"kind": "blue"}}
A body that is a text is the payload as it is. What the template sets in $context.requestOverride and
$context.responseOverride goes to standard error.
`

function defaultUrl(): string {
  return `http://127.0.0.1:${process.env['STAGEDOOR_PORT'] ?? '4566'}`
}

/**
 * Values are passed on as text and judged where the environment and the file are judged too. `default`
 * is left to that judge: to commander it would look as if the user had said it.
 */
function toOption({ flag, placeholder, description, environment, ...rest }: StartOption): Option {
  const fallback = rest.fallback === undefined ? '' : ` (${rest.fallback})`
  const text = `${description}${fallback} [${environment}]`
  const option = new Option(placeholder === undefined ? flag : `${flag} ${placeholder}`, text)
  if (rest.repeatable !== true) return option
  return option.argParser((value, previous) => [
    // Every earlier value came through here.
    ...((previous ?? []) as readonly string[]),
    value,
  ])
}
