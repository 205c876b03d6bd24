import type { Quotas } from '../../../aws/limits.ts'
import { documentationRefusals } from '../documentation/documentation-refusals.ts'
import type { DeploymentRecord, DocumentationVersionRecord } from '../records.ts'
import type { LoggingAccount } from './logging-role.ts'
import { stageRefusals } from './stage-refusals.ts'

/** What the rows of UpdateStage's table ask of the API and the account around the stage. */
export interface StagePatchEnvironment {
  readonly account: LoggingAccount
  readonly quotas: Quotas
  /**
   * Takes a client certificate for the stage.
   *
   * @throws {ServiceError} BadRequestException when there is none of this id.
   */
  holdClientCertificate(id: string): Promise<void>
  /** Undefined when the API has no deployment of this id. */
  findDeployment(id: string): Promise<DeploymentRecord | undefined>
  /** Undefined when the API has no such version of its documentation. */
  findDocumentationVersion(version: string): Promise<DocumentationVersionRecord | undefined>
}

/**
 * The deployment that a stage is told to serve.
 *
 * @throws {ServiceError} BadRequestException when the API has none of this id.
 * Observed: update-stage/unknown-deployment.json
 */
export async function getDeploymentNamed(
  id: string,
  { findDeployment }: Pick<StagePatchEnvironment, 'findDeployment'>,
): Promise<DeploymentRecord> {
  const deployment = await findDeployment(id)
  if (deployment === undefined) throw stageRefusals.deploymentMissing()
  return deployment
}

/**
 * Checks that the documentation version is there which a stage is told to show.
 *
 * @throws {ServiceError} BadRequestException when the API has none of this name.
 * Chosen: docs/decisions/0012-documentation-account-and-caches.md
 */
export async function checkDocumentationVersion(
  version: string,
  { findDocumentationVersion }: Pick<StagePatchEnvironment, 'findDocumentationVersion'>,
): Promise<void> {
  if ((await findDocumentationVersion(version)) === undefined) {
    throw documentationRefusals.versionMissing()
  }
}
