import type { BreachStyle, OperationTable, TableMember, TableType } from '../../src/aws/operation-model.ts'
import type { SdkSchemas, SdkStructure } from './sdk-schemas.ts'

/** What is known of a service beyond its SDK's schemas; see `apigateway-constraints.json`. */
export interface Constraints {
  readonly breachStyle?: BreachStyle
  readonly types: Readonly<Record<string, TableType>>
  /** `Structure.member` → the constrained type of the member, or of its elements. */
  readonly members: Readonly<Record<string, string>>
  /** `Structure.member` → the constrained type of the keys of a map. */
  readonly keys?: Readonly<Record<string, string>>
  /** `Structure.member` → `double` or `long`, for numbers that are not integers. */
  readonly numbers: Readonly<Record<string, string>>
  readonly enumsPrinted: Readonly<Record<string, readonly string[]>>
  readonly nullable: readonly string[]
}

/**
 * The operation table of a service: schemas and constraints laid together.
 *
 * @throws {Error} when a constraint names a member that the SDK does not have: one of the two is stale.
 */
export function buildOperationTable(
  service: string,
  schemas: SdkSchemas,
  constraints: Constraints,
): OperationTable {
  refuseStaleConstraints(schemas, constraints)
  const structures = [...schemas.structures].map(
    ([name, structure]) => [name, tableMembers(name, structure, constraints)] as const,
  )
  const types = Object.entries(constraints.types).map(
    ([name, type]) => [name, { ...type, ...printedOrder(name, type.enum, constraints) }] as const,
  )
  const { breachStyle } = constraints
  return {
    service,
    ...(breachStyle === undefined ? {} : { breachStyle }),
    operations: Object.fromEntries(schemas.operations),
    errors: Object.fromEntries(
      [...schemas.errors].map(([code, { status, members }]) => [
        code,
        { status, members: tableMembers(code, members, constraints) },
      ]),
    ),
    types: Object.fromEntries(types),
    structures: Object.fromEntries(structures),
  }
}

function printedOrder(
  name: string,
  values: readonly string[] | undefined,
  { enumsPrinted }: Constraints,
): { enum?: readonly string[] } {
  const printed = enumsPrinted[name]
  if (printed === undefined) return {}
  if (values?.toSorted().join() !== printed.toSorted().join()) {
    throw new Error(`the printed order of ${name} does not have the values of the enum`)
  }
  return { enum: printed }
}

function tableMembers(
  structureName: string,
  structure: SdkStructure,
  constraints: Constraints,
): Readonly<Record<string, TableMember>> {
  return Object.fromEntries(
    [...structure].map(([name, member]) => {
      const path = `${structureName}.${name}`
      const leaf = constraints.members[path] ?? constraints.numbers[path]
      return [
        name,
        {
          type: leaf === undefined ? member.type : member.type.replace(/\w+(?=>*$)/, leaf),
          ...(member.binding === 'body' ? {} : { in: member.binding }),
          ...(member.wireName === name ? {} : { wire: member.wireName }),
          ...(member.isRequired ? { required: true } : {}),
          ...(member.isSensitive ? { sensitive: true } : {}),
          ...(constraints.keys?.[path] === undefined ? {} : { keys: constraints.keys[path] }),
          ...(constraints.nullable.includes(path) ? { nullable: true } : {}),
        },
      ]
    }),
  )
}

function refuseStaleConstraints(schemas: SdkSchemas, constraints: Constraints): void {
  const paths = [
    ...Object.keys(constraints.members),
    ...Object.keys(constraints.keys ?? {}),
    ...Object.keys(constraints.numbers),
    ...constraints.nullable,
  ]
  for (const path of paths) {
    const [structure = '', member = ''] = path.split('.')
    if (schemas.structures.get(structure)?.has(member) !== true) {
      throw new Error(`a constraint names ${path}, which the SDK does not have`)
    }
  }
}
