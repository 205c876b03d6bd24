import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { NoGatewayError } from './ask-gateway.ts'

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

const startExamples = `
Examples:
  stagedoor start                                  on http://127.0.0.1:4566, state in .stagedoor
  stagedoor start --memory --port 0                nothing on disk, any free port: for tests
  stagedoor start --workers 4 --gateway-listen 0.0.0.0:8080
                                                   publish the stages, keep management on loopback
`.trimStart()

const examples = `${startExamples}\
  stagedoor status                                 is it running, and is it ready?
  stagedoor stages settings {apiId} {stage}        what acts on each method of a stage, and who said so
  stagedoor vtl render --template pets.vtl --event event.json
                                                   what a mapping template makes of a request
  aws --endpoint-url http://127.0.0.1:4566 apigateway create-rest-api --name shop
  curl http://127.0.0.1:4566/_aws/execute-api/{apiId}/{stage}/
`

/** Runs the command line; resolves to the exit code. `words`: without the program's name. */
export async function runCommandLine(
  words: readonly string[],
  context: CommandLineContext,
): Promise<number> {
  let exitCode = 0
  const exit = (code: number) => (exitCode = code)
  // What is set here first, the commands inherit.
  const program = new Command('stagedoor')
    .description('Amazon API Gateway that anyone can run: the same API, stages and clients.')
    .version(context.version)
    .addHelpText('before', examples)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, 'stagedoor: ')),
    })
  addStart(program, context, exit)
  addStatus(program, exit)
  addStages(program, exit)
  addVtl(program, exit)
  program
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`${context.version}\n`)
    })
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exitCode
  } catch (error) {
    return exitCodeOf(error)
  }
}

type Exit = (code: number) => void

function addStart(program: Command, context: CommandLineContext, exit: Exit): void {
  const start = program
    .command('start')
    .description('run the gateway until SIGTERM or SIGINT')
    .addHelpText('before', startExamples)
    .addHelpText('after', startNotes)
    .action(async (_, command: Command) => {
      exit(await context.start(command.opts()))
    })
  for (const option of context.startOptions) start.addOption(toOption(option))
}

const startNotes = `
Every option can be set by an environment variable, named behind it, and in the file that --config
names, as JSON: {"port": 8000, "quota": ["resourcesPerApi=1000"]}. A flag beats the environment, the
environment beats the file; what nobody knows is refused.

The main listener carries everything: the AWS APIs, the stages, /_stagedoor/health, /ready and /metrics.
The address of --gateway-listen carries the stages and nothing else; only that one belongs on a network.

Exit codes: 0 ended by a signal, 1 could not run (an address or the state is not to be had), 2 a flag, a
variable or the config file is wrong.
`

function addStatus(program: Command, exit: Exit): void {
  program
    .command('status')
    .description('ask a running gateway for its health; exit code 0: ready')
    .addOption(urlOption())
    .action(async ({ url }: { url: string }) => {
      const { askStatus } = await import('./status.ts')
      exit(await askStatus(url))
    })
}

function addStages(program: Command, exit: Exit): void {
  program
    .command('stages')
    .description('stages of a running gateway')
    .command('settings <api> <stage>')
    .description(
      'print what acts on each method, and where it was said; exit code 1: no such stage',
    )
    .option('--json', 'as JSON')
    .addOption(urlOption())
    .addHelpText('after', settingsNotes)
    .action(async (api: string, stage: string, options: { json?: true; url: string }) => {
      const { printStageSettings } = await import('./stages-settings.ts')
      const { json = false, url } = options
      exit(await printStageSettings({ restApiId: api, stageName: stage, json, url }))
    })
}

const settingsNotes = `
FROM says where a value was said: the key of the method's own entry, */* for all methods, account for its
limits, stage where the stage has no cache cluster, default where nobody said anything.
`

/** The template engine is loaded when it is asked for. */
function addVtl(program: Command, exit: Exit): void {
  program
    .command('vtl')
    .description('mapping templates')
    .command('render')
    .description('render a mapping template; exit code 1: it failed, and where')
    .requiredOption('--template <file>', 'the template')
    .option('--event <file>', 'JSON: body, params, context, stageVariables')
    .addHelpText('after', renderNotes)
    .action(async (options: { template: string; event?: string }) => {
      const { runVtlRender } = await import('./vtl-render.ts')
      exit(await runVtlRender({ template: options.template, event: options.event }))
    })
}

const renderNotes = `
The event says what the request is, all of it optional:
  {"body": {"name": "Rex"}, "params": {"path": {}, "querystring": {"page": "2"}, "header": {}},
   "context": {"stage": "prod"}, "stageVariables": {"kind": "blue"}}
A body that is a text is the payload as it is. What the template sets in $context.requestOverride and
$context.responseOverride goes to standard error.
`

/** What is wrong with the words has been printed by commander, which also ends help and version so. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (!(error instanceof NoGatewayError)) throw error
  process.stderr.write(`stagedoor: ${error.message}\n`)
  return 1
}

function urlOption(): Option {
  return new Option('--url <url>', 'where the gateway listens')
    .default(`http://127.0.0.1:${process.env['STAGEDOOR_PORT'] ?? '4566'}`)
    .argParser((text) => {
      if (/^https?:/.test(text) && URL.canParse(text)) return text
      throw new InvalidArgumentError('Expected http://host:port.')
    })
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
