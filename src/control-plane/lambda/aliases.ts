import type { Scope } from '../../aws/identifiers.ts'
import type {
  AliasConfiguration,
  AliasRoutingConfiguration,
  LambdaOperations,
} from '../../aws/models/lambda-types.ts'
import type { Handlers } from '../service.ts'
import { transact, type Transaction } from '../transaction.ts'
import { withoutMember } from '../without-member.ts'
import { functionArn } from './arns.ts'
import { changeFunction, findVersion, getFunction } from './change-function.ts'
import type { LambdaContext } from './context.ts'
import { refusals } from './errors.ts'
import { readFunctionName } from './function-name.ts'
import { checkRevision } from './function-updates.ts'
import { functionPage } from './list-page.ts'
import type { FunctionAliasRecord, FunctionRecord } from './records.ts'

/** The operations on aliases. One that is moved acts on the next invocation. */
export const aliases = {
  /**
   * Refuses in this order: routing, function, versions, an alias of that name.
   *
   * Observed: lambda/create-alias-*
   */
  async CreateAlias(input, context) {
    const { scope, random } = context
    const { FunctionName, Name, FunctionVersion, Description = '', RoutingConfig } = input
    const functionName = readFunctionName(scope, FunctionName)
    const alias: FunctionAliasRecord = {
      name: Name,
      functionVersion: FunctionVersion,
      description: Description,
      revisionId: random.uuid(),
      ...routingOf(RoutingConfig),
    }
    checkRouting(alias, RoutingConfig)
    // A function that is not there is told with the version, as AWS does.
    const address = { functionName, qualifier: FunctionVersion }
    await changeFunction(context, address, async (record, tx) => {
      await checkVersions(tx, scope, record, alias)
      if (Object.hasOwn(record.aliases, Name)) {
        throw refusals.aliasExists(functionArn(scope, functionName, Name))
      }
      return { record: withAlias(record, alias), result: undefined }
    })
    return aliasAnswer(scope, functionName, alias)
  },

  async GetAlias({ FunctionName, Name }, { scope, store }) {
    const functionName = readFunctionName(scope, FunctionName)
    const record = await transact(store, (tx) => getFunction(tx, scope, { functionName }))
    const alias = findAlias(record, Name)
    if (alias === undefined) {
      throw refusals.aliasArnNotFound(functionArn(scope, functionName, Name))
    }
    return aliasAnswer(scope, functionName, alias)
  },

  /** What is not given stays as it is; an empty RoutingConfig ends the routing. */
  async UpdateAlias(input, context) {
    const { scope, random } = context
    const { FunctionName, Name, FunctionVersion, Description, RoutingConfig, RevisionId } = input
    const functionName = readFunctionName(scope, FunctionName)
    const updated = await changeFunction(context, { functionName }, async (record, tx) => {
      const before = findAlias(record, Name)
      if (before === undefined) throw refusals.aliasNotFound(functionArn(scope, functionName, Name))
      checkRevision(before, RevisionId)
      const { routing, ...rest } = before
      const kept = routing === undefined ? {} : { routing }
      const after: FunctionAliasRecord = {
        ...rest,
        functionVersion: FunctionVersion ?? before.functionVersion,
        description: Description ?? before.description,
        revisionId: random.uuid(),
        ...(RoutingConfig === undefined ? kept : routingOf(RoutingConfig)),
      }
      checkRouting(after, RoutingConfig)
      await checkVersions(tx, scope, record, after)
      return { record: withAlias(record, after), result: after }
    })
    return aliasAnswer(scope, functionName, updated)
  },

  /** One that is not there is as good as deleted; its policy goes with it. */
  async DeleteAlias({ FunctionName, Name }, context) {
    const functionName = readFunctionName(context.scope, FunctionName)
    await changeFunction(context, { functionName }, (record) => {
      if (findAlias(record, Name) === undefined) return { record, result: undefined }
      const changed: FunctionRecord = {
        ...record,
        aliases: withoutMember(record.aliases, Name),
        policies: withoutMember(record.policies, Name),
      }
      return { record: changed, result: undefined }
    })
    return {}
  },

  /** By name; with FunctionVersion those alone that are of that version. */
  async ListAliases({ FunctionName, FunctionVersion, Marker, MaxItems }, { scope, store }) {
    const functionName = readFunctionName(scope, FunctionName)
    const record = await transact(store, (tx) => getFunction(tx, scope, { functionName }))
    const all = Object.values(record.aliases).filter(
      ({ functionVersion }) => FunctionVersion === undefined || functionVersion === FunctionVersion,
    )
    const listing = { name: `aliases of ${functionName}`, orderOf: aliasName }
    const page = functionPage(all, { listing, Marker, MaxItems })
    return {
      Aliases: page.items.map((alias) => aliasAnswer(scope, functionName, alias)),
      NextMarker: page.NextMarker,
    }
  },
} satisfies Partial<Handlers<LambdaContext, LambdaOperations>>

const aliasName = ({ name }: FunctionAliasRecord): string => name

function findAlias(
  { aliases: all }: FunctionRecord,
  name: string,
): FunctionAliasRecord | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined
}

function withAlias(record: FunctionRecord, alias: FunctionAliasRecord): FunctionRecord {
  return { ...record, aliases: { ...record.aliases, [alias.name]: alias } }
}

/** Of several weights the first; `checkRouting` refuses the others. */
function routingOf(config: AliasRoutingConfiguration = {}): Pick<FunctionAliasRecord, 'routing'> {
  const [entry] = Object.entries(config.AdditionalVersionWeights ?? {})
  if (entry === undefined) return {}
  const [version, weight] = entry
  return { routing: { version, weight } }
}

function checkRouting(
  { functionVersion, routing }: FunctionAliasRecord,
  { AdditionalVersionWeights = {} }: AliasRoutingConfiguration = {},
): void {
  if (Object.keys(AdditionalVersionWeights).length > 1) throw refusals.manyWeights()
  if (routing === undefined) return
  if (routing.version === functionVersion) throw refusals.sameVersion(functionVersion)
  if (functionVersion === '$LATEST') throw refusals.weightedLatest()
}

async function checkVersions(
  tx: Transaction,
  scope: Scope,
  record: FunctionRecord,
  { functionVersion, routing }: FunctionAliasRecord,
): Promise<void> {
  const named = routing === undefined ? [functionVersion] : [functionVersion, routing.version]
  for (const version of named) {
    if ((await findVersion(tx, scope, record, version)) === undefined) {
      throw refusals.functionNotFound(functionArn(scope, record.functionName, version))
    }
  }
}

function aliasAnswer(
  scope: Scope,
  functionName: string,
  { name, functionVersion, description, revisionId, routing }: FunctionAliasRecord,
): AliasConfiguration {
  return {
    AliasArn: functionArn(scope, functionName, name),
    Name: name,
    FunctionVersion: functionVersion,
    Description: description,
    ...(routing === undefined
      ? {}
      : { RoutingConfig: { AdditionalVersionWeights: { [routing.version]: routing.weight } } }),
    RevisionId: revisionId,
  }
}
