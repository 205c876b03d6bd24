import type { IncomingHttpHeaders } from 'node:http'
import { cutText } from '../../base/cut-text.ts'
import type { FunctionOutcome } from '../../ports/functions.ts'
import type { EndpointAnswer } from './exchange.ts'

/** Characters of an answer that is no refusal of Lambda's and stands for its message. */
const shownCharactersMax = 256

/**
 * What an answer of Lambda's Invoke means. A function that failed is an answer like any other: its status
 * is 200 and a header tells.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function outcomeOf(answer: EndpointAnswer): FunctionOutcome {
  const { status, headers, body } = answer
  if (status >= 400) return refusalOf(answer)
  if (status < 200 || status >= 300) {
    return { outcome: 'unreachable', detail: `answered with the status ${status}` }
  }
  const functionError = fieldOf(headers, 'x-amz-function-error')
  const executedVersion = fieldOf(headers, 'x-amz-executed-version')
  const logResult = fieldOf(headers, 'x-amz-log-result')
  return {
    outcome: 'answered',
    status,
    payload: body.toString(),
    requestId: fieldOf(headers, 'x-amzn-requestid') ?? '',
    ...(functionError === undefined
      ? {}
      : { functionError: functionError === 'Handled' ? 'Handled' : 'Unhandled' }),
    ...(executedVersion === undefined ? {} : { executedVersion }),
    ...(logResult === undefined ? {} : { logTail: Buffer.from(logResult, 'base64').toString() }),
  }
}

function refusalOf({ status, headers, body }: EndpointAnswer): FunctionOutcome {
  const fields = readTexts(body)
  const named = fieldOf(headers, 'x-amzn-errortype') ?? fields['__type'] ?? fields['code']
  const reason = fields['Reason'] ?? fields['reason']
  return {
    outcome: 'refused',
    status,
    code: named === undefined ? 'UnknownError' : shortName(named),
    message: fields['Message'] ?? fields['message'] ?? cutText(body.toString(), shownCharactersMax),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** `com.amazonaws.lambda#TooManyRequestsException:http://…` is called TooManyRequestsException. */
function shortName(errorType: string): string {
  return errorType.replace(/:.*$/s, '').replace(/^.*#/s, '')
}

/** The members of a JSON object that are texts; none of what is no object. */
export function readTexts(body: Buffer): Readonly<Record<string, string>> {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => {
        return typeof entry[1] === 'string'
      }),
    )
  } catch {
    return {}
  }
}

function fieldOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.at(-1) : value
}
