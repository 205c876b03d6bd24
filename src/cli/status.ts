import { askGateway } from './ask-gateway.ts'

/**
 * Asks a running gateway for its health, and how it runs functions where it does, and prints both.
 * Resolves to the exit code; 0: it is ready.
 *
 * @throws {NoGatewayError}
 */
export async function askStatus(url: string): Promise<number> {
  const health = await askGateway('/_stagedoor/health', url)
  process.stdout.write(health.text)
  const functions = await askGateway('/_stagedoor/functions', url)
  if (functions.value['started'] === true) process.stdout.write(functions.text)
  return health.value['ready'] === true ? 0 : 1
}
