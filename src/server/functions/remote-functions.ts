import { Secret } from '../../base/secret.ts'
import type { Functions } from '../../ports/functions.ts'
import type { ConfiguredLambdaEndpoint } from './function-settings.ts'

/** Functions behind another Lambda, as plain values that a thread can be sent. */
export interface RemoteLambda {
  readonly url: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | undefined
}

/** For a thread: it makes its own connections. */
export function remoteLambdaOf({ url, credentials }: ConfiguredLambdaEndpoint): RemoteLambda {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  return {
    url,
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken?.reveal(),
  }
}

/** The functions of another Lambda. */
export interface RemoteFunctions extends Functions {
  close(): Promise<void>
}

/**
 * The functions that another Lambda runs; its client is loaded by the first invocation. `ca`: PEM of
 * authorities trusted besides the system's.
 */
export function openRemoteFunctions(remote: RemoteLambda, ca: string | undefined): RemoteFunctions {
  let opening: Promise<RemoteFunctions> | undefined
  return {
    async invoke(invocation) {
      opening ??= openEndpoint(remote, ca)
      try {
        return await (await opening).invoke(invocation)
      } catch (error) {
        // The client could not be loaded; the next invocation tries again.
        opening = undefined
        return { outcome: 'unreachable', detail: String(error) }
      }
    },
    async close() {
      await (await opening)?.close()
    },
  }
}

async function openEndpoint(
  remote: RemoteLambda,
  ca: string | undefined,
): Promise<RemoteFunctions> {
  const { createLambdaEndpoint } = await import('../../adapters/lambda-endpoint/lambda-endpoint.ts')
  const { url, accessKeyId, secretAccessKey, sessionToken } = remote
  const credentials = {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    ...(sessionToken === undefined ? {} : { sessionToken: new Secret(sessionToken) }),
  }
  return createLambdaEndpoint({
    url: new URL(url),
    credentials: () => credentials,
    ...(ca === undefined ? {} : { ca }),
  })
}
