import { askGateway } from './ask-gateway.ts'

/** What `/_stagedoor/stages/{api}/{stage}/settings` answers. */
export interface StageSettings {
  readonly deployments: readonly {
    readonly deploymentId: string
    readonly isCanary: boolean
    readonly methods: readonly {
      readonly resourcePath: string
      readonly httpMethod: string
      readonly settings: Readonly<
        Record<string, { readonly value: boolean | number | string; readonly from: string }>
      >
    }[]
  }[]
  readonly unmatchedKeys: readonly string[]
}

/** Which stage, where, and how it is printed. */
export interface StageSettingsOptions {
  readonly restApiId: string
  readonly stageName: string
  readonly url: string
  readonly json: boolean
}

/**
 * Asks a running gateway for the settings of every method of a stage and prints them. Resolves to the exit
 * code; 1: there is no such stage.
 *
 * @throws {NoGatewayError}
 */
export async function printStageSettings(options: StageSettingsOptions): Promise<number> {
  const { restApiId, stageName, url } = options
  const names = [restApiId, stageName].map(encodeURIComponent).join('/')
  const { isOk, text, value } = await askGateway(`/_stagedoor/stages/${names}/settings`, url)
  if (!isOk) {
    const { message } = value
    process.stderr.write(`stagedoor: ${typeof message === 'string' ? message : text.trim()}\n`)
    return 1
  }
  // The gateway answers in this shape.
  const settings = value as unknown as StageSettings
  process.stdout.write(options.json ? text : stageSettingsText(settings))
  return 0
}

/** The settings as a table for each deployment, and a warning for each key that acts on nothing. */
export function stageSettingsText({ deployments, unmatchedKeys }: StageSettings): string {
  const tables = deployments.map(({ deploymentId, isCanary, methods }) => {
    const rows = methods.flatMap(({ resourcePath, httpMethod, settings }) =>
      Object.entries(settings).map(([name, { value, from }]) => [
        `${httpMethod} ${resourcePath}`,
        name,
        String(value),
        from,
      ]),
    )
    const title = `${isCanary ? 'Canary deployment' : 'Deployment'} ${deploymentId}`
    return `${title}\n${tableOf([['METHOD', 'SETTING', 'VALUE', 'FROM'], ...rows])}`
  })
  const warnings = unmatchedKeys.map(
    (key) => `warning: ${key} is no method of what the stage serves: its settings act on nothing\n`,
  )
  return [...tables, ...(warnings.length === 0 ? [] : [warnings.join('')])].join('\n')
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}
