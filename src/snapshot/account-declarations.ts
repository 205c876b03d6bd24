import type { AccountId, Region } from '../aws/identifiers.ts'
import type { ApiKeyDeclaration } from './api-key-declaration.ts'
import type { ClientCertificateDeclaration } from './client-certificate-declaration.ts'
import type { UsagePlanDeclaration } from './usage-plan-declaration.ts'
import type { VpcLinkDeclaration } from './vpc-link-declaration.ts'

/** Where something is that belongs to an account in a region, and to no API. */
export interface AccountPlace {
  readonly account: AccountId
  readonly region: Region
  readonly id: string
}

/** What every declaration below has. */
export interface AccountDeclaration extends AccountPlace {
  /** Grows with every change; a receiver drops what is older than what it has. */
  readonly revision: number
}

/** What an account has in a region besides its APIs, told to the data plane, by kind. */
export interface AccountDeclarations {
  readonly 'vpc-link': VpcLinkDeclaration
  readonly 'api-key': ApiKeyDeclaration
  readonly 'usage-plan': UsagePlanDeclaration
  readonly 'client-certificate': ClientCertificateDeclaration
}

export type AccountDeclarationKind = keyof AccountDeclarations
