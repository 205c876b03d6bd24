import { frontEndErrors, type FrontEndErrorRow } from '../../src/aws/front-end-errors.ts'
import { services as entries } from '../../src/control-plane/services.ts'
import { gatewayErrors, type GatewayErrorRow } from '../../src/data-plane/gateway-error.ts'
import { generatedNote, table } from './markdown.ts'

const services = await Promise.all(entries.map((entry) => entry.load()))

/** The text of docs/errors.md. */
export function errorsPage(): string {
  return [
    '# Errors',
    generatedNote,
    '## Of the management APIs',
    'The code is in the header `x-amzn-ErrorType`, the body is `{"message":"…"}`. Lambda adds ' +
      '`"Type":"User"`, and spells some of its messages `Message`, as AWS does.',
    ...services.map(({ model }) =>
      table(
        [`modelled by ${model.service}`, 'status'],
        Object.entries(model.errors).map(([code, { status }]) => [code, String(status)]),
      ),
    ),
    "Of the front end, whatever the service. Those marked with a star are not AWS's.",
    table(['code', 'status', 'when'], Object.entries(frontEndErrors).map(frontEndRow)),
    '## Of stages',
    'What a stage answers of its own accord. The body is the default one; the source says whose doing it is.',
    table(
      ['name', 'status', 'x-amzn-ErrorType', 'message', 'source'],
      Object.entries(gatewayErrors).map(gatewayRow),
    ),
  ].join('\n\n')
}

function frontEndRow([code, { status, when, chosen }]: [string, FrontEndErrorRow]): string[] {
  return [chosen === true ? `${code} *` : code, String(status), when]
}

function gatewayRow([name, row]: [string, GatewayErrorRow]): string[] {
  const { status, errorType = '–', message, source } = row
  return [name, String(status), errorType, message ?? 'null', source]
}
