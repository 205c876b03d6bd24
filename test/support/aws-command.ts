import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The ordinary `aws` command; undefined where there is none. */
export const awsProgram = process.env['STAGEDOOR_TEST_AWS']

/** Runs a command line without `aws`, then `more` arguments as they stand; resolves with what it printed. */
export type AwsCommand = (
  command: string,
  ...more: readonly string[]
) => Promise<Readonly<Record<string, unknown>>>

const run = promisify(execFile)

/** What this process was started with, but for the region, profile and keys of whoever runs the tests. */
export function environmentWithoutAws(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  return Object.fromEntries(entries)
}

/** The unmodified command, pointed at a gateway. It rejects with what the command wrote to its error output. */
export function awsCommand(endpoint: string): AwsCommand {
  const environment = {
    ...environmentWithoutAws(),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  }
  // AWS_ENDPOINT_URL is newer than some packaged versions; the option works with all.
  const always = ['--endpoint-url', endpoint, '--output', 'json']
  return async (command, ...more) => {
    const { stdout } = await run(awsProgram ?? '', [...always, ...command.split(' '), ...more], {
      env: environment,
    }).catch((error: unknown) => {
      throw new Error(
        error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error),
      )
    })
    // The command prints an object or nothing.
    return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>)
  }
}
