import * as sdk from '@aws-sdk/client-api-gateway'
import type { EncodedAnswer } from '../../src/aws/protocols/rest-json.ts'

/** A request as the SDK put it on the wire. */
export interface SdkRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: readonly string[]
  readonly body: Uint8Array
}

type Call = (input: object) => Promise<unknown>

/**
 * The official client, talking to a function in place of a server: its serializer, signer, retries and
 * deserializer run, and no socket does.
 */
export function sdkCalls(
  answer: (request: SdkRequest) => EncodedAnswer | Promise<EncodedAnswer>,
): (operation: string) => Call {
  const client = new sdk.APIGatewayClient({
    region: 'eu-west-1',
    endpoint: 'http://localhost:4566',
    credentials: { accessKeyId: '123456789012', secretAccessKey: 'secret' },
    retryMode: 'standard',
    maxAttempts: 3,
    requestHandler: {
      async handle(request: HttpRequest) {
        const { status, headers, body } = await answer(toSdkRequest(request))
        return {
          response: {
            statusCode: status,
            headers: Object.fromEntries(fieldPairs(headers)),
            body,
          },
        }
      },
    },
  })
  return (operation) => (input) => {
    // The package exports a command class for every operation of the table.
    const Command = Reflect.get(sdk, `${operation}Command`) as new (
      input: object,
    ) => sdk.GetAccountCommand
    return client.send(new Command(input))
  }
}

interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

function toSdkRequest({ method, path, query = {}, headers, body = '' }: HttpRequest): SdkRequest {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((item) => `${encodeURIComponent(name)}=${encodeURIComponent(item ?? '')}`),
  )
  return {
    method,
    target: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
    headers: Object.entries(headers).flat(),
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  }
}

function fieldPairs(fields: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let i = 0; i < fields.length; i += 2) {
    pairs.push([(fields[i] ?? '').toLowerCase(), fields[i + 1] ?? ''])
  }
  return pairs
}
