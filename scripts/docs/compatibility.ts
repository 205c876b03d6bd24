import { allSettings, type SettingStatus } from '../../src/control-plane/apigateway/settings.ts'
import { servedSettings } from '../../src/control-plane/apigateway/served-settings.ts'
import { functionSettings } from '../../src/control-plane/lambda/function-settings.ts'
import { invocationSettings } from '../../src/control-plane/lambda/invocation-settings.ts'
import { layerSettings } from '../../src/control-plane/lambda/layer-settings.ts'
import { services as entries } from '../../src/control-plane/services.ts'
import { generatedNote, table } from './markdown.ts'

const services = await Promise.all(entries.map((entry) => entry.load()))

const statusTexts: Readonly<Record<SettingStatus, string>> = {
  enforced: 'enforced',
  stored: 'stored, not yet enforced',
  closes: 'closes the method',
  'not-run': 'answers 500',
}

/** The text of docs/compatibility.md. */
export function compatibilityPage(): string {
  return [
    '# Compatibility',
    generatedNote,
    'What a caller of AWS finds here. An operation that is refused answers `NotImplementedException` ' +
      '(400) with the reason below. No setting is accepted and forgotten: each is one of',
    [
      '- **enforced**: requests are served by it;',
      '- **stored, not yet enforced**: kept exactly and answered, without effect; the operator log ' +
        'warns when it is set and when the server starts with it;',
      '- **closes the method**: it restricts callers and is not checked yet, so the method answers ' +
        'as if the check had failed;',
      '- **answers 500**: the method needs something that is not built.',
    ].join('\n'),
    ...services.flatMap(({ model, handlers }) => operationsOf(model.service, handlers)),
    '## Settings',
    settingsTable(),
    '## Settings that are served',
    'These are enforced, or have nothing to enforce.',
    table(
      ['where', 'setting', 'note'],
      servedSettings.map(({ structure, members, note }) => [structure, members.join(', '), note]),
    ),
    '## Settings of functions',
    'What the members of CreateFunction, UpdateFunctionCode and UpdateFunctionConfiguration do. **kept**: ' +
      'answered exactly, and nothing here could enforce it; **refused**: a call that asks for it answers ' +
      '`InvalidParameterValueException` (400) with the reason; empty forms, which ask for nothing, are taken.',
    table(
      ['member', 'status', 'note'],
      functionSettings.map(({ members, status, note }) => [members.join(', '), status, note]),
    ),
    '## Settings of invocations',
    'What the members of AddPermission and Invoke do, in the same words.',
    table(
      ['member', 'status', 'note'],
      invocationSettings.map(({ members, status, note }) => [members.join(', '), status, note]),
    ),
    '## Settings of layers and tags',
    'What the members of PublishLayerVersion and TagResource do, in the same words.',
    table(
      ['member', 'status', 'note'],
      layerSettings.map(({ members, status, note }) => [members.join(', '), status, note]),
    ),
  ].join('\n\n')
}

function operationsOf(service: string, handlers: Readonly<Record<string, unknown>>): string[] {
  const rows = Object.entries(handlers).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const built = rows.filter(([, handler]) => typeof handler === 'function')
  const refused = rows.filter(([, handler]) => typeof handler !== 'function')
  return [
    `## Operations of ${service}`,
    `${built.length} of ${rows.length} are built.`,
    '### Built',
    built.map(([name]) => `\`${name}\``).join(', '),
    '### Refused',
    table(
      ['operation', 'why'],
      refused.map(([name, handler]) => [name, String(Reflect.get(Object(handler), 'reason'))]),
    ),
  ]
}

function settingsTable(): string {
  return table(
    ['where', 'setting', 'status', 'note'],
    allSettings().map(({ where, setting, status, note }) => [
      where,
      setting,
      statusTexts[status],
      note,
    ]),
  )
}
