import { readFile, writeFile } from 'node:fs/promises'
import { renderTable, renderTypes } from './models/render.ts'
import { readSdkSchemas } from './models/sdk-schemas.ts'
import { buildOperationTable } from './models/service-model.ts'

/**
 * Writes src/aws/models/<service>.json and <service>-types.ts from the schemas of the official SDK and
 * the facts in scripts/models/<service>-constraints.json. `npm run generate` runs it.
 */

const services = [
  { service: 'apigateway', typesName: 'ApiGateway', sdk: '@aws-sdk/client-api-gateway' },
  { service: 'lambda', typesName: 'Lambda', sdk: '@aws-sdk/client-lambda' },
] as const

/** A generated file: path from the root of the repository, and its content. */
export interface GeneratedFile {
  readonly path: string
  readonly text: string
}

/** What the generated files should hold, for every service. Writes nothing. */
export async function generateModels(): Promise<readonly GeneratedFile[]> {
  const files = await Promise.all(services.map(generateModel))
  return files.flat()
}

async function generateModel(service: (typeof services)[number]): Promise<GeneratedFile[]> {
  const constraints = new URL(`./models/${service.service}-constraints.json`, import.meta.url)
  const table = buildOperationTable(
    service.service,
    readSdkSchemas(await import(service.sdk)),
    JSON.parse(await readFile(constraints, 'utf8')),
  )
  const path = `src/aws/models/${service.service}`
  return [
    { path: `${path}.json`, text: renderTable(table) },
    { path: `${path}-types.ts`, text: renderTypes(service.typesName, table) },
  ]
}

if (import.meta.main) {
  for (const { path, text } of await generateModels()) {
    await writeFile(new URL(`../${path}`, import.meta.url), text)
  }
}
